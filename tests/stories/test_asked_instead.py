"""Whoever may not decide any more reads nothing further of it, whoever may is asked, and an edit never meets a stranger."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from bot.domain.people import Role
from bot.domain.rewards import Bid, Step
from bot.sandbox.model import Message
from bot.services import deciding, disputes, handing_on, leavers, rewards, setup
from bot.services import people as persons
from bot.services.adjustments import Came
from bot.services.rewards import Asked
from bot.store import people
from tests.encore import House
from tests.stories.pointing import bonus, entry, id_of, known, message_to, with_admins
from tests.stories.rewarding import (
    ADA,
    ANA,
    LEA,
    LEO,
    REX,
    STRANGER,
    Floor,
    asked,
    award,
    direct,
    open_floor,
    rows,
    take,
    told,
    wait_until,
    words,
)
from tests.stories.test_disputes import answer, ask, case_id

OVER = "This is with others now."


@pytest.fixture
def cebu(sqlite_url: str) -> Iterator[House]:
    yield from with_admins(sqlite_url)


def unlink(where: House, slack_id: str, whose: str) -> None:
    where.centre.db.write_now(handing_on.unlink, where.clock.now(), id_of(where, whose), slack_id=slack_id)


def link(where: House, slack_id: str, whose: str) -> None:
    where.centre.db.write_now(
        persons.link, where.clock.now(), id_of(where, whose), slack_id=slack_id,
        workspace_id=where.workspace.team_id,
    )  # fmt: skip


def revoke(where: House, slack_id: str) -> None:
    where.centre.db.write_now(
        handing_on.revoke, where.clock.now(), id_of(where, slack_id), Role.LEAD, 1, actor="story"
    )  # fmt: skip


def leave(where: House, slack_id: str, *, days: int) -> None:
    now = where.clock.now()
    where.centre.db.write_now(
        leavers.mark, now, id_of(where, slack_id), now.date() + timedelta(days=days), actor="story"
    )  # fmt: skip


def ids(where: House, *slack_ids: str) -> str:
    return str(sorted(id_of(where, slack_id) for slack_id in slack_ids))


def sent_to(where: House, table: str) -> str:
    return str(sorted(json.loads(rows(where, f"SELECT sent_to FROM {table}")[0][0])))


def reads(where: House, slack_id: str) -> str:
    """Return everything that stands in somebody's messages by now."""
    return "\n".join(words(message.blocks) for message in direct(where, slack_id))


async def looked(at: Floor) -> None:
    """Let the job look once more."""
    at.where.clock.skip(handing_on.EVERY)
    await at.encore.loop.tick()
    at.encore.ctx.wake.set()


async def comes(at: Floor, condition: Callable[[], bool]) -> None:
    """Wait until what is queued has brought this about; a conversation takes a message a second, on the story's clock."""
    async with asyncio.timeout(10):
        while not condition():
            at.where.clock.skip(timedelta(seconds=1))
            at.encore.ctx.wake.set()
            await asyncio.sleep(0.05)


async def gets(at: Floor, slack_id: str, *texts: str) -> list[Message]:
    """Wait until somebody was told each of these alone, and return the messages."""
    return [await _got(at, slack_id, text) for text in texts]


async def _got(at: Floor, slack_id: str, text: str) -> Message:
    await comes(at, lambda: any(text in m.text for m in direct(at.where, slack_id)))
    return await message_to(at.where, slack_id, text)


async def stands(at: Floor, slack_id: str, text: str, *, times: int = 1) -> None:
    """Wait until so many of somebody's messages say this."""
    await comes(at, lambda: reads(at.where, slack_id).count(text) == times)


async def test_a_wrong_account_reads_on_no_more_and_the_right_one_is_asked_anew(cebu: House) -> None:
    award(cebu, ANA, 100)
    request = asked(cebu, ANA, "lunch", 50)
    question = case_id(ask(cebu, entry(cebu)))
    async with open_floor(cebu) as at:
        await gets(at, LEA, "asks for", "asks about an entry")
        unlink(cebu, LEA, LEA)
        await stands(at, LEA, OVER, times=2)
        link(cebu, STRANGER, LEA)
        await looked(at)
        await gets(at, STRANGER, "asks for “Two-hour lunch”", "asks about an entry")
        answer(cebu, LEO, question, "The night of the fire.")
        take(cebu, LEO, request, Step.DECLINE, "Not in March.")
        await stands(at, STRANGER, "Not in March.")
        await stands(at, STRANGER, "The night of the fire.")
    assert "The night of the fire." not in reads(cebu, LEA)
    assert "Not in March." not in reads(cebu, LEA)


