"""What the stories about messages to one person share."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from bot.app import Running
from bot.domain.people import Role
from bot.domain.praise import KudosPost
from bot.jobs import delivery
from bot.sandbox.model import Message
from bot.services import outbox
from bot.store import people, tables, texts
from tests.encore import House
from tests.stories.facts import CEBU, moment

QUIET = 4


def tell(where: House, name: str, key: str, words: str = "did well", *, asks: bool = False) -> bool:
    """Queue a message to somebody, in the words of a praise of themselves by themselves."""
    person_id = where.centre.person(name)

    def deed(session: Session) -> bool:
        text_id = texts.add(session, where.clock.now(), kind="kudos", body=words)
        value = KudosPost(person_id, (person_id,), text_id, (), 0)
        return outbox.tell(session, where.clock.now(), person_id, key=key, view="kudos", value=value, asks=asks)

    return where.centre.db.write_now(deed)


def heard(where: House, slack_id: str) -> list[Message]:
    """Return what the bot has said to one person."""
    bot = where.workspace.bot_user.slack_id
    return [m for m in where.workspace.conversation_of([bot, slack_id]).messages if m.user == bot]


def words_to(where: House, slack_id: str) -> list[str]:
    return [message.text for message in heard(where, slack_id)]


async def settle(where: House, encore: Running) -> None:
    """Deliver until nothing may be sent and nothing is on its way: Encore delivers by itself beside this."""
    quiet = 0
    async with asyncio.timeout(20):
        # What the other claims at this moment is seen by neither look: so it is looked again.
        while quiet < QUIET:
            busy = await delivery.deliver_one(encore.ctx) or _on_its_way(where)
            quiet = 0 if busy else quiet + 1
            await asyncio.sleep(0.005)


def _on_its_way(where: House) -> bool:
    return any(row.status == "sending" and row.error is None for row in rows(where))


def rows(where: House) -> Sequence[tables.Outbox]:
    """Return every message of the outbox."""
    return where.centre.db.read_now(lambda s: s.exec(select(tables.Outbox).order_by(col(tables.Outbox.id))).all())


def lose_the_answer(where: House) -> None:
    """Let all be as if the process had died before it could write down that Slack has the messages."""
    where.centre.db.write_now(
        lambda s: s.connection().exec_driver_sql(
            "UPDATE outbox SET status = 'sending', ts = NULL, sent_at = NULL, lease_until = created_at"
        )
    )


def states(where: House) -> dict[str, tuple[str, str | None]]:
    """Return where each message is and why, by its key."""
    return {row.key: (row.status, row.error) for row in rows(where)}


def choose(where: House, name: str, messages: str) -> None:
    """Let somebody choose when they want to be written to."""
    person_id = where.centre.person(name)

    def deed(session: Session) -> None:
        session.merge(tables.Preference(person_id=person_id, messages=messages))

    where.centre.db.write_now(deed)


def local(text: str) -> datetime:
    """Return a moment on the clocks of Cebu."""
    return datetime.fromtimestamp(moment(text, CEBU[1]), UTC)


def grant(where: House, name: str, role: Role) -> None:
    """Give somebody a role."""
    where.centre.db.write_now(people.grant, where.centre.person(name), role, None)
