"""Agents in Cebu who earn by rules, as the stories of earning use them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from bot.domain.facts import Record
from bot.domain.ledger import SINK, Deed, person, transfer
from bot.domain.parts import Parts
from bot.domain.programme import parse_programme
from bot.services import earning, issuing, posting, programme
from bot.store import bulk, ledger, people, proof, tables
from bot.store import figures as figure_store
from bot.store.figures import Cell
from tests.encore import House, house, link
from tests.stories.facts import call, shift, survey

MARCH = datetime(2026, 3, 1, tzinfo=UTC)
"""When the programme of a story comes into force: 08:00 in Cebu."""

EVENING = datetime(2026, 3, 5, 12, tzinfo=UTC)
"""Thursday, 20:00 in Cebu: the day is not over."""

LEVEL = {"key": "level", "words": "You were there.", "metric": "service_level", "points": 10}
STARS = {"key": "stars", "words": "Five stars.", "metric": "rating", "points": 5, "most_a_day": 3}


@contextmanager
def agents(database_url: str, *rules: dict[str, Any], count: int = 2, **settings: Any) -> Iterator[House]:
    """Return a centre whose programme has these rules since 1 March; when its story is told, the ledger is proven."""
    where = house(database_url, at=MARCH)
    for number in range(1, count + 1):
        where.centre.bring(shift(f"first-{number}", f"Agent {number}", "2026-02-27 09:00", "2026-02-27 17:00"))
        where.workspace.add_person(f"agent{number}", slack_id=f"UAGENT{number}", tz="Asia/Manila")
        link(where, f"Agent {number}", f"UAGENT{number}")
    rule(where, *rules, **settings)
    where.centre.at = EVENING
    try:
        yield where
        assert where.centre.db.read_now(proof.verify) == []
    finally:
        where.centre.close()


def rule(where: House, *rules: dict[str, Any], **settings: Any) -> None:
    """Put a programme with these rules in force at the story's moment."""
    site = {"mode": "live", "live_from": "2026-03-01", "channel": where.channel}
    document = {"sites": {"Cebu": site}, "boards": [], "earning": rules, **settings}
    where.centre.db.write_now(
        programme.apply, where.centre.at, parse_programme(document, origin="story"), actor="story"
    )  # fmt: skip


def worked(day: str, level: float, agent: str = "Agent 1") -> list[Record]:
    """Return a shift of eight hours with so great a share of it spent with customers."""
    talk = round(8 * 3600 * level)
    return [
        shift(f"{agent} {day}", agent, f"{day} 09:00", f"{day} 17:00"),
        call(f"{agent} {day}", agent, f"{day} 09:00", talk=talk),
    ]


def bring(where: House, *records: Record) -> None:
    """Import records of any kinds, the roster first."""
    for kind in dict.fromkeys(type(record) for record in records):
        where.centre.bring(*[record for record in records if type(record) is kind])


def rated(day: str, *stars: int, agent: str = "Agent 1", sent: bool = True, **how: Any) -> list[Record]:
    """Return the ratings of a day, of surveys that were sent or were not."""
    return [
        survey(
            f"{agent} {day} {n}",
            agent,
            sent=f"{day} 11:00" if sent else None,
            answered=f"{day} 11:30",
            stars=star,
            **how,
        )
        for n, star in enumerate(stars)
    ]


def measure(
    where: House, metric: str, day: str, numerator: int, denominator: int, count: int, *, agent: str = "Agent 1"
) -> None:
    """Write a day stat of a metric that no source brings yet."""
    cell = Cell(where.centre.person(agent), day, metric, "all")
    where.centre.db.write_now(_measure, where.centre.at, cell, Parts(numerator, denominator, count))


def _measure(session: Session, at: datetime, cell: Cell, parts: Parts) -> None:
    figure_store.put(session, "person_id", {cell: parts})
    earning.mark(session, at, [cell], people.list_stays(session, [cell.owner_id]))


