"""Nothing is left unanswered: the guard, with handlers that are slow or break, behind real Bolt."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import commands
from bot.commands.guard import Guard, Handler, Row
from bot.commands.request import Kind, Request
from bot.context import Context
from bot.errors import RefusedError
from bot.sandbox.server import Sandbox
from bot.settings import Settings
from bot.views.message import Message
from tests.encore import House, house, sandboxed, serving, until


@pytest.fixture
def cebu(sqlite_url: str) -> Iterator[House]:
    where = house(sqlite_url)
    yield where
    where.centre.close()


@asynccontextmanager
async def behind_bolt(where: House, sandbox: Sandbox, handler: Handler) -> AsyncIterator[None]:
    client = AsyncWebClient(where.workspace.bot_token, base_url=sandbox.api_url)
    ctx = Context(where.clock.now, where.centre.db, client, Settings(_env_file=None), where.workspace.team_id)
    bolt = AsyncApp(name="story", client=client, signing_secret="unused", process_before_response=True)
    guard = Guard(ctx, {Kind.COMMAND: {"/mystats": Row(handler, linked=False)}})
    bolt.command("/mystats")(guard.command)
    socket = AsyncSocketModeHandler(bolt, where.workspace.app_token)
    await socket.connect_async()
    await sandbox.socket_mode.until_connected()
    yield
    await socket.close_async()
    await guard.finish()


async def test_a_quick_answer_is_the_acknowledgement(cebu: House) -> None:
    async def quick(_ctx: Context, request: Request) -> Message:
        return Message(f"{request.slack_id} asked for {request.text}", [])

    async with sandboxed(cebu) as sandbox, behind_bolt(cebu, sandbox, quick):
        answer = await sandbox.command("ULEA", cebu.channel, "/mystats", " week ")
    assert answer.text == "ULEA asked for week"
    assert answer.ephemeral


async def test_a_slow_answer_follows(cebu: House) -> None:
    async def slow(_ctx: Context, _request: Request) -> Message:
        await asyncio.sleep(2.5)
        return Message("here it is", [])

    async with sandboxed(cebu) as sandbox, behind_bolt(cebu, sandbox, slow):
        first = await sandbox.command("ULEA", cebu.channel, "/mystats")
        assert first.error is None
        assert first.text != "here it is"
        messages = cebu.workspace.channel(cebu.channel).messages
        await until(lambda: any(m.text == "here it is" for m in messages))


async def test_an_error_for_people_is_told_in_its_own_words(cebu: House) -> None:
    async def refusing(_ctx: Context, _request: Request) -> Message:
        raise RefusedError("This <is> not possible.")

    async with sandboxed(cebu) as sandbox, behind_bolt(cebu, sandbox, refusing):
        answer = await sandbox.command("ULEA", cebu.channel, "/mystats")
    assert answer.text == "This &lt;is&gt; not possible."


async def test_any_other_error_is_answered_too(cebu: House, caplog: pytest.LogCaptureFixture) -> None:
    async def breaking(_ctx: Context, _request: Request) -> Message:
        raise ZeroDivisionError("of our own making")

    async with sandboxed(cebu) as sandbox, behind_bolt(cebu, sandbox, breaking):
        answer = await sandbox.command("ULEA", cebu.channel, "/mystats")
    assert answer.error is None
    assert "our own making" not in answer.text
    assert "of our own making" in caplog.text


NEW_BLOCKS = [
    {
        "type": "data_table",
        "caption": "Figures",
        "rows": [[{"type": "raw_text", "text": word}] for word in ("Figure", "4.9")],
    }
]


@pytest.mark.parametrize("new_blocks", [True, False])
async def test_a_workspace_without_the_blocks_of_2026_is_answered_without_them(
    sqlite_url: str, *, new_blocks: bool
) -> None:
    where = house(sqlite_url, new_blocks=new_blocks)
    asked = []

    async def figures(ctx: Context, request: Request) -> Message:
        asked.append(request.text)
        classic = request.workspace_id in ctx.classic_workspaces
        return Message("4.9 in words", []) if classic else Message("4.9 in a table", NEW_BLOCKS)

    async with sandboxed(where) as sandbox, behind_bolt(where, sandbox, figures):
        first = await sandbox.command("ULEA", where.channel, "/mystats", "first")
        second = await sandbox.command("ULEA", where.channel, "/mystats", "second")
        responses = [entry.title for entry in sandbox.record if entry.title == "/mystats"]
    expected = "4.9 in a table" if new_blocks else "4.9 in words"
    assert [(answer.text, answer.error) for answer in (first, second)] == [(expected, None)] * 2
    assert asked == (["first", "second"] if new_blocks else ["first", "first", "second"])
    assert len(responses) == 2
    assert len(where.workspace.channel(where.channel).messages) == 2
    where.centre.close()


async def test_an_answer_that_is_made_anew_without_pictures_changes_nothing_for_others(cebu: House) -> None:
    card = {
        "type": "card", "title": {"type": "mrkdwn", "text": "A mug"},
        "hero_image": {"type": "image", "image_url": "https://pictures.example/a.png", "alt_text": "A mug"},
    }  # fmt: skip
    asked = []

    async def shelf(ctx: Context, request: Request) -> Message:
        asked.append((request.wants_classic, set(ctx.classic_workspaces)))
        classic = request.is_classic(ctx.classic_workspaces)
        return Message("without", []) if classic else Message("with", [{"type": "carousel", "elements": [card]}])

    cebu.workspace.new_blocks = False
    async with sandboxed(cebu) as sandbox, behind_bolt(cebu, sandbox, shelf):
        answer = await sandbox.command("ULEA", cebu.channel, "/mystats")
    assert (answer.text, answer.error) == ("without", None)
    assert asked == [(False, set()), (True, set())]


async def test_encore_ends_when_it_has_answered(cebu: House, monkeypatch: pytest.MonkeyPatch) -> None:
    started = asyncio.Event()

    async def slow(_ctx: Context, _request: Request) -> Message:
        started.set()
        await asyncio.sleep(0.7)
        return Message("here it is, at the last moment", [])

    monkeypatch.setattr(commands, "COMMANDS", {"/mystats": Row(slow, linked=False)})
    async with sandboxed(cebu) as sandbox:
        async with serving(cebu, sandbox):
            asked = asyncio.create_task(sandbox.command("ULEA", cebu.channel, "/mystats"))
            await started.wait()
        answer = await asked
    assert (answer.text, answer.error) == ("here it is, at the last moment", None)


async def test_the_first_command_does_not_wait_for_slack_to_say_who_we_are(cebu: House) -> None:
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        sandbox.faults.next("auth.test", "ratelimited", times=3)
        answer = await sandbox.command("ULEA", cebu.channel, "/mystats", "help")
    assert "your own figures" in answer.text
