"""What is given up is told to every admin once, in plain words, and can be brought again."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.domain.people import Role
from bot.errors import NotFoundError, RefusedError
from bot.jobs import delivery
from bot.services import dead_letters, outbox
from tests.encore import House, go_live, house, link, sandboxed, serving, thursday, until
from tests.jobs.personal import choose, grant, heard, local, rows, settle, states, tell, words_to
from tests.jobs.slack import Slack, context, refusal
from tests.views.values import DAY

LEA, BEN = "ULEA", "UBEN"


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    where = house(database_url)
    where.workspace.rates = False
    where.workspace.add_person("ben", slack_id=BEN)
    thursday(where, people_count=3)
    link(where, "Agent 1", LEA)
    link(where, "Agent 2", BEN)
    for name in ("Agent 1", "Agent 2"):
        grant(where, name, Role.ADMIN)
    go_live(where, boards=[])
    yield where
    where.centre.close()


def post(where: House, key: str, channel: str) -> None:
    where.centre.db.write_now(outbox.queue, where.clock.now(), key=key, channel=channel, view="board", value=DAY)


async def deliver(where: House) -> None:
    async with sandboxed(where) as sandbox, serving(where, sandbox) as encore:
        await settle(where, encore)


def notices(where: House) -> list[str]:
    """Return the keys of the notices."""
    return [row.key for row in rows(where) if row.view == "dead_letter"]


async def test_every_admin_is_told_what_where_why_and_what_to_do(cebu: House) -> None:
    closed = cebu.workspace.add_channel("closed", with_bot=False)
    post(cebu, "board:1", closed.slack_id)
    await deliver(cebu)
    (row, *_) = rows(cebu)
    told = (
        f"A leaderboard for <#{closed.slack_id}> could not be sent. Encore is not in that channel. "
        f"Write there: `/invite @encore`. Then bring it again, where Encore runs: `encore outbox retry {row.id}`. "
        "More of the same today are not told again: `encore outbox list` shows everything given up."
    )
    assert (words_to(cebu, LEA), words_to(cebu, BEN)) == ([told], [told])


async def test_many_of_one_cause_are_one_notice_a_day(cebu: House) -> None:
    closed = cebu.workspace.add_channel("closed", with_bot=False)
    for n in range(5):
        post(cebu, f"board:{n}", closed.slack_id)
    post(cebu, "elsewhere", "C0NOWHERE")
    await deliver(cebu)
    assert len([1 for status, _ in states(cebu).values() if status == "dead"]) == 6
    assert len(notices(cebu)) == 4
    cebu.clock.skip(timedelta(days=1))
    post(cebu, "board:next", closed.slack_id)
    await deliver(cebu)
    assert len(notices(cebu)) == 6


async def test_a_scope_that_is_missing_is_one_cause_for_all_channels(cebu: House) -> None:
    for n in range(3):
        post(cebu, f"board:{n}", f"C000{n}")
        tell(cebu, f"Agent {n + 1}", f"to {n}")
    async with Slack(**{"chat.postMessage": refusal("missing_scope")}).running() as url:
        while await delivery.deliver_one(context(cebu, url)):
            pass
    # The notices cannot be said either, and nobody is told of that.
    assert len(notices(cebu)) == 2
    assert {row.status for row in rows(cebu)} == {"dead"}


async def test_of_a_notice_that_cannot_be_said_nobody_is_told(cebu: House) -> None:
    cebu.centre.db.write_now(
        lambda s: s.connection().execute(text("UPDATE slack_identity SET slack_id = slack_id || 'X'"))
    )
    post(cebu, "board:1", "C0NOWHERE")
    await deliver(cebu)
    assert len(notices(cebu)) == 2
    assert {row.status for row in rows(cebu)} == {"dead"}


async def test_a_notice_waits_for_the_admins_hours_and_is_no_part_of_a_card(cebu: House) -> None:
    for name in ("Agent 1", "Agent 2"):
        choose(cebu, name, "never")
    cebu.clock.move_to(local("2026-03-06 23:00"))
    post(cebu, "board:1", "C0NOWHERE")
    await deliver(cebu)
    assert heard(cebu, LEA) == []
    cebu.clock.move_to(local("2026-03-07 08:00"))
    await deliver(cebu)
    assert len(heard(cebu, LEA)) == 1


async def test_of_what_is_said_to_one_person_the_notice_says_nothing(cebu: House) -> None:
    tell(cebu, "Agent 3", "secret", "a secret")
    link(cebu, "Agent 3", "UGONE")
    await deliver(cebu)
    (told,) = words_to(cebu, LEA)
    assert told.startswith("A message to Agent 3 could not be sent. Slack knows nobody under the id that is linked.")
    assert states(cebu)["secret"] == ("dead", "channel_not_found")
    assert "secret" not in str([row.error for row in rows(cebu)])


async def test_what_cannot_be_read_tells_nothing_of_what_stood_there(cebu: House) -> None:
    post(cebu, "board:1", cebu.channel)
    cebu.centre.db.write_now(
        lambda s: s.connection().execute(text("""UPDATE outbox SET value = '{"metric": "<secret>"}'"""))
    )
    await deliver(cebu)
    assert states(cebu)["board:1"] == ("dead", "cannot_be_read")
    assert "Encore could not put it into words" in words_to(cebu, LEA)[0]


async def test_where_there_is_no_admin_it_is_logged(cebu: House, caplog: pytest.LogCaptureFixture) -> None:
    cebu.centre.db.write_now(lambda s: s.connection().execute(text("DELETE FROM role_grant")))
    post(cebu, "board:1", "C0NOWHERE")
    await deliver(cebu)
    assert list(states(cebu)) == ["board:1"]
    assert "There is no admin yet who could be told of it." in caplog.text


async def test_a_dead_letter_is_brought_again_when_the_cause_is_mended(cebu: House) -> None:
    closed = cebu.workspace.add_channel("closed", with_bot=False)
    post(cebu, "board:1", closed.slack_id)
    await deliver(cebu)
    (letter,) = cebu.centre.db.read_now(dead_letters.list_all)
    assert (letter.view, letter.channel, letter.error) == ("board", closed.slack_id, "not_in_channel")
    closed.members.append(cebu.workspace.bot_user.slack_id)
    cebu.centre.db.write_now(dead_letters.retry, cebu.clock.now(), letter.id, actor="story")
    await deliver(cebu)
    assert states(cebu)["board:1"] == ("sent", None)
    assert len([m for m in closed.messages if m.user == cebu.workspace.bot_user.slack_id]) == 1
    with pytest.raises(RefusedError, match="was not given up: it is sent"):
        cebu.centre.db.write_now(dead_letters.retry, cebu.clock.now(), letter.id, actor="story")
    with pytest.raises(NotFoundError, match="no message 4711"):
        cebu.centre.db.write_now(dead_letters.retry, cebu.clock.now(), 4711, actor="story")


async def test_one_that_was_ever_in_doubt_is_looked_up_before_it_is_sent_again(cebu: House) -> None:
    post(cebu, "board:1", cebu.channel)
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        sandbox.faults.next("chat.postMessage", "lost_after_storing")
        await until(lambda: states(cebu)["board:1"][1] == "no_answer")
        # Slack has it, and does not let Encore look: nobody can know.
        bot = cebu.workspace.bot_user.slack_id
        cebu.workspace.channel(cebu.channel).members.remove(bot)
        cebu.workspace.channel(cebu.channel).kind = "private"
        for _ in range(delivery.MOST_TRIES):
            cebu.clock.skip(delivery.DOUBT)
            await settle(cebu, encore)
        assert states(cebu)["board:1"] == ("dead", "not_looked_up")
        cebu.workspace.channel(cebu.channel).members.append(bot)
        cebu.centre.db.write_now(dead_letters.retry, cebu.clock.now(), 1, actor="story")
        await settle(cebu, encore)
    assert states(cebu)["board:1"] == ("sent", None)
    assert len(cebu.posts()) == 1


async def test_a_message_of_a_newer_encore_waits_and_is_given_up_in_the_end(cebu: House) -> None:
    post(cebu, "board:1", cebu.channel)
    cebu.centre.db.write_now(lambda s: s.connection().execute(text("UPDATE outbox SET view = 'of_tomorrow'")))
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await settle(cebu, encore)
        assert states(cebu)["board:1"] == ("queued", "unknown_view")
        for _ in range(delivery.MOST_TRIES):
            cebu.clock.skip(timedelta(minutes=1))
            await settle(cebu, encore)
    assert states(cebu)["board:1"] == ("dead", "unknown_view")


@pytest.mark.both_databases
async def test_two_that_die_at_once_make_one_notice(cebu: House) -> None:
    for n in range(4):
        post(cebu, f"board:{n}", "C0NOWHERE")
    db = cebu.centre.db
    await asyncio.gather(
        *(
            db.write(dead_letters.give_up, cebu.clock.now(), row.id or 0, why="channel_not_found")
            for row in rows(cebu)
            for _ in range(2)
        )
    )
    assert len(notices(cebu)) == 2


def test_a_cause_is_one_word_and_never_what_people_wrote(cebu: House) -> None:
    post(cebu, "board:1", "C0NOWHERE")
    cebu.centre.db.write_now(dead_letters.give_up, cebu.clock.now(), 1, why="Agent 1 said: a secret")
    assert states(cebu)["board:1"] == ("dead", "unknown")
