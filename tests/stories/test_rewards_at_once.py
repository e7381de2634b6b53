"""Rewards when several act at once, as several processes do: nothing is charged twice, oversold, or decided twice."""

from collections import Counter
from collections.abc import Iterator
from functools import partial

import pytest
from sqlmodel import Session

from bot.domain.rewards import Moved, State, Step
from bot.errors import RefusedError
from bot.services import rewards
from bot.services.rewards import Asked, Wanted
from bot.store import ledger
from tests.crash.fleet import SOAK
from tests.encore import House, link
from tests.stories.rewarding import (
    ADA,
    ANA,
    LEA,
    LEO,
    ask,
    asked,
    award,
    balance,
    floor,
    put,
    rows,
    states,
    take,
    together,
)

pytestmark = pytest.mark.both_databases

RACES = 20 * SOAK
"""Of each two who race; `make soak SOAK=50` has a thousand."""


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    yield from floor(database_url)


def test_ten_at_once_on_a_balance_for_one(cebu: House) -> None:
    award(cebu, ANA, 70)
    bids = together([partial(ask, cebu, ANA, "lunch", 50, key=f"k{n}") for n in range(10)])
    assert Counter(bid.case is not None for bid in bids) == {True: 1, False: 9}
    assert {bid.missing for bid in bids if bid.case is None} == {30}
    assert (balance(cebu, ANA), states(cebu)) == ((20, 50), ["asked"])


def test_ten_people_at_once_for_a_stock_of_three(cebu: House) -> None:
    buyers = [f"UBUYER{n}" for n in range(10)]
    for n, slack_id in enumerate(buyers):
        name = f"Agent {n + 6}"
        link(cebu, name, slack_id)
        number = cebu.centre.person(name)
        cebu.centre.db.write_now(put, cebu.centre.at, number, 10, key=f"a{n}")
    bids = together([partial(ask, cebu, slack_id, "mug", 10, key=f"k:{slack_id}") for slack_id in buyers])
    assert Counter((bid.case is not None, bid.missing) for bid in bids) == {(True, 0): 3, (False, 0): 7}
    assert cebu.centre.db.read_now(ledger.balance, "catalogue", "stock:mug") == 0
    assert states(cebu) == ["asked"] * 3


def test_the_same_request_sent_ten_times_at_once_is_charged_once(cebu: House) -> None:
    award(cebu, ANA, 200)
    bids = together([partial(ask, cebu, ANA, "lunch", 50, key="k") for _ in range(10)])
    assert len(set(map(str, bids))) == 1
    assert bids[0].case is not None
    assert (balance(cebu, ANA), states(cebu)) == ((150, 50), ["asked"])
    with pytest.raises(RefusedError, match="Something else"):
        ask(cebu, ANA, "mug", 10, key="k")


def test_a_refusal_is_remembered_under_its_key(cebu: House) -> None:
    assert ask(cebu, ANA, "lunch", 50, key="k").missing == 50
    award(cebu, ANA, 60)
    again = ask(cebu, ANA, "lunch", 50, key="k")
    assert (again.case, again.missing) == (None, 50)
    assert ask(cebu, ANA, "lunch", 50, key="another").case is not None


def both(cebu: House, one: tuple[str, Step], other: tuple[str, Step]) -> Iterator[tuple[Moved, Moved]]:
    """Yield what came of two steps that race with one request, as often as `RACES` says."""
    award(cebu, ANA, 50 * RACES)
    for n in range(RACES):
        number = asked(cebu, ANA, "lunch", 50, key=f"k{n}")
        steps = [partial(take, cebu, slack_id, number, step) for slack_id, step in (one, other)]
        # Whoever is started first would mostly win.
        came = together(steps if n % 2 else steps[::-1])
        yield tuple(came if n % 2 else came[::-1])


