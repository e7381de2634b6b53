"""A floor with rewards: an agent with her lead, another lead, an admin, and what Encore tells each of them."""

import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from bot.app import Running
from bot.domain.ledger import ISSUER, Deed, Unit, person, transfer
from bot.domain.people import Role
from bot.domain.programme import parse_programme
from bot.domain.rewards import OPEN, Bid, Moved, Step
from bot.sandbox.interactions import OnMessage, Outcome
from bot.sandbox.model import Json, Message
from bot.sandbox.server import Sandbox
from bot.services import people as people_service
from bot.services import programme, rewards
from bot.services.rewards import Asked, Wanted
from bot.store import ledger, merging, people, proof
from tests.encore import House, house, link, sandboxed, serving, thursday, until
from tests.snapshots import begin
from tests.stories.facts import CEBU

ANA, LEA, LEO, REX, ADA, STRANGER = "UANA", "ULEA", "ULEO", "UREX", "UADA", "USTRANGER"
NAMES = {ANA: "Agent 1", LEA: "Agent 2", LEO: "Agent 3", REX: "Agent 4", ADA: "Agent 5"}
"""Ana is of team Blue, which Lea and Leo lead; Rex leads Red; Ada is an admin. Nobody knows the stranger."""

CATALOGUE: Sequence[Mapping[str, Any]] = (
    {"key": "lunch", "title": "Two-hour lunch", "words": "Take two hours for lunch.", "price": 50},
    {"key": "gong", "title": "The gong", "words": "You ring it.", "price": 20, "kind": "recognition", "needs_approval": False},
    {"key": "mug", "title": "A mug", "words": "Blue & <big>.", "price": 10, "kind": "product", "stock": 3},
    {"key": "ceo", "title": "A call from the CEO", "words": "She calls you.", "price": 80, "approver": "admin"},
)  # fmt: skip


def floor(url: str) -> Iterator[House]:
    """Yield the floor; when its story is told, the ledger is proven, and what is held is what is asked for."""
    where = hired(url)
    try:
        yield where
        check(where)
    finally:
        where.centre.close()


def hired(url: str) -> House:
    """Return the floor as it is before its story."""
    begin(url, "rewarding", _hire)
    where = house(url)
    for slack_id in NAMES:
        if slack_id != LEA:
            where.workspace.add_person(slack_id[1:].lower(), slack_id=slack_id, tz=CEBU[1])
            where.workspace.channel(where.channel).members.append(slack_id)
    return where


def _hire(url: str) -> None:
    where = house(url)
    thursday(where, people_count=16)
    for slack_id, name in NAMES.items():
        link(where, name, slack_id)
    where.centre.db.write_now(_settle)
    # Every story begins at that moment, and finds the programme in force.
    live(where, at=where.centre.at)
    where.centre.close()


def live(
    where: House, *catalogue: Mapping[str, Any], mode: str = "live", at: datetime | None = None, **settings: Any
) -> None:
    document = {
        "sites": {CEBU[0]: {"mode": mode, "live_from": "2026-03-01", "channel": where.channel}}, "boards": [],
        "rewards": list(catalogue or CATALOGUE), **settings,
    }  # fmt: skip
    wanted = parse_programme(document, origin="story")
    where.centre.db.write_now(programme.apply, at or where.clock.now(), wanted, actor="story")


def limited(stock: int, **more: Any) -> Mapping[str, Any]:
    return {"key": "mug", "title": "A mug", "price": 10, "stock": stock, **more}


def check(where: House) -> None:
    """Fail unless the ledger holds, and everybody's held points are those of their open requests and parts in pots."""
    assert where.centre.db.read_now(proof.verify) == []
    still_open = ", ".join(repr(state.value) for state in OPEN)
    owed = rows(
        where,
        "SELECT person_id, unit, SUM(amount) FROM (SELECT person_id, unit, price AS amount FROM redemption "
        f"WHERE status IN ({still_open}) AND pot_id IS NULL UNION ALL SELECT x.person_id, 'points', x.amount FROM pot_part x "
        "JOIN pot p ON p.id = x.pot_id WHERE p.status IN ('open', 'full') AND x.amount > 0 AND x.back_at IS NULL) held "
        "GROUP BY person_id, unit",
    )
    held = rows(where, "SELECT owner, unit, balance FROM account WHERE unit LIKE 'held%' AND tracked AND balance <> 0")
    assert {(person(number), unit): int(price) for number, unit, price in owed} == {
        (owner, {"held": "points", "held_minutes": "minutes"}[unit]): amount for owner, unit, amount in held
    }


