"""A team with its lead, another lead, an admin, somebody who left; what each of them is shown of coaching."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from bot.domain.people import Role, Who
from bot.domain.programme import parse_programme
from bot.sandbox.interactions import OnMessage, OnView
from bot.sandbox.model import Json, Message
from bot.sandbox.server import Sandbox
from bot.services import people as people_service
from bot.services import programme, who
from bot.store import people
from tests.encore import House, house, link, sandboxed, serving, thursday, until
from tests.snapshots import begin
from tests.stories.facts import CEBU

LEAD, AGENT, OTHER, ADMIN, STRANGER, LEFT = "ULEAD", "ULEA", "UOTHER", "UADMIN", "USTRANGER", "ULEFT"
NAMES = {LEAD: "Agent 1", AGENT: "Agent 2", OTHER: "Agent 3", ADMIN: "Agent 4", LEFT: "Agent 5"}
LONG_AGO = timedelta(days=60)
DAYS = "Feb 27\u2009–\u2009Mar 5, 2026"
GOOD = {
    "about": "csat", "went_well": "Found the lost parcel & <b>called back</b>.", "own_view": "I liked the call.\nIt was long.",
    "one_thing": "Say the price first.", "next_step": "Try it on five calls", "next_on": "2026-03-13",
}  # fmt: skip


@contextmanager
def staffed(url: str) -> Iterator[House]:
    """A centre whose people are in Slack, and whose site is live."""
    begin(url, "coached", _hire)
    where = house(url)
    for slack_id in (LEAD, OTHER, ADMIN, LEFT):
        where.workspace.add_person(slack_id[1:].lower(), slack_id=slack_id, tz=CEBU[1])
        where.workspace.channel(where.channel).members.append(slack_id)
    yield where
    where.centre.close()


def _hire(url: str) -> None:
    where = house(url)
    thursday(where, people_count=5)
    for slack_id, name in NAMES.items():
        link(where, name, slack_id)
    live(where)
    where.centre.db.write_now(_settle, where)
    where.centre.close()


def _settle(session: Session, where: House) -> None:
    """Agents 1, 2 and 5 are Blue, the first leads it; 3 leads Red; 4 is an admin; 5 has left."""
    site = people_service.find_site(session, "Cebu").id
    blue, red = (people.find_or_add_team(session, site, name) for name in ("Blue", "Red"))
    for name, team in (("Agent 1", blue), ("Agent 2", blue), ("Agent 5", blue), ("Agent 3", red)):
        people.fill_team(session, people_service.find(session, name).id, team)
    people.grant(session, people_service.find(session, "Agent 1").id, Role.LEAD, blue)
    people.grant(session, people_service.find(session, "Agent 3").id, Role.LEAD, red)
    people.grant(session, people_service.find(session, "Agent 4").id, Role.ADMIN, None)
    left = people_service.find(session, "Agent 5").id
    session.connection().execute(text("UPDATE person SET left_on = '2026-03-06' WHERE id = :id"), {"id": left})


def live(where: House, mode: str = "live") -> None:
    document = {
        "sites": {"Cebu": {"mode": mode, "live_from": "2026-03-01", "channel": where.channel}}, "boards": [], "earning": [],
    }  # fmt: skip
    where.centre.db.write_now(
        programme.apply, where.centre.at - LONG_AGO, parse_programme(document, origin="story"), actor="story"
    )


def found(where: House, slack_id: str) -> Who:
    known = where.centre.db.read_now(who.find, where.clock.now(), where.workspace.team_id, slack_id)
    assert known is not None
    return known


def rows(where: House, sql: str) -> list[tuple[Any, ...]]:
    def look(session: Session) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in session.connection().execute(text(sql))]

    return where.centre.db.read_now(look)


def top(where: House, slack_id: str) -> Json:
    shown = where.workspace.modals.top(slack_id)
    assert shown is not None
    return shown


def words(value: Any) -> str:
    """Return everything that is to be read in blocks."""
    if isinstance(value, Mapping):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return "\n".join([*own, *(words(v) for v in value.values() if not isinstance(v, str))])
    return "\n".join(map(words, value)) if isinstance(value, list) else ""


def fields(**given: str) -> dict[str, dict[str, list[str]]]:
    return {name: {name: [value]} for name, value in given.items() if value}


def direct(where: House, slack_id: str) -> list[Message]:
    """Return what the bot told one person alone."""
    conversation = where.workspace.known_conversation_of([slack_id, where.workspace.bot_user.slack_id])
    return [] if conversation is None else [m for m in conversation.messages if not m.ephemeral_to]


@dataclass
class Floor:
    """Encore running in the sandbox."""

    where: House
    sandbox: Sandbox

    async def type(self, slack_id: str, typed: str = "") -> Any:
        return await self.sandbox.command(slack_id, self.where.channel, "/coach", typed)

    async def open(self, slack_id: str = LEAD, typed: str = "@lea") -> Json:
        await self.type(slack_id, typed)
        await until(lambda: self.where.workspace.modals.top(slack_id) is not None)
        return top(self.where, slack_id)

    async def send(self, slack_id: str = LEAD, **given: str) -> Any:
        return await self.sandbox.forms.submit(slack_id, top(self.where, slack_id)["id"], fields(**given))

    async def coach(self, **changes: str) -> Message:
        """Write a coaching and return what the agent got."""
        before = len(direct(self.where, AGENT))
        await self.open()
        outcome = await self.send(**(GOOD | changes))
        assert (outcome.error, outcome.errors) == (None, {})
        await until(lambda: len(direct(self.where, AGENT)) > before)
        return direct(self.where, AGENT)[-1]

    async def press(self, message: Message, slack_id: str = AGENT) -> None:
        channel = self.where.workspace.known_conversation_of([slack_id, self.where.workspace.bot_user.slack_id])
        assert channel is not None
        block = next(block for block in message.blocks if block["type"] == "actions")
        await self.sandbox.interactions.act(
            slack_id, OnMessage(channel.slack_id, message.ts), block["block_id"], "coaching_answer", [], {}
        )

    async def press_in_modal(self, slack_id: str, action: str) -> None:
        view = top(self.where, slack_id)
        block, element = next(
            (b, e) for b in view["blocks"] for e in b.get("elements", []) if e.get("action_id", "").startswith(action)
        )
        place = OnView(view["id"])
        await self.sandbox.interactions.act(slack_id, place, block["block_id"], element["action_id"], [], {})


@asynccontextmanager
async def floor_of(cebu: House) -> AsyncIterator[Floor]:
    """Run Encore in the sandbox."""
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        yield Floor(cebu, sandbox)