def test_of_approve_and_cancel_one_wins_and_the_other_learns_it(cebu: House) -> None:
    won = Counter[str]()
    for approve, cancel in both(cebu, (LEA, Step.APPROVE), (ANA, Step.CANCEL)):
        assert approve.taken != cancel.taken
        assert approve.case == cancel.case
        assert approve.case is not None
        assert approve.case.state is (State.APPROVED if approve.taken else State.CANCELLED)
        won[approve.case.state] += 1
    assert Counter(states(cebu)) == won
    assert balance(cebu, ANA) == (50 * won["cancelled"], 50 * won["approved"])


def test_of_two_who_decide_one_wins_and_the_other_learns_who(cebu: House) -> None:
    for lea, leo in both(cebu, (LEA, Step.APPROVE), (LEO, Step.DECLINE)):
        assert lea.taken != leo.taken
        assert lea.case == leo.case
        assert lea.case is not None
        winner, state = (LEA, State.APPROVED) if lea.taken else (LEO, State.DECLINED)
        by = cebu.centre.person({LEA: "Agent 2", LEO: "Agent 3"}[winner])
        assert (lea.case.state, lea.case.by) == (state, by)


def test_of_two_who_approve_one_did(cebu: House) -> None:
    for lea, leo in both(cebu, (LEA, Step.APPROVE), (LEO, Step.APPROVE)):
        assert lea.taken != leo.taken
        assert lea.case == leo.case


def test_of_done_and_given_back_one_wins(cebu: House) -> None:
    award(cebu, ANA, 50 * RACES)
    for n in range(RACES):
        number = asked(cebu, ANA, "lunch", 50, key=f"k{n}")
        take(cebu, ADA, number, Step.APPROVE)
        done, back = together(
            [partial(take, cebu, LEA, number, Step.DONE), partial(take, cebu, LEO, number, Step.GIVE_BACK)]
        )
        assert done.taken != back.taken
    ended = Counter(states(cebu))
    assert balance(cebu, ANA) == (50 * ended["given_back"], 0)


def test_a_step_pressed_twice_at_once_is_one_and_both_presses_hear_the_same(cebu: House) -> None:
    award(cebu, ANA, 50)
    number = asked(cebu, ANA, "lunch", 50)
    assert len(set(map(str, together([partial(take, cebu, LEA, number, Step.DECLINE)] * 4)))) == 1
    assert (balance(cebu, ANA), states(cebu)) == ((50, 0), ["declined"])


class KilledError(Exception):
    """The process is gone."""


@pytest.mark.parametrize("deed", ["ask", "decline", "done"])
def test_killed_in_between_nothing_is_half_done(cebu: House, deed: str) -> None:
    """The messages are queued last: whatever was written before them is not there either."""
    award(cebu, ANA, 60)
    number = 0 if deed == "ask" else asked(cebu, ANA, "lunch", 50)
    if deed == "done":
        take(cebu, LEA, number, Step.APPROVE)
    before = (
        balance(cebu, ANA),
        states(cebu),
        rows(cebu, "SELECT COUNT(*) FROM txn"),
        rows(cebu, "SELECT key FROM outbox"),
    )

    def killed(session: Session) -> None:
        slack = cebu.workspace.team_id
        if deed == "ask":
            rewards.ask(session, cebu.clock.now(), Asked("k", slack, ANA, "lunch", 50))
        else:
            rewards.move(session, cebu.clock.now(), Wanted(number, Step(deed), slack, LEA, "words"))
        raise KilledError

    with pytest.raises(KilledError):
        cebu.centre.db.write_now(killed)
    assert before == (
        balance(cebu, ANA), states(cebu), rows(cebu, "SELECT COUNT(*) FROM txn"), rows(cebu, "SELECT key FROM outbox")
    )  # fmt: skip
    if deed == "ask":
        assert ask(cebu, ANA, "lunch", 50, key="k").case is not None
    else:
        assert take(cebu, LEA, number, Step(deed)).taken