def award(where: House, slack_id: str, amount: int) -> None:
    number = where.centre.person(NAMES[slack_id])
    where.centre.db.write_now(put, where.centre.at, number, amount, key=f"story:{slack_id}:{amount}")


def put(session: Session, at: datetime, person_id: int, amount: int, *, key: str) -> None:
    """Let somebody have points, as a bonus of which they were told before the story begins."""
    merging.hold(session, [person_id])
    sides = transfer(Unit.POINTS, amount, source=ISSUER, target=person(person_id))
    ledger.append(session, at, Deed(key, "bonus", "story", sides, {"points": amount}, "Well done."))


def earn(where: House, slack_id: str, amount: int, *, days_ago: int) -> None:
    """Let somebody have earned points by a rule, so many days before the story begins."""
    owner = person(where.centre.person(NAMES[slack_id]))
    sides = transfer(Unit.POINTS, amount, source=ISSUER, target=owner)
    deed = Deed(f"earn:{slack_id}:{days_ago}", "earn", "programme", sides, {"points": amount})
    where.centre.db.write_now(ledger.append, where.centre.at - timedelta(days=days_ago), deed)


def balance(where: House, slack_id: str) -> tuple[int, int]:
    """Return somebody's points and what is held of them."""
    has = where.centre.db.read_now(ledger.balances, person(where.centre.person(NAMES[slack_id])))
    return has.get("points", 0), has.get("held", 0)


def ask(
    where: House, slack_id: str, reward: str, price: int, *, key: str, on: date | None = None, note: str = ""
) -> Bid:  # fmt: skip
    wanted = Asked(key, where.workspace.team_id, slack_id, reward, price, on, note)
    return where.centre.db.write_now(rewards.ask, where.clock.now(), wanted)


def take(where: House, slack_id: str, request_id: int, step: Step, words: str = "") -> Moved:
    return where.centre.db.write_now(
        rewards.move, where.clock.now(), Wanted(request_id, step, where.workspace.team_id, slack_id, words)
    )


def asked(where: House, slack_id: str, reward: str, price: int, *, key: str = "k") -> int:
    """Ask for something that can be had, and return the request's id."""
    bid = ask(where, slack_id, reward, price, key=key)
    assert bid.case is not None
    return bid.case.id


def states(where: House) -> list[str]:
    """Return the states of all requests, the oldest first."""
    return [row[0] for row in rows(where, "SELECT status FROM redemption ORDER BY id")]


def rows(where: House, sql: str) -> list[tuple[Any, ...]]:
    def look(session: Session) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in session.connection().execute(text(sql))]

    return where.centre.db.read_now(look)


def change(where: House, sql: str) -> None:
    where.centre.db.write_now(lambda session: session.connection().execute(text(sql)))


