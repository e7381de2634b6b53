"""“Give kudos for this”: once from each to each for one message, with a link to it, and never with its words."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.store import tables
from tests.encore import House, sandboxed, serving, until
from tests.stories.praising import (
    GIVER,
    LEA,
    MAX,
    NOA,
    colleagues,
    opened_for,
    points,
    say,
    send,
    shown,
    told,
    words_of,
)


@pytest.fixture
def manila(sqlite_url: str) -> Iterator[House]:
    with colleagues(sqlite_url) as where:
        yield where


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    with colleagues(database_url) as where:
        yield where


def filled_in(where: House) -> list[str]:
    """Return who stands in the form already."""
    field = next(b for b in shown(where, GIVER)["blocks"] if b.get("block_id") == "to")
    chosen: list[str] = field["element"].get("initial_users", [])
    return chosen


def kept(session: Session) -> str:
    """Return all words that Encore keeps."""
    return " ".join([*session.exec(select(tables.Text.body)), *session.exec(select(tables.Outbox.value))])


def links(blocks: Any) -> list[str]:
    """Return where a message leads."""
    if isinstance(blocks, dict):
        own = [blocks["url"]] if blocks.get("type") == "link" else []
        return own + links(list(blocks.values()))
    return [url for inner in blocks for url in links(inner)] if isinstance(blocks, list) else []


async def test_who_wrote_it_is_filled_in_and_the_post_leads_to_it(cebu: House) -> None:
    message = cebu.workspace.post(cebu.channel, LEA, "I stayed until the router was back")
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        await opened_for(cebu, sandbox, cebu.channel, message.ts)
        await until(lambda: cebu.workspace.modals.top(GIVER) is not None)
        assert filled_in(cebu) == [LEA]
        await send(cebu, sandbox, [LEA], "stayed so long #wow")
        await until(lambda: len(cebu.posts()) == 1 and len(told(cebu, LEA)) == 1)
    post = cebu.posts()[0]
    assert post.text == "Agent 1 thanks Agent 2 for a message: stayed so long #wow (#wow  ·  +5 points)"
    assert [url.rpartition("/")[2] for url in links(post.blocks)] == [f"p{message.ts.replace('.', '')}"]
    assert "router" not in words_of(post.blocks)
    assert told(cebu, LEA)[0].startswith("Agent 1 thanks you for a message: stayed so long")


async def test_one_message_is_thanked_for_once_by_each_to_each(cebu: House) -> None:
    message = cebu.workspace.post(cebu.channel, LEA, "Max and I stayed until the router was back")
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):

        async def thank(*to: str) -> str:
            await opened_for(cebu, sandbox, cebu.channel, message.ts)
            outcome = await send(cebu, sandbox, to, "stayed very long")
            return outcome.errors.get("to", "")

        assert await thank(LEA) == ""
        assert await thank(LEA) == "You thanked Agent 2 for this message already."
        assert await thank(MAX, LEA) == "You thanked Agent 2 for this message already."
        assert await thank(MAX, NOA) == ""
        assert await thank(MAX, NOA, LEA) == "You thanked Agent 3, Agent 4 and Agent 2 for this message already."
        message = cebu.workspace.post(cebu.channel, LEA, "And the day after")
        assert await thank(LEA) == ""
        await until(lambda: len(cebu.posts()) == 3)
    assert points(cebu, "Agent 2", "Agent 3", "Agent 4") == [10, 5, 5]


async def test_whom_encore_named_is_filled_in(manila: House) -> None:
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        await say(manila, sandbox, LEA, "@giver @max @noa did well today")
        await until(lambda: len(manila.posts()) == 1 and len(told(manila, GIVER)) == 1)
        await opened_for(manila, sandbox, manila.channel, manila.posts()[0].ts)
        assert filled_in(manila) == [MAX, NOA]
        assert "Filled in is who is named in this message." in words_of(shown(manila, GIVER)["blocks"])
        # What was said to oneself names who gave.
        mine = manila.workspace.conversation_of([GIVER, manila.workspace.bot_user.slack_id])
        await opened_for(manila, sandbox, mine.slack_id, mine.messages[0].ts)
        assert filled_in(manila) == [LEA]


@pytest.mark.parametrize(
    ("author", "why"),
    [
        ("oneself", "You wrote this message yourself: choose whom you thank."),
        ("Encore", "An app wrote this message, and it names nobody whom Encore could fill in: choose whom you thank."),
        ("a bot", "An app wrote this message, and it names nobody whom Encore could fill in: choose whom you thank."),
    ],
)
async def test_nobody_is_filled_in_who_cannot_get_it(manila: House, author: str, why: str) -> None:
    workspace = manila.workspace
    match author:
        case "oneself":
            message = workspace.post(manila.channel, GIVER, "Done")
        case "Encore":
            message = workspace.post_as_bot(manila.channel, "The board of yesterday")
        case _:
            bot = workspace.add_person("helper", is_bot=True)
            message = workspace.post(manila.channel, bot.slack_id, "Ticket 4711 is closed", bot_id="B1")
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        await opened_for(manila, sandbox, manila.channel, message.ts)
        assert filled_in(manila) == []
        assert why in words_of(shown(manila, GIVER)["blocks"])


async def test_somebody_of_another_workspace_is_not_filled_in(manila: House) -> None:
    """In a channel that two workspaces share; Slack would not offer them in the form either."""
    message = manila.workspace.post(manila.channel, LEA, "Greetings from next door")
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        await opened_for(manila, sandbox, manila.channel, message.ts)
        assert filled_in(manila) == [LEA]
        payload = next(entry.request for entry in sandbox.record if entry.title == "message_action kudos_message")
        payload["message"]["team"] = "T0ELSEWHERE"
        payload["trigger_id"] = manila.workspace.triggers.issue(GIVER)
        await sandbox.gateway.deliver("interactive", "from elsewhere", payload)
        assert filled_in(manila) == []


@pytest.mark.parametrize("place", ["a conversation of two", "a conversation with Encore", "a private channel"])
async def test_nothing_of_what_was_said_in_confidence_is_told(manila: House, place: str) -> None:
    workspace = manila.workspace
    match place:
        case "a conversation of two":
            where = workspace.conversation_of([GIVER, LEA])
        case "a conversation with Encore":
            where = workspace.conversation_of([GIVER, workspace.bot_user.slack_id])
        case _:
            where = workspace.add_channel("leads", kind="private", members=[GIVER, LEA], with_bot=False)
    message = workspace.post(where.slack_id, GIVER, "My daughter is ill and Lea took my shift")
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        await opened_for(manila, sandbox, where.slack_id, message.ts)
        await send(manila, sandbox, [LEA], "helped me out")
        await until(lambda: len(manila.posts()) == 1 and len(told(manila, LEA)) == 1)
    assert manila.said() == ["Agent 1 thanks Agent 2: helped me out (+5 points)"]
    assert links(manila.posts()[0].blocks) == []
    assert "daughter" not in words_of(manila.posts()[0].blocks) + manila.centre.db.read_now(kept)


async def test_where_slack_does_not_tell_where_it_is_the_kudos_come_without_a_link(manila: House) -> None:
    message = manila.workspace.post(manila.channel, LEA, "I stayed")
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        await opened_for(manila, sandbox, manila.channel, message.ts)
        sandbox.faults.next("chat.getPermalink", "slow", seconds=30)
        await send(manila, sandbox, [LEA], "stayed so long")
        await until(lambda: len(manila.posts()) == 1)
    assert manila.said() == ["Agent 1 thanks Agent 2: stayed so long (+5 points)"]
