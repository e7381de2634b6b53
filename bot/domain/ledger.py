"""The ledger's arithmetic: what a transaction is, whether it may happen, and what its entries are. DESIGN.md, "Ledger".

Amounts are whole numbers. A tracked account has a balance, a floor it never goes below, gapless versions and a chain of
hashes; an untracked one (where points come from and go to) has entries only.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

from bot.errors import RefusedError

MOST: Final = 10**15
"""No amount and no balance goes beyond this either way; it fits every database and every JSON reader."""


class Unit(StrEnum):
    """What is counted. Limited stock of a reward is a unit too: `stock:` and the reward's name."""

    POINTS = "points"
    GIVING = "giving"
    HELD = "held"
    MINUTES = "minutes"
    HELD_MINUTES = "held_minutes"
    OWED = "owed"
    OWED_MINUTES = "owed_minutes"
    ATTENDANCE = "attendance"


ISSUER: Final = "issuer"
SINK: Final = "sink"
UNTRACKED: Final = frozenset({ISSUER, SINK})
"""The owners without a balance: otherwise every award would wait for one row."""

_AS_JSON: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


class AccountName(NamedTuple):
    """An account by its owner and unit. People own `person:` and their id."""

    owner: str
    unit: str

    @property
    def tracked(self) -> bool:
        """Whether it has a balance."""
        return self.owner not in UNTRACKED


class Posting(NamedTuple):
    """One side of a transaction: so many more (or fewer) units on an account."""

    account: AccountName
    amount: int


@dataclass(frozen=True, slots=True)
class Deed:
    """What is asked of the ledger. `request` is what the key stands for: the same key must ask for the same."""

    key: str
    kind: str
    actor: str
    postings: tuple[Posting, ...]
    request: Mapping[str, Any]
    reason: str | None = None
    reverses: int | None = None

    def request_hash(self) -> str:
        """Return the hash by which a repeat of the same request is known."""
        body = {"kind": self.kind, "actor": self.actor, "request": self.request}
        return sha256(_AS_JSON(body))


class AccountState(NamedTuple):
    """A tracked account as it stands: `version` counts its entries, `head` is the hash of the last one."""

    name: AccountName
    floor: int
    balance: int
    version: int
    head: str


class Entry(NamedTuple):
    """One line of an account. The last three are None on untracked accounts."""

    account: AccountName
    amount: int
    version: int | None
    balance_after: int | None
    hash: str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a transaction may not happen: this account would fall short by so many."""

    account: AccountName
    balance: int
    short: int


def person(person_id: int) -> str:
    """Return the owner's name of somebody's accounts."""
    return f"person:{person_id}"


def transfer(unit: str, amount: int, *, source: str, target: str) -> tuple[Posting, Posting]:
    """Return the two sides of moving `amount` (more than none) of a unit from one owner to another."""
    return Posting(AccountName(source, unit), -amount), Posting(AccountName(target, unit), amount)


def check(postings: Sequence[Posting]) -> None:
    """Refuse what cannot be a transaction. Raises RefusedError."""
    if not postings:
        raise RefusedError("A transaction needs at least two sides.")
    sums: dict[str, int] = {}
    for account, amount in postings:
        if not isinstance(amount, int) or isinstance(amount, bool) or amount == 0 or abs(amount) > MOST:
            raise RefusedError(f"An amount is a whole number other than 0, up to {MOST:,} either way.")
        sums[account.unit] = sums.get(account.unit, 0) + amount
    if any(sums.values()):
        raise RefusedError("What leaves one account must arrive on another: the sides do not sum to 0.")
    if len({posting.account for posting in postings}) != len(postings):
        raise RefusedError("An account stands once in a transaction.")


def refusal(postings: Sequence[Posting], states: Mapping[AccountName, AccountState]) -> Refusal | None:
    """Return which account would fall below its floor first, in the order of the postings; None if none does."""
    for account, amount in postings:
        state = states.get(account)
        if state is not None and amount < 0 and state.balance + amount < state.floor:
            return Refusal(account, state.balance, state.floor - state.balance - amount)
    return None


def entries(key: str, postings: Sequence[Posting], states: Mapping[AccountName, AccountState]) -> list[Entry]:
    """Return the lines that a transaction writes."""
    return [_entry(key, posting, states.get(posting.account)) for posting in postings]


def play(
    deeds: Sequence[Deed], states: Mapping[AccountName, AccountState]
) -> tuple[list[list[Entry]], dict[AccountName, AccountState]]:
    """Return the lines that deeds write, one deed after the other, and how the accounts stand then.

    RefusedError where one of them may not happen.
    """
    written, now = [], dict(states)
    for deed in deeds:
        if refusal(deed.postings, now) is not None:
            raise RefusedError(f"“{deed.key}” would leave a balance below its floor.")
        written.append(entries(deed.key, deed.postings, now))
        for entry in written[-1]:
            if entry.version is not None and entry.balance_after is not None and entry.hash is not None:
                floor = now[entry.account].floor
                now[entry.account] = AccountState(entry.account, floor, entry.balance_after, entry.version, entry.hash)
    return written, now


def chain(head: str, key: str, amount: int, version: int, balance_after: int) -> str:
    """Return the hash of an entry: of all it says and of the entry before it."""
    return sha256(f"{head}|{key}|{amount}|{version}|{balance_after}")


def sha256(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _entry(key: str, posting: Posting, state: AccountState | None) -> Entry:
    if state is None:
        return Entry(posting.account, posting.amount, None, None, None)
    version, balance = state.version + 1, state.balance + posting.amount
    if abs(balance) > MOST:
        raise RefusedError(f"A balance stays within {MOST:,} either way.")
    return Entry(
        posting.account, posting.amount, version, balance, chain(state.head, key, posting.amount, version, balance)
    )