def together(deeds: Sequence[Callable[[], Any]]) -> list[Any]:
    """Start all deeds at once, each on a thread of its own, and return what came of them; the first error is raised."""
    gate = threading.Barrier(len(deeds))
    came: list[Any] = [None] * len(deeds)

    def run(number: int) -> None:
        gate.wait()
        try:
            came[number] = deeds[number]()
        except BaseException as error:  # noqa: BLE001
            came[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in came:
        if isinstance(error, BaseException):
            raise error
    return came


def connected(where: House, condition: str) -> bool:
    """Whether some connection of this PostgreSQL database is in a state, such as waiting for a lock."""
    ours = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
    return bool(rows(where, f"{ours} AND {condition}"))


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait on this thread until something has become true, at most some seconds."""
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def direct(where: House, slack_id: str) -> list[Message]:
    """Return what the bot told one person alone."""
    conversation = where.workspace.known_conversation_of([slack_id, where.workspace.bot_user.slack_id])
    return [] if conversation is None else [m for m in conversation.messages if not m.ephemeral_to]


def told(where: House, slack_id: str) -> list[str]:
    return [message.text for message in direct(where, slack_id)]


def buttons(blocks: Sequence[Json]) -> dict[str, tuple[str, Json]]:
    """Return every button by its action, with its block's id."""
    found: dict[str, tuple[str, Json]] = {}
    for block in blocks:
        if block["type"] == "carousel":
            found |= buttons(block["elements"])
        elements = [*block.get("elements", []), *block.get("actions", []), block.get("accessory") or {}]
        found |= {e["action_id"]: (block["block_id"], e) for e in elements if e.get("type") == "button"}
    return found


@dataclass(frozen=True)
class Floor:
    """Encore running in the sandbox."""

    where: House
    sandbox: Sandbox
    encore: Running

    async def redeem(self, slack_id: str, typed: str = "") -> Message:
        """Type the command, and return what only this person sees."""
        return await self.type(slack_id, "/redeem", typed)

    async def type(self, slack_id: str, command: str, typed: str = "") -> Message:
        """Type a command, and wait for what only this person sees; Slack shows it before or after it is acknowledged."""
        said = self.where.workspace.channel(self.where.channel).messages
        before = len(said)
        answer = await self.sandbox.command(slack_id, self.where.channel, command, typed)
        assert answer.error is None, answer.error

        def answers() -> list[Message]:
            return [m for m in said[before:] if m.ephemeral_to == slack_id and not m.text.startswith("Working on it")]

        await until(lambda: bool(answers()))
        return answers()[0]

    async def press(self, slack_id: str, message: Message, action: str) -> Outcome:
        """Press the button of a message that begins so."""
        found = buttons(message.blocks or [])
        name = next(name for name in found if name == action or name.startswith(f"{action}:"))
        place = OnMessage(self._conversation(message), message.ts)
        return await self.sandbox.interactions.act(slack_id, place, found[name][0], name, [], {})

    async def ask(self, slack_id: str, message: Message, reward: str, *, on: str = "", note: str = "") -> str:
        """Ask for a reward with the button of a message and its form, and return what is said then."""
        await self.press(slack_id, message, f"reward_ask:{reward}")
        await until(lambda: self.where.workspace.modals.top(slack_id) is not None)
        await self.fill_in(slack_id, on=on, note=note)
        said = self.page(slack_id)
        await self.close(slack_id)
        return said

    async def fill_in(self, slack_id: str, **fields: str) -> Outcome:
        """Send the form that stands open, with these of its fields filled in."""
        view = self.where.workspace.modals.top(slack_id)
        assert view is not None
        typed = {name: {name: [value]} for name, value in fields.items() if value}
        return await self.sandbox.forms.submit(slack_id, view["id"], typed)

    async def shows(self, message: Message, text: str) -> None:
        """Wait until a message says this."""
        try:
            await until(lambda: text in words(message.blocks), seconds=5)
        except TimeoutError:
            raise AssertionError(f"{text!r} does not stand in:\n{words(message.blocks)}") from None

    async def send(self, slack_id: str, words: str) -> Outcome:
        """Send the form that stands open."""
        return await self.fill_in(slack_id, words=words)

    async def close(self, slack_id: str) -> None:
        while view := self.where.workspace.modals.top(slack_id):
            await self.sandbox.forms.close(slack_id, view["id"])

    def page(self, slack_id: str) -> str:
        """Return what stands in the modal that is open, as its words."""
        view = self.where.workspace.modals.top(slack_id)
        assert view is not None
        return words(view["blocks"])

    def _conversation(self, message: Message) -> str:
        return next(c.slack_id for c in self.where.workspace.channels.values() if message in c.messages)


def words(value: Any) -> str:
    """Return everything that is to be read in blocks, a line for each text."""
    if isinstance(value, list):
        return "\n".join(filter(None, map(words, value)))
    if not isinstance(value, Mapping):
        return ""
    if value.get("type") == "rich_text_section":
        return "".join(run["text"] for run in value["elements"])
    own = [value["text"]] if isinstance(value.get("text"), str) else []
    return "\n".join([*own, *filter(None, (words(inner) for inner in value.values()))])


@asynccontextmanager
async def over_http(where: House) -> AsyncIterator[Floor]:
    """Run Encore behind its web server; what Slack sends is signed."""
    async with (
        sandboxed(where) as interface,
        serving(where, interface, slack_mode="http") as encore,
        sandboxed(where, request_url=f"{encore.url}/slack/events") as sandbox,
    ):
        yield Floor(where, sandbox, encore)


@asynccontextmanager
async def open_floor(where: House) -> Any:
    async with sandboxed(where) as sandbox, serving(where, sandbox) as encore:
        where.workspace.rates = False
        yield Floor(where, sandbox, encore)


def _settle(session: Session) -> None:
    site = people_service.find_site(session, CEBU[0]).id
    blue, red = (people.find_or_add_team(session, site, name) for name in ("Blue", "Red"))
    ids = {slack_id: people_service.find(session, name).id for slack_id, name in NAMES.items()}
    for slack_id, team in ((ANA, blue), (LEA, blue), (LEO, blue), (REX, red)):
        people.fill_team(session, ids[slack_id], team)
    for slack_id, role, of in (
        (LEA, Role.LEAD, blue),
        (LEO, Role.LEAD, blue),
        (REX, Role.LEAD, red),
        (ADA, Role.ADMIN, None),
    ):
        people.grant(session, ids[slack_id], role, of)
