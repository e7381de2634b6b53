"""Which person, site and day a fact belongs to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from sqlmodel import Session

from bot.domain.facts import Fact, Feedback, Interaction, Kind, Presence, Shift
from bot.domain.intervals import Interval
from bot.domain.periods import local_date, zone
from bot.domain.workday import NEAR_SECONDS, work_day
from bot.store import facts as store
from bot.store import people
from bot.store.facts import Placed
from bot.store.people import Known, SiteRecord, Stay

_DAY_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Places:
    """What is known about where some people belong and when they work."""

    stays: Mapping[int, Sequence[Stay]]
    shifts: Mapping[int, Sequence[Interval]]
    site: SiteRecord | None = None
    """Where facts of people without any site belong."""
    contacts: Mapping[str, Placed] = field(default_factory=dict)
    """The contacts that feedback names, by contact_key."""
    zones: Mapping[int, str] = field(default_factory=dict)
    """The time zones of all sites."""

    def site_on(self, person_id: int | None, day: str) -> tuple[int | None, str]:
        """Return (site id, zone name) of a person on a day (ISO text)."""
        stays = self.stays.get(person_id, ()) if person_id is not None else ()
        if not stays:
            return (self.site.id, self.site.zone) if self.site is not None else (None, "UTC")
        stay = next((s for s in reversed(stays) if s.starts_on <= day), stays[0])
        return stay.site_id, stay.zone

    def site_at(self, person_id: int | None, moment: int) -> tuple[int | None, str]:
        """Return (site id, zone name) of a person at a moment in epoch seconds."""
        stays = self.stays.get(person_id, ()) if person_id is not None else ()
        if len(stays) == 1:
            return stays[0].site_id, stays[0].zone
        return self.site_on(person_id, local_date(moment, zone("UTC")).isoformat())


def load(
    session: Session, kind: Kind, records: Iterable[Fact], person_ids: Iterable[int], *,
    site: SiteRecord | None = None, contacts: Mapping[str, Placed] | None = None,
) -> Places:  # fmt: skip
    """Load what is needed to place these facts of these people, and of those who had the contacts."""
    contacts = contacts or {}
    ids = sorted({*person_ids, *(c.person_id for c in contacts.values() if c.person_id is not None)})
    shifts: dict[int, list[Interval]] = defaultdict(list)
    starts = [r.start for r in records if isinstance(r, Interaction | Presence | Shift)]
    if kind != "feedback" and starts and store.has_any(session, "shifts"):
        first, last = min(starts) - _DAY_SECONDS, max(starts) + _DAY_SECONDS
        for person_id, start, end in store.list_shifts(session, ids, first, last):
            shifts[person_id].append((start, end))
    zones = {s.id: s.zone for s in people.list_sites(session)} if kind == "feedback" else {}
    return Places(people.list_stays(session, ids), shifts, site, contacts, zones)


def load_contacts(session: Session, records: Iterable[Fact]) -> dict[str, Placed]:
    """Return the contacts that these surveys name (each as `contact_key` writes it), by that key."""
    by_source: dict[str, list[str]] = defaultdict(list)
    for record in records:
        if isinstance(record, Feedback) and record.contact is not None:
            source, _, external_id = record.contact.partition("/")
            by_source[source].append(external_id)
    found: dict[str, Placed] = {}
    for source, external_ids in by_source.items():
        for external_id, placed in store.find(session, "interactions", source, external_ids).items():
            found[store.contact_key(source, external_id)] = placed
    return found


def place(record: Fact, source: str, known: Known | None, places: Places, import_id: int) -> Placed:
    """Return the fact where it belongs. `known` is whom the source means, None where it names nobody."""
    if isinstance(record, Feedback):
        return _place_feedback(record, source, known, places, import_id)
    identity_id, person_id = known or (None, None)
    site_id, zone_name = places.site_at(person_id, record.start)
    if isinstance(record, Shift) and record.activity == "work":
        day = local_date(record.start, zone(zone_name))
    else:
        arrival = record.arrival if isinstance(record, Interaction) else None
        shifts = places.shifts.get(person_id, ()) if person_id is not None else ()
        day = work_day(record.start, arrival, shifts, zone(zone_name))
    return Placed(record, source, identity_id, person_id, site_id, _iso(day), None, import_id)


def again(session: Session, kind: Kind, placed: Sequence[Placed], person_id: int | None = None) -> list[Placed]:
    """Place facts anew, of another person where one is given; return those that moved."""
    people_of = [person_id if person_id is not None else p.person_id for p in placed]
    records = [p.record for p in placed]
    contacts = load_contacts(session, records) if kind == "feedback" else {}
    site_ids = {s.id: s for s in people.list_sites(session)}
    places = load(session, kind, records, [p for p in people_of if p is not None], contacts=contacts)
    moved = []
    for old, owner in zip(placed, people_of, strict=True):
        known = None if old.identity_id is None else Known(old.identity_id, owner)
        here = replace(places, site=site_ids.get(old.site_id or 0))
        new = place(old.record, old.source, known, here, old.import_id)
        if new != old:
            moved.append(new)
    return moved


def around(shift: Shift) -> Interval:
    """Return the stretch in which a shift decides to which day things belong, in epoch seconds."""
    return shift.start - NEAR_SECONDS, shift.end + NEAR_SECONDS


def _place_feedback(record: Feedback, source: str, known: Known | None, places: Places, import_id: int) -> Placed:
    contact = places.contacts.get(record.contact) if record.contact is not None else None
    # The agent whom the survey names, else the one who had the contact (KPIS.md, "Whose rating is it?").
    identity_id, person_id = known or (None, contact.person_id if contact is not None else None)
    given = record.responded if record.responded is not None else record.requested
    moment = given if given is not None else 0
    site_id, zone_name = places.site_at(person_id, moment)
    if person_id is None and contact is not None and contact.site_id is not None:
        site_id, zone_name = contact.site_id, places.zones[contact.site_id]
    in_zone = zone(zone_name)
    day = contact.work_day if contact is not None else _iso(local_date(moment, in_zone))
    request_day = None if record.requested is None else _iso(local_date(record.requested, in_zone))
    return Placed(record, source, identity_id, person_id, site_id, day, request_day, import_id)


@lru_cache(maxsize=4096)
def _iso(day: date) -> str:
    return day.isoformat()
