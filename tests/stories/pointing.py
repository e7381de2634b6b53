"""A floor with two admins, and what they and Ana do with points: statements, questions, bonuses."""

from collections.abc import Iterator

from bot.domain.people import Role, Who
from bot.sandbox.interactions import OnMessage, Outcome
from bot.sandbox.model import Message
from bot.sandbox.state import elements_in
from bot.services import adjustments, who
from bot.services.adjustments import Bonus, Came
from bot.store import people
from tests.encore import House, until
from tests.stories.rewarding import ANA, NAMES, REX, Floor, direct, floor, rows


def with_admins(url: str) -> Iterator[House]:
    """Yield the floor of rewards, with Rex as a second admin beside Ada."""
    for where in floor(url):
        where.centre.db.write_now(people.grant, id_of(where, REX), Role.ADMIN, None)
        yield where


def id_of(where: House, slack_id: str) -> int:
    """Return a person's id."""
    return where.centre.person(NAMES[slack_id])


def known(where: House, slack_id: str) -> Who:
    """Return who somebody is, as the guard finds it."""
    found = where.centre.db.read_now(who.find, where.clock.now(), where.workspace.team_id, slack_id)
    assert found is not None
    return found


def bonus(where: House, by: str, to: str, amount: int, *, key: str = "b", unit: str = "points") -> Came:
    """Give a bonus, as an admin does."""
    asked = Bonus(key, known(where, by), (id_of(where, to),), unit, amount, "For the night shift.")
    return where.centre.db.write_now(adjustments.bonus, where.clock.now(), asked)


async def choose(at: Floor, slack_id: str, message: Message, action: str, value: str) -> Outcome:
    """Choose from the menu of a message."""
    block, _ = next((b, e) for b, e in elements_in(message.blocks or []) if e.get("action_id") == action)
    conversation = next(c.slack_id for c in at.where.workspace.channels.values() if message in c.messages)
    place = OnMessage(conversation, message.ts)
    return await at.sandbox.interactions.act(slack_id, place, str(block["block_id"]), action, [value], {})


def options(message: Message, action: str) -> dict[str, str]:
    """Return what a menu of a message offers: the words, and the value of each."""
    element = next(e for _, e in elements_in(message.blocks or []) if e.get("action_id") == action)
    return {str(option["text"]["text"]): str(option["value"]) for option in element["options"]}


async def message_to(where: House, slack_id: str, text: str) -> Message:
    """Wait for what somebody is told alone, and return the last message that says this."""
    await until(lambda: any(text in m.text for m in direct(where, slack_id)))
    return [m for m in direct(where, slack_id) if text in m.text][-1]


def entry(where: House, slack_id: str = ANA) -> int:
    """Return the newest entry of somebody's points."""
    sql = (
        "SELECT MAX(entry.id) FROM entry JOIN account ON account.id = entry.account_id "
        f"WHERE owner = 'person:{id_of(where, slack_id)}' AND unit = 'points'"
    )
    return int(rows(where, sql)[0][0])
