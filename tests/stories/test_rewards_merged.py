"""Rewards of somebody of whom two entries were made one: what was held stays held, and nothing is left behind."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import Session

from bot.domain.ledger import person
from bot.domain.rewards import Step
from bot.errors import FormError, RefusedError
from bot.services import adjustments, people, points, praise, rewards
from bot.services.adjustments import Bonus
from bot.services.rewards import Asked
from bot.store import ledger
from bot.store import points as points_store
from tests.encore import House
from tests.stories.rewarding import (
    ADA,
    ANA,
    CATALOGUE,
    LEA,
    REX,
    ask,
    asked,
    award,
    connected,
    floor,
    live,
    take,
    wait_until,
)  # fmt: skip


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    yield from floor(database_url)


@pytest.fixture
def on_postgres(postgres_url: str) -> Iterator[House]:
    yield from floor(postgres_url)


@pytest.mark.parametrize("deed", ["ask", "bonus", "kudos"])
def test_whoever_is_merged_meanwhile_leaves_no_points_behind(on_postgres: House, deed: str) -> None:
    """The merging waits for what is written for the entry that goes, and takes it along."""
    where, db = on_postgres, on_postgres.centre.db
    award(where, ANA, 70)
    live(where, *CATALOGUE, kudos={"allowance": 25, "points": 5})
    slack, now = where.workspace.team_id, where.clock.now()
    gone, kept = where.centre.person("Agent 1"), where.centre.person("Agent 16")
    deeds: dict[str, Callable[[Session], object]] = {
        "ask": lambda s: rewards.ask(s, now, Asked("k", slack, ANA, "lunch", 50)),
        "bonus": lambda s: adjustments.bonus(s, now, Bonus("late", None, (gone,), "points", 5, "Well done.")),
        "kudos": lambda s: praise.give(s, now, praise.Asked("k", slack, LEA, (ANA,), "for your help today", ())),
    }
    written, gate = threading.Event(), threading.Event()

    def slowly(session: Session) -> None:
        deeds[deed](session)
        written.set()
        gate.wait(20)

    with ThreadPoolExecutor(2) as threads:
        at_it = threads.submit(db.write_now, slowly)
        assert written.wait(20)
        behind = threads.submit(db.write_now, people.merge, where.centre.at, kept, gone)
        wait_until(lambda: connected(where, "wait_event_type = 'Lock'"))
        gate.set()
        at_it.result()
        behind.result()
    assert not any(db.read_now(ledger.balances, person(gone)).values())
    has = db.read_now(ledger.balances, person(kept))
    assert (has["points"], has.get("held", 0)) == {"ask": (20, 50), "bonus": (75, 0), "kudos": (75, 0)}[deed]
    # Who comes later with what they knew before is refused.
    with pytest.raises(FormError, match="was merged into"):
        db.write_now(adjustments.bonus, now, Bonus("later", None, (gone,), "points", 5, "Well done."))


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
    # What came for either entry was received, once; what is given back was theirs before.
    owners = cebu.centre.db.read_now(points.owners_of, cebu.centre.person("Agent 16"))
    around = cebu.clock.now() - timedelta(days=1), cebu.clock.now() + timedelta(days=1)
    standing, received = cebu.centre.db.read_now(points_store.standing, owners, "giving:2026-03", *around)
    assert (standing["points"], received) == (has["points"], 60)


def test_a_request_asked_for_again_after_its_entry_was_merged_is_the_same(cebu: House) -> None:
    award(cebu, ANA, 60)
    number = asked(cebu, ANA, "mug", 10)
    cebu.centre.merge("Agent 16", "Agent 1")
    assert asked(cebu, ANA, "mug", 10) == number
    award(cebu, REX, 60)
    with pytest.raises(RefusedError, match="Something else"):
        ask(cebu, REX, "mug", 10, key="k")
