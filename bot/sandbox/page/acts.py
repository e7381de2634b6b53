"""What people do on the page: ACTS has one row for each deed, by its address.

Each is done for the person and in the place that the scene says, and returns what the person is told beside what they
see.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from bot.errors import NotFoundError
from bot.sandbox.clock import tomorrow_at
from bot.sandbox.commands import escaped
from bot.sandbox.interactions import ARCHIVED, Outcome
from bot.sandbox.page.asked import Asked, AskedError
from bot.sandbox.page.composer import why_silent
from bot.sandbox.page.doors import Doors
from bot.sandbox.page.emoji import glyph
from bot.sandbox.page.scene import Scene

Act = Callable[[Doors, Scene, Asked], Awaitable[Outcome]]

MORNING: Final = 9
GONE: Final = "That is not there any more."
NOT_IN_THREADS: Final = "{name} is not supported in threads. Sorry!"


async def say(doors: Doors, scene: Scene, asked: Asked) -> Outcome:
    """Say something in a channel or a thread, or run a command."""
    workspace, person, channel = doors.workspace, scene.person, scene.channel
    text = asked.text("text")
    silent = why_silent(scene)
    if not text.strip():
        raise AskedError("text")
    if silent:
        return Outcome(silent)
    thread_ts = scene.thread.ts if scene.thread and asked.fields.get("thread_ts") == scene.thread.ts else None
    if text.startswith("/"):
        name, _, rest = text.strip().partition(" ")
        if thread_ts is None:
            await doors.run_command(person.slack_id, channel.slack_id, name, rest.strip())
        else:
            words = NOT_IN_THREADS.format(name=name)
            told = {"ephemeral_to": person.slack_id, "thread_ts": thread_ts}
            workspace.post(channel.slack_id, workspace.slackbot.slack_id, words, **told)
        return Outcome()
    if channel.kind == "public":
        workspace.join(channel.slack_id, person.slack_id)
    broadcast = thread_ts is not None and bool(asked.fields.get("broadcast"))
    words = escaped(text.strip(), workspace)
    workspace.post(channel.slack_id, person.slack_id, words, thread_ts=thread_ts, broadcast=broadcast)
    return Outcome()


async def move(doors: Doors, scene: Scene, asked: Asked) -> Outcome:
    """Move the sandbox's clock forwards."""
    workspace, person = doors.workspace, scene.person
    clock, name = workspace.clock, asked.text("move")
    further = next((move for move in workspace.moves if move.name == name), None)
    if further is not None:
        moment = further.to(person.slack_id, clock.now())
        if moment is None:
            return Outcome(further.nowhere)
        clock.move_to(moment)
        return Outcome()
    steps = {
        "hour": lambda: clock.now() + timedelta(hours=1),
        "tomorrow": lambda: tomorrow_at(clock.now(), person.zone, MORNING),
    }
    step = steps.get(name)
    if step is None:
        raise AskedError("move")
    clock.move_to(step())
    return Outcome()


async def act(doors: Doors, scene: Scene, asked: Asked) -> Outcome:
    """Use an element of a block."""
    return await doors.interactions.act(
        scene.person.slack_id,
        asked.place(scene.channel),
        asked.text("block"),
        asked.text("action"),
        asked.texts("values"),
        asked.typed(),
    )


async def submit(doors: Doors, scene: Scene, asked: Asked) -> Outcome:
    """Send the form in sight."""
    return await doors.forms.submit(scene.person.slack_id, asked.text("view"), asked.typed())


async def close(doors: Doors, scene: Scene, asked: Asked) -> Outcome:
    """Close the view in sight."""
    await doors.forms.close(scene.person.slack_id, asked.text("view"))
    return Outcome()


async def shortcut(doors: Doors, scene: Scene, asked: Asked) -> Outcome:
    """Use an entry of the menu of shortcuts."""
    return await doors.interactions.shortcut(scene.person.slack_id, asked.text("callback"))


async def message_shortcut(doors: Doors, scene: Scene, asked: Asked) -> Outcome:
    """Use an entry of a message's menu."""
    return await doors.interactions.message_shortcut(
        scene.person.slack_id, asked.text("callback"), scene.channel.slack_id, asked.text("ts")
    )


async def react(doors: Doors, scene: Scene, asked: Asked) -> Outcome:
    """Put an emoji on a message, or take one's own off again."""
    workspace, channel_id, person_id = doors.workspace, scene.channel.slack_id, scene.person.slack_id
    ts, name = asked.text("ts"), asked.text("name")
    if workspace.message(channel_id, ts).ephemeral_to is not None:
        raise NotFoundError(GONE)
    if scene.channel.is_archived:
        return Outcome(ARCHIVED)
    if not workspace.unreact(channel_id, ts, person_id, name):
        if glyph(name) is None and name not in workspace.message(channel_id, ts).reactions:
            raise AskedError("name")
        workspace.react(channel_id, ts, person_id, name)
    return Outcome()


async def read(doors: Doors, scene: Scene, _: Asked) -> Outcome:
    """Have read the channel to its end."""
    doors.workspace.mark_read(scene.channel.slack_id, scene.person.slack_id)
    return Outcome()


ACTS: Final[dict[str, Act]] = {
    "say": say,
    "clock": move,
    "act": act,
    "submit": submit,
    "close": close,
    "shortcut": shortcut,
    "message-shortcut": message_shortcut,
    "react": react,
    "read": read,
}
