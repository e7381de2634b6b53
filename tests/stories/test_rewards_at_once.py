"""Rewards when several act at once, as several processes do: nothing is charged twice, oversold, or decided twice."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session

from bot.domain.ledger import person
from bot.domain.rewards import Moved, State, Step
from bot.errors import RefusedError
from bot.services import people, points, praise, programme, rewards
from bot.services.rewards import Asked, Wanted
from bot.store import ledger
from bot.store import points as points_store
from tests.encore import House, link
from tests.stories.rewarding import (
    ADA,
    ANA,
    CATALOGUE,
    LEA,
    LEO,
    REX,
    ask,
    asked,
    award,
    balance,
    floor,
    limited,
    live,
    rows,
    states,
    take,
    together,
)

RACES = 30


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    yield from floor(database_url)


@pytest.fixture
def on_postgres(postgres_url: str) -> Iterator[House]:
    yield from floor(postgres_url)


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
        cebu.centre.db.write_now(
            points.award, cebu.centre.at, number, 10, key=f"a{n}", reason="Well done.", actor="story"
        )  # fmt: skip
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


def test_a_changed_stock_counts_by_the_difference_and_never_takes_away_what_was_had(cebu: House) -> None:
    award(cebu, ANA, 200)

    def left() -> int | None:
        shown = cebu.centre.db.read_now(rewards.shelf, cebu.clock.now(), cebu.workspace.team_id, ANA)
        return shown.offers[0].left

    for n in range(2):
        asked(cebu, ANA, "mug", 10, key=f"first{n}")
    live(cebu, limited(5))
    assert left() == 3
    first = asked(cebu, ANA, "mug", 10, key="third")
    assert left() == 2
    live(cebu, limited(1))
    assert left() == 0
    bid = ask(cebu, ANA, "mug", 10, key="too many")
    assert (bid.case, bid.missing) == (None, 0)
    # What comes back does not go on the shelf again, as long as more were had than there are to be.
    take(cebu, LEA, first, Step.DECLINE)
    assert left() == 0
    assert ask(cebu, ANA, "mug", 10, key="still too many").case is None
    live(cebu, limited(4))
    assert left() == 2
    asked(cebu, ANA, "mug", 10, key="fourth")
    live(cebu, {"key": "mug", "title": "A mug", "price": 10})
    assert left() is None
    asked(cebu, ANA, "mug", 10, key="without limit")
    live(cebu, limited(5))
    assert left() == 2


def test_the_stock_changes_while_many_ask(cebu: House) -> None:
    """Whoever comes with the old programme or the new: no more are had than the larger of the two said."""
    award(cebu, ANA, 400)
    asked(cebu, ANA, "mug", 10, key="first")
    deeds: list[Callable[[], object]] = [partial(ask, cebu, ANA, "mug", 10, key=f"k{n}") for n in range(12)]
    deeds[6:6] = [partial(live, cebu, limited(6)), partial(live, cebu, limited(5))]
    together(deeds)
    had = len(states(cebu))
    assert 3 <= had <= 6
    for n in range(8):
        ask(cebu, ANA, "mug", 10, key=f"later{n}")
    current = cebu.centre.db.read_now(programme.current, cebu.clock.now())
    assert len(states(cebu)) == max(had, current.rewards[0].stock or 0)


def test_a_stock_is_lowered_while_somebody_takes_a_piece(on_postgres: House) -> None:
    """How much can be taken off the shelf is known when whoever is at it has gone."""
    where = on_postgres
    for slack_id in (ANA, REX):
        award(where, slack_id, 100)
    asked(where, ANA, "mug", 10, key="first")
    gone = threading.Event()

    def slowly(session: Session) -> None:
        wanted = Asked("second", where.workspace.team_id, ANA, "mug", 10)
        assert rewards.ask(session, where.clock.now(), wanted).case is not None
        gone.wait(20)

    def someone(condition: str) -> bool:
        ours = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
        return bool(rows(where, f"{ours} AND {condition}"))

    with ThreadPoolExecutor(2) as threads:
        at_it = threads.submit(where.centre.db.write_now, slowly)
        wait_until(lambda: someone("state = 'idle in transaction'"))
        live(where, limited(1))
        behind = threads.submit(ask, where, REX, "mug", 10, key="third")
        wait_until(lambda: someone("wait_event_type = 'Lock'"))
        gone.set()
        at_it.result()
        assert behind.result().case is None
    live(where, limited(5))
    assert [ask(where, REX, "mug", 10, key=f"k{n}").case is not None for n in range(4)] == [True, True, True, False]


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.parametrize("deed", ["ask", "award", "kudos"])
def test_whoever_is_merged_meanwhile_leaves_no_points_behind(on_postgres: House, deed: str) -> None:
    """The merging waits for what is written for the entry that goes, and takes it along."""
    where, db = on_postgres, on_postgres.centre.db
    award(where, ANA, 70)
    live(where, *CATALOGUE, kudos={"allowance": 25, "points": 5})
    slack, now = where.workspace.team_id, where.clock.now()
    gone, kept = where.centre.person("Agent 1"), where.centre.person("Agent 16")
    deeds: dict[str, Callable[[Session], object]] = {
        "ask": lambda s: rewards.ask(s, now, Asked("k", slack, ANA, "lunch", 50)),
        "award": lambda s: points.award(s, now, gone, 5, key="late", reason="Well done.", actor="story"),
        "kudos": lambda s: praise.give(s, now, praise.Asked("k", slack, LEA, (ANA,), "for your help today", ())),
    }
    written, gate = threading.Event(), threading.Event()

    def slowly(session: Session) -> None:
        deeds[deed](session)
        written.set()
        gate.wait(20)

    def someone(condition: str) -> bool:
        ours = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
        return bool(rows(where, f"{ours} AND {condition}"))

    with ThreadPoolExecutor(2) as threads:
        at_it = threads.submit(db.write_now, slowly)
        assert written.wait(20)
        behind = threads.submit(db.write_now, people.merge, where.centre.at, kept, gone)
        wait_until(lambda: someone("wait_event_type = 'Lock'"))
        gate.set()
        at_it.result()
        behind.result()
    assert not any(db.read_now(ledger.balances, person(gone)).values())
    has = db.read_now(ledger.balances, person(kept))
    assert (has["points"], has.get("held", 0)) == {"ask": (20, 50), "award": (75, 0), "kudos": (75, 0)}[deed]
    # Who comes later with what they knew before is refused.
    with pytest.raises(RefusedError, match="made one"):
        db.write_now(points.award, now, gone, 5, key="later", reason="Well done.", actor="story")


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


@pytest.mark.parametrize("steps", [[Step.DECLINE], [Step.APPROVE, Step.DONE], [Step.APPROVE, Step.GIVE_BACK]])
def test_whoever_was_merged_keeps_what_was_held(cebu: House, steps: list[Step]) -> None:
    award(cebu, ANA, 60)
    number = asked(cebu, ANA, "mug", 10)
    cebu.centre.merge("Agent 16", "Agent 1")
    # The entry that is kept is of no team: then it is for an admin.
    assert take(cebu, LEA, number, steps[0]).case is None
    assert all(take(cebu, ADA, number, step).taken for step in steps)
    spent = steps[-1] is Step.DONE
    has = cebu.centre.db.read_now(ledger.balances, person(cebu.centre.person("Agent 16")))
    assert (has["points"], has["held"]) == ((50 if spent else 60), 0)
    assert cebu.centre.db.read_now(ledger.balance, "catalogue", "stock:mug") == (2 if spent else 3)
    # Neither what was another entry's nor what is given back was received.
    owner, at = person(cebu.centre.person("Agent 16")), cebu.clock.now()
    around = at - timedelta(days=1), at + timedelta(days=1)
    assert cebu.centre.db.read_now(points_store.standing, owner, "giving:2026-03", *around)[1] == 0


def test_a_request_asked_for_again_after_its_entry_was_merged_is_the_same(cebu: House) -> None:
    award(cebu, ANA, 60)
    number = asked(cebu, ANA, "mug", 10)
    cebu.centre.merge("Agent 16", "Agent 1")
    assert asked(cebu, ANA, "mug", 10) == number
    award(cebu, REX, 60)
    with pytest.raises(RefusedError, match="Something else"):
        ask(cebu, REX, "mug", 10, key="k")
