"""The stock of a reward: it follows the programme by the difference, and is never oversold, whoever asks meanwhile."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlmodel import Session

from bot.domain.rewards import Step
from bot.services import programme, rewards
from bot.services.rewards import Asked
from tests.encore import House
from tests.stories.rewarding import (
    ANA,
    LEA,
    NAMES,
    REX,
    ask,
    asked,
    award,
    connected,
    floor,
    limited,
    live,
    put,
    states,
    take,
    together,
    wait_until,
)  # fmt: skip


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    yield from floor(database_url)


@pytest.fixture
def on_postgres(postgres_url: str) -> Iterator[House]:
    yield from floor(postgres_url)


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
    """Whoever comes with the old programme or the new: no more are had than it ever said."""
    award(cebu, ANA, 1000)
    asked(cebu, ANA, "mug", 10, key="first")
    most = 3
    for turn in range(4):
        stocks = (6 + 5 * turn, 5 + 3 * turn)
        deeds: list[Callable[[], object]] = [partial(ask, cebu, ANA, "mug", 10, key=f"{turn}:{n}") for n in range(12)]
        deeds[6:6] = [partial(live, cebu, limited(stock)) for stock in stocks]
        together(deeds)
        most = max(most, *stocks)
        assert len(states(cebu)) <= most
    had = len(states(cebu))
    for n in range(most):
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

    with ThreadPoolExecutor(2) as threads:
        at_it = threads.submit(where.centre.db.write_now, slowly)
        wait_until(lambda: connected(where, "state = 'idle in transaction'"))
        live(where, limited(1))
        behind = threads.submit(ask, where, REX, "mug", 10, key="third")
        wait_until(lambda: connected(where, "wait_event_type = 'Lock'"))
        gone.set()
        at_it.result()
        assert behind.result().case is None
    live(where, limited(5))
    assert [ask(where, REX, "mug", 10, key=f"k{n}").case is not None for n in range(4)] == [True, True, True, False]


def test_whoever_waits_for_their_own_points_keeps_nobody_from_the_shelf(on_postgres: House) -> None:
    """Else two could wait for each other: one has the shelf and wants the points, the other the other way round."""
    where = on_postgres
    for slack_id in (ANA, REX):
        award(where, slack_id, 100)
    asked(where, ANA, "mug", 10, key="first")
    live(where, limited(6))
    gone = threading.Event()

    def slowly(session: Session) -> None:
        number = where.centre.person(NAMES[ANA])
        put(session, where.clock.now(), number, 1, key="slow")
        gone.wait(20)

    with ThreadPoolExecutor(3) as threads:
        threads.submit(where.centre.db.write_now, slowly)
        wait_until(lambda: connected(where, "state = 'idle in transaction'"))
        waits = threads.submit(ask, where, ANA, "mug", 10, key="second")
        wait_until(lambda: connected(where, "wait_event_type = 'Lock'"))
        passes = threads.submit(ask, where, REX, "mug", 10, key="third")
        try:
            assert passes.result(timeout=5).case is not None
        finally:
            gone.set()
        assert waits.result().case is not None