async def test_an_edit_that_waits_while_a_link_is_mended_goes_nowhere(cebu: House) -> None:
    award(cebu, ANA, 100)
    request = asked(cebu, ANA, "lunch", 50)
    async with open_floor(cebu) as at:
        await gets(at, LEA, "asks for")
        at.sandbox.faults.next("chat.update", "ratelimited", 1, seconds=2)
        take(cebu, LEO, request, Step.DECLINE, "Not in March.")
        at.encore.ctx.wake.set()
        await comes(at, lambda: not at.sandbox.faults.waiting())
        unlink(cebu, LEA, LEA)
        link(cebu, STRANGER, LEA)
        unsent = "SELECT 1 FROM outbox WHERE edits_id IS NOT NULL AND status IN ('queued', 'sending')"
        await comes(at, lambda: rows(cebu, unsent) == [])
    assert rows(cebu, "SELECT COUNT(*) FROM outbox WHERE error = 'said_to_another_account'") == [(1,)]
    assert "Not in March." not in reads(cebu, LEA)
    assert told(cebu, STRANGER) == []


async def test_a_lead_who_is_removed_reads_no_later_answer_and_nobody_says_that_they_answer(cebu: House) -> None:
    award(cebu, ANA, 100)
    number = entry(cebu)
    request = asked(cebu, ANA, "lunch", 50)
    question = case_id(ask(cebu, number))
    async with open_floor(cebu) as at:
        await gets(at, LEA, "asks for", "asks about an entry")
        revoke(cebu, LEA)
        await stands(at, LEA, OVER, times=2)
        assert sent_to(cebu, "redemption") == sent_to(cebu, "dispute") == ids(cebu, LEO)
        seen = cebu.centre.db.read_now(disputes.entry_of, known(cebu, ANA), number)[1]
        assert seen is not None
        assert seen.deciders == ["Agent 3"]
        answer(cebu, LEO, question, "The night of the fire.")
        take(cebu, LEO, request, Step.DECLINE, "Not in March.")
        await gets(at, ANA, "answered your question")
        await stands(at, LEO, "Not in March.")
        # Who leads again is asked no more for what is over.
        cebu.centre.db.write_now(people.grant, id_of(cebu, LEA), Role.LEAD, 1)
        await looked(at)
    assert reads(cebu, LEA).count(OVER) == len(direct(cebu, LEA)) == 2


async def test_leads_who_leave_hand_on_and_on_a_later_day_on_that_day(cebu: House) -> None:
    award(cebu, ANA, 100)
    asked(cebu, ANA, "lunch", 50)
    ask(cebu, entry(cebu))
    leave(cebu, LEA, days=0)
    assert sent_to(cebu, "redemption") == sent_to(cebu, "dispute") == ids(cebu, LEO)
    leave(cebu, LEO, days=2)
    assert sent_to(cebu, "redemption") == sent_to(cebu, "dispute") == ids(cebu, LEO)
    async with open_floor(cebu) as at:
        await gets(at, LEO, "asks for")
        cebu.clock.skip(timedelta(days=2))
        await at.encore.loop.tick()
        assert sent_to(cebu, "redemption") == sent_to(cebu, "dispute") == ids(cebu, ADA, REX)
        await gets(at, ADA, "asks for “Two-hour lunch”")


def test_admins_who_are_removed_in_slack_hand_on(cebu: House) -> None:
    def choose(before: list[str], chosen: list[str]) -> None:
        cebu.centre.db.write_now(
            setup.choose_admins, cebu.clock.now(), id_of(cebu, ADA), cebu.workspace.team_id, before, chosen, {}
        )  # fmt: skip

    award(cebu, ANA, 100)
    came: Came = bonus(cebu, ADA, ANA, 10_000)
    asked(cebu, ANA, "ceo", 80)
    assert sent_to(cebu, "redemption") == ids(cebu, ADA, REX)
    cebu.centre.db.write_now(people.grant, id_of(cebu, LEO), Role.ADMIN, None)
    choose([ADA, REX, LEO], [ADA, LEO])
    assert sent_to(cebu, "redemption") == ids(cebu, ADA, LEO)
    assert came.deciders == ["Agent 4"]
    assert sent_to(cebu, "adjustment") == ids(cebu, LEO)


@pytest.mark.both_databases
def test_what_is_asked_while_the_leads_are_removed_is_handed_on(postgres_url: str) -> None:
    chosen, go_on = threading.Event(), threading.Event()

    def slowly(session: Session, *given: Any) -> Bid:
        bid = rewards.ask(session, *given)
        chosen.set()
        go_on.wait(10)
        return bid

    for cebu in with_admins(postgres_url):
        award(cebu, ANA, 100)
        now, wanted = cebu.clock.now(), Asked("k", cebu.workspace.team_id, ANA, "lunch", 50)
        asking = threading.Thread(target=cebu.centre.db.write_now, args=(slowly, now, wanted))
        asking.start()
        wait_until(chosen.is_set)
        revoke(cebu, LEA)
        revoke(cebu, LEO)
        go_on.set()
        asking.join()
        assert sent_to(cebu, "redemption") == ids(cebu, LEA, LEO)
        cebu.centre.db.write_now(handing_on.hand_on, now)
        assert sent_to(cebu, "redemption") == ids(cebu, ADA, REX)
        # Nothing is left to hand on.
        assert cebu.centre.db.read_now(deciding.list_to_hand_on, now) == []
