"""An edit takes the place of an earlier message of ours, after it, and never stands alone."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session

from bot.jobs import delivery
from bot.services import dead_letters, outbox
from bot.store import bulk
from bot.store.database import Database
from bot.store.outbox import Waiting
from tests.encore import MORNING, House, go_live, house, link, sandboxed, serving, thursday, until
from tests.jobs.personal import choose, heard, rows, settle, states, tell
from tests.jobs.slack import Slack, context, refusal
from tests.stories.rewarding import wait_until
from tests.views.values import DAY

LEA = "ULEA"


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    where = house(database_url)
    where.workspace.rates = False
    thursday(where, people_count=2)
    link(where, "Agent 1", LEA)
    go_live(where, boards=[])
    yield where
    where.centre.close()


def post(where: House, key: str, *, channel: str = "", site: str = "Before") -> None:
    where.centre.db.write_now(
        outbox.queue, where.clock.now(), key=key, channel=channel or where.channel, view="board",
        value=replace(DAY, site=site),
    )  # fmt: skip


def edit(where: House, of_key: str, key: str, *, site: str = "After") -> bool:
    return where.centre.db.write_now(
        outbox.edit, where.clock.now(), of_key, key=key, view="board", value=replace(DAY, site=site)
    )


async def settled(where: House, *, seconds: int = 3) -> None:
    async with sandboxed(where) as sandbox, serving(where, sandbox) as encore:
        for _ in range(seconds):
            await settle(where, encore)
            where.clock.skip(timedelta(seconds=1))


@pytest.mark.parametrize("named", ["id", "name", "person"])
async def test_an_edit_takes_the_place_wherever_the_message_went(cebu: House, named: str) -> None:
    if named == "person":
        tell(cebu, "Agent 1", "first")
    else:
        post(cebu, "first", channel="#cebu-floor" if named == "name" else cebu.channel)
    assert edit(cebu, "first", "second")
    assert not edit(cebu, "first", "second")
    # An edit of an edit is one of the same message.
    assert edit(cebu, "second", "third", site="At last")
    await settled(cebu, seconds=4)
    assert [row.status for row in rows(cebu)] == ["sent"] * 3
    (message,) = heard(cebu, LEA) if named == "person" else cebu.posts()
    assert "At last" in message.text
    assert {row.ts for row in rows(cebu)} == {message.ts}


async def test_what_it_waits_for_and_what_waits_behind_it_keep_their_order(cebu: House) -> None:
    post(cebu, "first")
    edit(cebu, "first", "second")
    post(cebu, "third", site="Next")
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        sandbox.faults.next("chat.postMessage", "ratelimited", seconds=5)
        await settle(cebu, encore)
        assert [row.status for row in rows(cebu)] == ["queued"] * 3
        cebu.clock.skip(timedelta(seconds=5))
        for _ in range(4):
            await settle(cebu, encore)
            cebu.clock.skip(timedelta(seconds=1))
    assert ["After" in words for words in cebu.said()] == [True, False]
    assert "Next" in cebu.said()[1]


async def test_an_edit_whose_answer_was_lost_is_simply_sent_again(cebu: House) -> None:
    post(cebu, "first")
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await settle(cebu, encore)
        cebu.clock.skip(timedelta(seconds=1))
        sandbox.faults.next("chat.update", "lost_after_storing")
        edit(cebu, "first", "second")
        await settle(cebu, encore)
        await until(lambda: states(cebu)["second"] == ("sending", "no_answer"))
        cebu.clock.skip(delivery.DOUBT)
        await settle(cebu, encore)
    assert states(cebu)["second"] == ("sent", None)
    assert ["After" in words for words in cebu.said()] == [True]


async def test_an_edit_of_what_was_never_said_is_dropped(cebu: House) -> None:
    choose(cebu, "Agent 1", "after_shift")
    post(cebu, "dead", channel="C0NOWHERE")
    tell(cebu, "Agent 1", "folded")
    edit(cebu, "dead", "edit of dead")
    edit(cebu, "folded", "edit of folded")
    assert not edit(cebu, "nothing", "edit of nothing")
    await settled(cebu)
    dropped = ("folded", "edits_what_was_never_said")
    assert (states(cebu)["edit of dead"], states(cebu)["edit of folded"]) == (dropped, dropped)
    # Where the message is brought again, its edit follows again.
    made = cebu.workspace.add_channel("nowhere", slack_id="C0NOWHERE")
    cebu.centre.db.write_now(dead_letters.retry, cebu.clock.now(), 1, actor="story")
    await settled(cebu)
    assert ["After" in m.text for m in made.messages if m.user == cebu.workspace.bot_user.slack_id] == [True]


@pytest.mark.parametrize("error", ["message_not_found", "edit_window_closed", "cant_update_message"])
async def test_an_edit_whose_message_is_gone_bothers_nobody(cebu: House, error: str) -> None:
    post(cebu, "first")
    await settled(cebu)
    edit(cebu, "first", "second")
    async with Slack(**{"chat.update": refusal(error)}).running() as url:
        while await delivery.deliver_one(context(cebu, url)):
            pass
    assert states(cebu) == {"first": ("sent", None), "second": ("folded", error)}


async def test_an_edit_wakes_nobody_and_so_it_waits_for_no_morning(cebu: House) -> None:
    tell(cebu, "Agent 1", "first")
    await settled(cebu)
    cebu.clock.skip(timedelta(hours=14))
    edit(cebu, "first", "second")
    await settled(cebu)
    assert "After" in heard(cebu, LEA)[0].text


def test_what_slack_may_show_after_all_is_not_withdrawn(sqlite_url: str) -> None:
    db = queued(sqlite_url)
    claimed = db.write_now(outbox.claim, MORNING)
    assert isinstance(claimed, Waiting)
    db.write_now(outbox.doubt, claimed, until=MORNING + timedelta(seconds=30), why="no_answer")
    db.write_now(dead_letters.give_up, MORNING, claimed.id, why="not_looked_up")
    db.write_now(dead_letters.retry, MORNING, claimed.id, actor="story", missing=True)
    assert db.read_now(bulk.query, "SELECT status FROM outbox ORDER BY id") == [("queued",)]
    assert db.write_now(decided)
    db.close()


def test_what_is_being_taken_to_be_said_is_not_withdrawn(postgres_url: str) -> None:
    db, edited = queued(postgres_url), list[bool]()
    second = threading.Thread(target=lambda: edited.append(db.write_now(decided)))

    def first(session: Session) -> None:
        assert outbox.claim(session, MORNING) is not None
        second.start()
        waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        wait_until(lambda: bool(db.read_now(bulk.query, waits)))

    db.write_now(first)
    second.join()
    assert edited == [True]
    assert db.read_now(bulk.query, "SELECT status FROM outbox ORDER BY id") == [("sending",), ("queued",)]
    db.close()


def queued(url: str) -> Database:
    """Return a database in which a message waits to be said."""
    db = Database(url)
    db.write_now(outbox.queue, MORNING, key="first", channel="C1", view="board", value=DAY)
    return db


def decided(session: Session) -> bool:
    """Change what asks for a decision, since it is not needed any more; False where it is simply not said."""
    return outbox.edit(session, MORNING, "first", key="second", view="board", value=DAY, needless=True)
