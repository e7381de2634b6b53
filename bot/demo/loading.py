"""The sample comes in through the same door as any source: imports, page by page, the roster before the contacts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.demo.centre import MANILA, SITES, SOURCE, VALUES, Member, Site, members
from bot.demo.days import Facts
from bot.domain.catalogue import REWARDS, Reward
from bot.domain.facts import Kind, Profile, Record
from bot.domain.ledger import ISSUER, Deed, Unit, person, transfer
from bot.domain.periods import PeriodKind
from bot.domain.programme import Board, Programme, SiteMode
from bot.domain.programme import Site as Policy
from bot.domain.rewards import Approver, PaidIn, RewardKind
from bot.errors import RefusedError
from bot.services import imports, people
from bot.services import programme as programmes
from bot.services.facts import Origin
from bot.services.imports import NewImport, Reading
from bot.store import ledger
from bot.store.database import Database

ACTOR: Final = "encore demo"
PAGE: Final = 400
"""Records that one transaction writes: well under 200 ms, so that no command waits."""

LIVE_DAYS: Final = 3
"""Sites are live since so many days at least: the last finished day, anywhere on earth, is among them."""

LEAST_POINTS: Final = 45
"""So much everybody has to begin with, at least."""

_MADE: Final = "made by `encore demo`; no file"
_EVERY: Final = 1_000_000

BOARDS: Final = (
    # In one day few customers answer, and the sample is to show a ranking all the same.
    Board(key="stars", metric="csat", minimum_count=3),
    Board.model_validate({"key": "glad", "metric": "positive", "period": PeriodKind.WEEK, "at": "10:00"}),
)


CATALOGUE: Final = (
    *REWARDS,
    Reward(key="mug", title="A sample mug", kind=RewardKind.PRODUCT, price=30, stock=3, approver=Approver.ADMIN,
           words="It has nothing on it, and it is yours."),
    Reward(key="hour", title="An hour off", kind=RewardKind.TIME_OFF, price=150,
           words="End a shift one hour earlier, on a day that you agree with your lead."),
    Reward(key="day-off", title="A paid day off", kind=RewardKind.TIME_OFF, price="own day", unit=PaidIn.MINUTES,
           words="One contracted day of yours, for paid hours that you earned."),
    Reward(key="breakfast", title="Breakfast for the team", kind=RewardKind.TEAM, price=120,
           words="Your team has breakfast together, before a shift that your lead chooses."),
    Reward(key="merienda", title="Merienda for two", price=45, sites=(MANILA.name,),
           words="You and whom you like take merienda together, and others take your contacts."),
)  # fmt: skip
"""What there is to have: what costs no budget, something of which there are few, something that is far, what a
team has together, one site's own."""


@dataclass(frozen=True, slots=True)
class Before:
    """What a database already knows of the sample."""

    opened_on: date
    """The day the sample began to live there."""
    until: datetime | None
    """The moment (UTC) of its newest facts; None where it was not filled yet."""


async def look(db: Database, at: datetime) -> Before:
    """Return what is known already. RefusedError where the database belongs to people who are not the sample's."""
    ours = {m.slack_id for m in members(at.date())}
    if any(set(person.slack_ids) - ours for person in await db.read(people.list_people)):
        raise RefusedError(
            "This database has people of a real Slack workspace in it; the sample is not mixed with them. "
            "Name another place with --keep."
        )
    done = [r for r in await db.read(imports.list_newest, _EVERY) if r.source == SOURCE and r.finished_at is not None]
    opened = [r.started_at for r in done if r.kind == "people"]
    if len(opened) < len(SITES):
        return Before(at.date(), None)
    return Before(min(opened).date(), max((r.finished_at for r in done if r.finished_at is not None), default=None))


async def settle(db: Database, at: datetime, opened_on: date) -> None:
    """Let everybody whom Encore knows come in, each site as one import."""
    for site in SITES:
        everybody = [m for m in members(opened_on) if m.site is site and m.known]
        new = NewImport("people", SOURCE, f"{site.name}, {_MADE}", "", (site.name, site.zone))
        origin = await db.write(imports.begin, at, new)
        profiles = [_profile(m, site) for m in everybody]
        await db.write(imports.take_page, at, origin, profiles, Reading(len(profiles), {}, 0))
        await db.write(imports.finish, at, origin.import_id)
    await _welcome(db, at, opened_on)


