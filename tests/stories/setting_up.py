"""A fresh installation, and somebody who types, presses and fills in, as they do in Slack."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlmodel import col, select

from bot.domain import setup
from bot.sandbox.clock import Clock
from bot.sandbox.interactions import OnMessage, OnView, Outcome
from bot.sandbox.model import Message
from bot.sandbox.responses import Answer
from bot.sandbox.server import Sandbox
from bot.sandbox.state import elements_in
from bot.sandbox.workspace import Workspace
from bot.services import people
from bot.store import tables
from tests.encore import House, until
from tests.stories.facts import Centre

FRIDAY: Final = datetime(2026, 3, 6, 1, 0, tzinfo=UTC)
"""Friday 6 March 2026, 09:00 in Manila."""

ADA, ANA, BEN, CHO, GUEST, ROBOT, GONE = (
    "UADA00001",
    "UANA00001",
    "UBEN00001",
    "UCHO00001",
    "UGUEST001",
    "UROBOT001",
    "UGONE0001",
)


def company(url: str, *, at: datetime = FRIDAY) -> House:
    """Return a workspace where Encore has just been installed: nobody is known, and it is in the channel #floor."""
    workspace = Workspace(Clock(at))
    workspace.rates = False
    for name, slack_id in (("ada", ADA), ("ana", ANA), ("ben", BEN), ("cho", CHO)):
        workspace.add_person(
            name, slack_id=slack_id, real_name=f"{name.title()} Cruz", email=f"{name}@example.org", tz="Asia/Manila"
        )
    workspace.add_person("guest", slack_id=GUEST, is_restricted=True, email="guest@example.org")
    workspace.add_person("robot", slack_id=ROBOT, is_bot=True)
    workspace.add_person("gone", slack_id=GONE, email="gone@example.org")
    workspace.change_person(GONE, deleted=True)
    floor = workspace.add_channel("floor", members=[ADA, ANA, BEN, CHO], slack_id="CFLOOR001")
    workspace.add_channel("elsewhere", members=[ADA, ANA], slack_id="CELSEWHERE", with_bot=False)
    workspace.add_channel("secret", members=[ADA], slack_id="CSECRET01", kind="private", with_bot=False)
    centre = Centre(url)
    centre.at = at
    return House(centre, workspace, workspace.clock, floor.slack_id)


def code(where: House) -> str:
    """Return the setup code, as it stands in the log."""
    return setup.code(where.workspace.bot_token)


@dataclass(frozen=True)
class Hands:
    """Somebody in Slack."""

    where: House
    sandbox: Sandbox
    slack_id: str

    async def types(self, text: str, command: str = "/encore") -> Answer:
        """Type a command in the floor's channel, and return what is answered."""
        return await self.sandbox.command(self.slack_id, self.where.channel, command, text)

    async def presses(self, label: str, on: Answer | None = None) -> Any:
        """Press the button of that label, in an answer or in the modal; return the modal that is open then, if any."""
        if on is not None:
            message = self.message(on)
            place: Any = OnMessage(self.where.channel, message.ts)
            blocks = message.blocks
        else:
            place, blocks = OnView(self.modal["id"]), self.modal["blocks"]
        block_id, action_id = next(
            (block["block_id"], element["action_id"])
            for block, element in elements_in(blocks)
            if element["type"] == "button" and element["text"]["text"] == label
        )
        before = self.top()
        outcome = await self.sandbox.interactions.act(self.slack_id, place, block_id, action_id, [], {})
        assert outcome.error is None, outcome
        if on is None:
            await until(lambda: self.top() is not before)
        return self.top()

    async def fills_in(self, **fields: str | Sequence[str]) -> Outcome:
        """Send the form that is open, with what stands in it already and these."""
        typed = {name: {name: [v] if isinstance(v, str) else list(v)} for name, v in fields.items()}
        return await self.sandbox.forms.submit(self.slack_id, self.modal["id"], typed)

    def top(self) -> Any:
        """Return what lies open."""
        return self.where.workspace.modals.top(self.slack_id)

    @property
    def modal(self) -> Any:
        """The modal that is open."""
        found = self.top()
        assert found is not None
        return found

    def reads(self) -> str:
        """Return everything that stands in the modal."""
        return words_of(self.modal["blocks"])

    def message(self, answer: Answer) -> Message:
        """Return an answer as it stands there now."""
        return next(m for m in self.messages() if m.ts == answer.ts)

    def messages(self) -> list[Message]:
        """Return the messages of the floor's channel that they can see."""
        everything = self.where.workspace.channel(self.where.channel).messages
        return [m for m in everything if m.ephemeral_to in {None, self.slack_id}]


def words_of(blocks: Any) -> str:
    """Return everything that can be read in blocks, in order."""
    if isinstance(blocks, dict):
        own = [blocks["text"]] if isinstance(blocks.get("text"), str) else []
        channel = [f"#{blocks['channel_id']}"] if "channel_id" in blocks else []
        return "".join([*own, *channel, *(words_of(inner) for inner in blocks.values())])
    return "\n".join(words_of(inner) for inner in blocks) if isinstance(blocks, list) else ""


async def with_site(hands: Hands, name: str = "Cebu") -> None:
    """Become the first admin, and add a site that posts in #floor."""
    answer = await hands.types(f"setup {code(hands.where)}")
    await hands.presses("Add a site", answer)
    assert await hands.fills_in(name=name, zone="Asia/Manila", channel=hands.where.channel) == Outcome()


async def with_team(hands: Hands, *members: str, lead: str = ANA, name: str = "Blue") -> None:
    """Go on from a site to a team."""
    await hands.presses("Next: add a team")
    assert await hands.fills_in(name=name, leads=[lead], members=members or (BEN, CHO)) == Outcome()


def names(where: House) -> list[str]:
    """Return the names of everybody whom Encore knows."""
    return [person.name for person in where.centre.db.read_now(people.list_people)]


def audited(where: House, deed: str) -> list[tuple[str, str, Any]]:
    """Return (actor, subject, what is so after) of the deeds of a kind, the oldest first."""
    rows = where.centre.db.read_now(
        lambda s: s.exec(select(tables.Audit).where(tables.Audit.deed == deed).order_by(col(tables.Audit.id))).all()
    )
    return [(r.actor, r.subject, _read(r.after)) for r in rows]


def _read(text: str | None) -> Any:
    return json.loads(text) if text and re.match(r"[{\[]", text) else text


@contextmanager
def opened(url: str) -> Iterator[House]:
    """Open a fresh installation until its story is told."""
    where = company(url)
    try:
        yield where
    finally:
        where.centre.close()
