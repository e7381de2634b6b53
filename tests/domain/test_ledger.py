"""The ledger's arithmetic at its extremes: whole numbers only, sums of 0, floors; and no fraction anywhere in its code."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot
from bot.domain import ledger
from bot.domain.ledger import ISSUER, MOST, AccountName, AccountState, Posting
from bot.errors import RefusedError

OWNERS = [AccountName(f"person:{number}", unit) for number in range(4) for unit in ("points", "minutes")]

amounts = st.sampled_from([1, 2, MOST - 1, MOST]) | st.integers(1, MOST)
signed = amounts | amounts.map(lambda amount: -amount)

CODE = Path(bot.__file__).parent
WHOLE_NUMBERS_ONLY = [
    *(f"domain/{name}.py" for name in ("ledger", "points", "adjustments", "leavers", "heads", "report")),
    *(f"store/{name}.py" for name in ("ledger", "proof", "points", "adjustments", "leavers", "report", "stock")),
    *(f"services/{name}.py" for name in ("points", "owing", "adjustments", "adjustment_deeds", "leavers", "rewards", "praise")),
]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(OWNERS), signed), min_size=1, max_size=6, unique_by=lambda side: side[0]))
def test_sides_pass_only_where_each_unit_sums_to_nothing(sides: list[tuple[AccountName, int]]) -> None:
    postings = [Posting(*side) for side in sides]
    sums: dict[str, int] = {}
    for account, amount in sides:
        sums[account.unit] = sums.get(account.unit, 0) + amount
    if any(sums.values()):
        with pytest.raises(RefusedError):
            ledger.check(postings)
    else:
        ledger.check(postings)


@given(signed, st.integers(-MOST, MOST), st.integers(-MOST, MOST), st.integers(0, 2**62))
def test_an_entry_is_exact_or_refused(amount: int, balance: int, floor: int, version: int) -> None:
    mine = AccountName("person:1", "points")
    states = {mine: AccountState(mine, floor, balance, version, "head")}
    postings = [Posting(mine, amount), Posting(AccountName(ISSUER, "points"), -amount)]
    refused = ledger.refusal(postings, states)
    assert (refused is not None) == (amount < 0 and balance + amount < floor)
    if refused is not None:
        assert refused.short == floor - (balance + amount) > 0
        return
    if abs(balance + amount) > MOST:
        with pytest.raises(RefusedError):
            ledger.entries("key", postings, states)
        return
    entry, other = ledger.entries("key", postings, states)
    assert (entry.balance_after, entry.version) == (balance + amount, version + 1)
    assert (other.balance_after, other.version, other.hash) == (None, None, None)
    assert entry.hash == ledger.chain("head", "key", amount, version + 1, balance + amount)


@given(st.sampled_from([0, True, False, 1.0, 1.5, float("inf"), float("nan"), "1", None, MOST + 1, -MOST - 1]))
def test_what_is_no_whole_number_within_bounds_is_refused(amount: object) -> None:
    postings = [Posting(AccountName("person:1", "points"), amount), Posting(AccountName(ISSUER, "points"), 1)]  # type: ignore[arg-type]
    with pytest.raises(RefusedError):
        ledger.check(postings)


@pytest.mark.parametrize("path", WHOLE_NUMBERS_ONLY)
def test_the_ledgers_code_knows_no_fractions(path: str) -> None:
    for node in ast.walk(ast.parse((CODE / path).read_text())):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), f"{path}:{node.lineno}"
        assert not (isinstance(node, ast.Name) and node.id in {"float", "round"}), f"{path}:{node.lineno}"
        assert not (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)), (
            f"{path}:{node.lineno}"
        )