async def _welcome(db: Database, at: datetime, opened_on: date) -> None:
    """Give everybody points to begin with, so that there is something to have at once."""
    ids = {slack_id: person.id for person in await db.read(people.list_people) for slack_id in person.slack_ids}
    for member in (m for m in members(opened_on) if m.known):
        amount = LEAST_POINTS + 5 * (member.number * 7 % 16)
        reason = "To begin with, in this sample"
        # Straight into the ledger: as bonuses, most would wait for a second admin.
        sides = transfer(Unit.POINTS, amount, source=ISSUER, target=person(ids[member.slack_id]))
        await db.write(
            ledger.append, at, Deed(f"sample:{member.key}", "bonus", ACTOR, sides, {"points": amount}, reason)
        )


async def put_in_force(db: Database, at: datetime) -> Programme:
    """Let every site that the programme does not speak of be live, with boards; return the programme in force."""
    current = await db.read(programmes.current, at)
    channels = {site.name: site.channel_id for site in SITES}
    # The last finished day may be posted at once; the first week to be posted is the one that is going on.
    live_from = at.date() - timedelta(days=max(at.weekday(), LIVE_DAYS))
    added = {
        site.name: Policy(
            mode=SiteMode.LIVE,
            live_from=live_from,
            channel=channels.get(site.name, f"C0IMPORTED{site.id}"),
        )
        for site in await db.read(people.list_sites)
        if site.name not in current.sites
    }
    if not added:
        return current
    changes: dict[str, object] = {"sites": {**current.sites, **added}}
    if current == Programme():
        changes |= {
            "boards": BOARDS,
            "rewards": CATALOGUE,
            "kudos": current.kudos.model_copy(update={"values": VALUES}),
            "ask": "your lead, or Teodora Lazić, who runs Encore in this sample",
        }
    changed = current.model_copy(update=changes)
    await db.write(programmes.apply, at, changed, actor=ACTOR)
    return changed


class Intake:
    """One import of each kind, open from its first page until `finish`: as long Encore posts no half-known board."""

    def __init__(self, name: str) -> None:
        self._name = f"{name}, {_MADE}"
        self._origins: dict[Kind, Origin] = {}

    async def take(
        self, db: Database, at: datetime, facts: Facts, *, stopped: Callable[[], bool] = lambda: False
    ) -> None:
        """Write these facts at a moment (UTC); `stopped` is asked before every page."""
        by_kind: list[tuple[Kind, Sequence[Record]]] = [
            ("shifts", facts.shifts),
            ("presence", facts.presence),
            ("interactions", facts.interactions),
            ("feedback", facts.feedback),
        ]
        for kind, records in by_kind:
            for first in range(0, len(records), PAGE):
                if stopped():
                    return
                page = records[first : first + PAGE]
                reading = Reading(len(page), {}, 0)
                await db.write(imports.take_page, at, await self._origin(db, at, kind), page, reading)

    async def finish(self, db: Database, at: datetime) -> None:
        """Close what was opened."""
        for origin in self._origins.values():
            await db.write(imports.finish, at, origin.import_id)
        self._origins.clear()

    async def _origin(self, db: Database, at: datetime, kind: Kind) -> Origin:
        if kind not in self._origins:
            new = NewImport(kind, SOURCE, self._name, "", None)
            self._origins[kind] = await db.write(imports.begin, at, new)
        return self._origins[kind]


def _profile(member: Member, site: Site) -> Profile:
    return Profile(
        member.key, member.name, member.email, member.slack_id, site.name,
        team=None if member.team is None else member.team.name, role=member.role, employer="Sample employer",
        locale=site.locale, starts_on=None if member.starts_on is None else member.starts_on.isoformat(),
        contracted_minutes=40 * 60,
    )  # fmt: skip