def day_of(where: House, day: str, *records: Record) -> None:
    """Let a day go by on which this happened: it is brought in the evening, and judged the next morning."""
    where.centre.at = datetime.fromisoformat(f"{day} 20:00+08:00").astimezone(UTC)
    if records:
        bring(where, *records)
    morning(where, (date.fromisoformat(day) + timedelta(days=1)).isoformat())


def morning(where: House, day: str, *, tells: bool = True) -> None:
    """Let it be seven in the morning of a day in Cebu, and let everything be judged that is due, and told."""
    where.centre.at = datetime.fromisoformat(f"{day} 07:00+08:00").astimezone(UTC)
    where.clock.move_to(where.centre.at)
    judge(where, tells=tells)


def judge(where: House, *, tells: bool = True) -> None:
    """Let everything be judged that is due, issued that waited, and told."""
    db, at = where.centre.db, where.centre.at + timedelta(minutes=3)
    for portion in db.read_now(posting.ended_shifts, at):
        db.write_now(posting.close_shifts, at, portion)
    while owners := db.read_now(earning.list_due, at):
        db.write_now(earning.judge, at, owners)
    for site_id in db.read_now(issuing.waiting_sites, at):
        while db.write_now(issuing.release, at, site_id):
            pass
    for person_id in db.read_now(earning.list_untold, at) if tells else ():
        db.write_now(earning.tell, at, person_id)


def has(where: House, agent: str = "Agent 1", unit: str = "points") -> int:
    """Return what somebody has of a unit."""
    return where.centre.db.read_now(ledger.balance, person(where.centre.person(agent)), unit)


def reasons(where: House, agent: str = "Agent 1") -> list[tuple[int, str | None]]:
    """Return the entries of somebody's points with their reasons, the oldest first."""
    owner = person(where.centre.person(agent))
    lines = where.centre.db.read_now(ledger.list_lines, owner, limit=100)
    return [(line.amount, line.reason) for line in reversed(lines) if line.unit == "points"]


def keys(where: House) -> list[str]:
    """Return the keys of everything that was awarded by a rule, the oldest first."""
    sql = "SELECT key FROM txn WHERE kind = 'earn' ORDER BY id"
    return [row[0] for row in where.centre.db.read_now(bulk.query, sql)]


def spend(where: House, amount: int, agent: str = "Agent 1") -> None:
    """Let somebody spend points."""
    postings = transfer("points", amount, source=person(where.centre.person(agent)), target=SINK)
    deed = Deed(f"spent:{agent}", "redeem", "story", postings, {"amount": amount})
    assert where.centre.db.write_now(ledger.append, where.centre.at, deed).done


def team(where: House, *names: str) -> None:
    """Let these people be a team, from 1 March on."""
    where.centre.db.write_now(_team, [where.centre.person(name) for name in names])


def _team(session: Session, members: Sequence[int]) -> None:
    site = people.find_site(session, "Cebu")
    assert site is not None
    team_id = people.find_or_add_team(session, site.id, "Dogs")
    for person_id in members:
        people.add_stay(session, person_id, site.id, team_id, MARCH.date())


def heard(where: House, agent: int = 1) -> list[str]:
    """Return what Encore said to somebody in their conversation."""
    workspace = where.workspace
    channel = workspace.known_conversation_of([f"UAGENT{agent}", workspace.bot_user.slack_id])
    return [m.text for m in channel.messages] if channel is not None else []


def told(where: House) -> Sequence[tuple[str, str]]:
    """Return what waits in the outbox to be said to people of what they earned: to whom, and the value as JSON."""
    return where.centre.db.read_now(_told)


def _told(session: Session) -> Sequence[tuple[str, str]]:
    rows = session.exec(select(tables.Outbox).where(tables.Outbox.view == "earned").order_by(col(tables.Outbox.id)))
    return [(row.channel, row.value) for row in rows]
