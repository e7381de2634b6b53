"""Four colleagues in Cebu who thank each other, as the stories of kudos use them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from bot.domain.ledger import person
from bot.domain.programme import parse_programme
from bot.sandbox.interactions import Outcome
from bot.sandbox.server import Sandbox
from bot.services import programme
from bot.store import ledger, proof
from bot.views import notices
from tests.encore import House, house, link, thursday, until
from tests.snapshots import begin

GIVER, LEA, MAX, NOA = "UGIVER", "ULEA", "UMAX", "UNOA"


@contextmanager
def colleagues(database_url: str) -> Iterator[House]:
    """Return the centre; when its story is told, the ledger is proven."""
    begin(database_url, "praising", _hire)
    where = house(database_url)
    for name, slack_id in (("giver", GIVER), ("max", MAX), ("noa", NOA)):
        where.workspace.add_person(name, slack_id=slack_id, tz="Asia/Manila")
        where.workspace.channel(where.channel).members.append(slack_id)
    try:
        yield where
        assert where.centre.db.read_now(proof.verify) == []
    finally:
        where.centre.close()


def _hire(url: str) -> None:
    where = house(url)
    thursday(where, people_count=4)
    for number, slack_id in enumerate((GIVER, LEA, MAX, NOA), start=1):
        link(where, f"Agent {number}", slack_id)
    live(where)
    where.centre.close()


def live(where: House, *, mode: str = "live", has_channel: bool = True, **kudos: object) -> None:
    """Put a programme in force: 25 points to give, 5 for each, the values #wow and #teamwork, unless told otherwise."""
    document = {
        "sites": {"Cebu": {"mode": mode, "live_from": "2026-03-01", "channel": where.channel if has_channel else None}},
        "boards": [],
        "kudos": {"allowance": 25, "points": 5, "values": ["wow", "teamwork"], "same_pair": 100, **kudos},
    }
    where.centre.db.write_now(
        programme.apply, where.centre.at, parse_programme(document, origin="story"), actor="story"
    )  # fmt: skip


def points(where: House, *names: str) -> list[int]:
    """Return the points of these people."""
    return [where.centre.db.read_now(ledger.balance, person(where.centre.person(name)), "points") for name in names]


def told(where: House, slack_id: str) -> list[str]:
    """Return what Encore said to somebody in their conversation."""
    channel = where.workspace.known_conversation_of([slack_id, where.workspace.bot_user.slack_id])
    return [m.text for m in channel.messages] if channel is not None else []


def shown(where: House, slack_id: str) -> Any:
    """Return the modal that somebody has before them."""
    view = where.workspace.modals.top(slack_id)
    assert view is not None
    return view


def words_of(blocks: Any) -> str:
    """Return everything that can be read in blocks, in order."""
    if isinstance(blocks, dict):
        own = blocks["text"] if isinstance(blocks.get("text"), str) else ""
        return own + "".join(words_of(inner) for inner in blocks.values())
    return "".join(words_of(inner) for inner in blocks) if isinstance(blocks, list) else ""


async def say(where: House, sandbox: Sandbox, slack_id: str, text: str = "", *, place: str = "") -> str:
    """Type /kudos and return what Encore says to it in the end: on a busy machine it says first that it is at it."""
    channel = place or where.channel
    answer = await sandbox.command(slack_id, channel, "/kudos", text)
    at_it = notices.working().text
    if answer.text != at_it:
        return answer.text
    said = where.workspace.message(channel, answer.ts or "")
    await until(lambda: said.text != at_it)
    return said.text


async def opened(where: House, sandbox: Sandbox) -> str:
    """Let the giver open the form with /kudos alone; return its id."""
    before = where.workspace.modals.top(GIVER)
    await sandbox.command(GIVER, where.channel, "/kudos")
    await until(lambda: where.workspace.modals.top(GIVER) != before)
    return str(shown(where, GIVER)["id"])


async def opened_for(where: House, sandbox: Sandbox, channel_id: str, ts: str) -> None:
    """Let the giver open the form for a message."""
    before = where.workspace.modals.top(GIVER)
    await sandbox.interactions.message_shortcut(GIVER, "kudos_message", channel_id, ts)
    await until(lambda: where.workspace.modals.top(GIVER) != before)


async def send(where: House, sandbox: Sandbox, to: Sequence[str], words: str, **further: Sequence[str]) -> Outcome:
    """Fill the giver's open form in and send it."""
    typed = {"to": to, "words": [words], "seen_by": ["public"], **further}
    view = shown(where, GIVER)
    fields = {block.get("block_id") for block in view["blocks"] if block["type"] == "input"}
    return await sandbox.forms.submit(
        GIVER, view["id"], {name: {name: values} for name, values in typed.items() if name in fields}
    )
