"""A small contact centre for stories: facts are written in local time and brought in, and figures are read back."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session

from bot.domain.facts import RECORDS, Fact, Feedback, Interaction, Kind, Presence, Profile, Record, Shift
from bot.domain.parts import Parts
from bot.services import imports, people, placing, rebuild
from bot.services.facts import Counts, Origin
from bot.services.imports import NewImport, Reading
from bot.store import facts as fact_store
from bot.store import figures
from bot.store.database import Database
from bot.store.facts import Placed
from bot.store.figures import Cell, Owner
from bot.store.people import Known

NOW: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
"""When the stories are told: everything in them is over."""

SOURCE: Final = "desk"

CEBU: Final = ("Cebu", "Asia/Manila")
LISBON: Final = ("Lisbon", "Europe/Lisbon")
DENVER: Final = ("Denver", "America/Denver")

OWNERS: Final[tuple[Owner, ...]] = ("person_id", "site_id")
FACT_KINDS: Final[tuple[Kind, ...]] = ("shifts", "presence", "interactions", "feedback")


def moment(local: str, zone: str = CEBU[1]) -> int:
    """Return a local time such as `2026-03-05 22:10` as epoch seconds."""
    return int(datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).timestamp())


def call(
    name: str, agent: str | None, start: str, *, zone: str = CEBU[1], talk: int | None = 60, channel: str = "phone",
    hold: int | None = None, wrap_up: int | None = None, wait: int | None = None, reply: int | None = None,
    messages: str | None = None,
) -> Interaction:  # fmt: skip
    begun = moment(start, zone)
    return Interaction(
        name, agent, channel, begun, None if talk is None else begun + talk, talk_seconds=talk, hold_seconds=hold,
        after_contact_seconds=wrap_up, wait_seconds=wait, reply_seconds=reply, messages=messages,
    )  # fmt: skip


def survey(
    name: str, agent: str | None = None, *, about: str | None = None, sent: str | None = None,
    answered: str | None = None, zone: str = CEBU[1], stars: int | None = None, recommend: int | None = None,
    cause: str | None = None, disputed: bool = False,
) -> Feedback:  # fmt: skip
    return Feedback(
        name, agent, about, "phone", None if sent is None else moment(sent, zone),
        None if answered is None else moment(answered, zone), None if stars is None else stars * 1000, recommend,
        None, cause, int(disputed),
    )  # fmt: skip


def shift(
    name: str, agent: str | None, start: str, end: str, activity: str = "work", *, zone: str = CEBU[1]
) -> Shift:  # fmt: skip
    return Shift(name, agent, moment(start, zone), moment(end, zone), activity)


def presence(
    name: str, agent: str | None, start: str, end: str, state: str = "queue", *, zone: str = CEBU[1]
) -> Presence:  # fmt: skip
    return Presence(name, agent, moment(start, zone), moment(end, zone), state)


def kind_of(record: Record) -> Kind:
    return next(kind for kind, shape in RECORDS.items() if isinstance(record, shape))


class Centre:
    """A contact centre over one database; every deed happens at `at`."""

    def __init__(self, url: str) -> None:
        self.db = Database(url)
        self.at = NOW
        self.counts = Counts()
        """What the last import brought."""

    def close(self) -> None:
        self.db.close()

    def begin(
        self, kind: Kind, *, site: tuple[str, str] | None = CEBU, source: str = SOURCE, contacts: str | None = None
    ) -> Origin:
        new = NewImport(kind, source, f"{kind}.csv", "", site, contacts)
        return self.db.write_now(imports.begin, self.at, new)

    def take(self, origin: Origin, records: Sequence[Record]) -> Counts:
        reading = Reading(len(records), {}, 0)
        return self.db.write_now(imports.take_page, self.at, origin, records, reading)

    def bring(
        self, *records: Record, site: tuple[str, str] | None = CEBU, source: str = SOURCE, contacts: str | None = None,
        page: int = 1000,
    ) -> int:  # fmt: skip
        """Import records of one kind, so many a page, and return the import's id."""
        origin = self.begin(kind_of(records[0]), site=site, source=source, contacts=contacts)
        taken = [self.take(origin, records[i : i + page]) for i in range(0, len(records), page)]
        self.db.write_now(imports.finish, self.at, origin.import_id)
        self.counts = Counts(
            sum(c.new for c in taken), sum(c.changed for c in taken), sum(c.unchanged for c in taken),
            tuple(r for c in taken for r in c.refused),
        )  # fmt: skip
        return origin.import_id

    def undo(self, import_id: int) -> None:
        record = self.db.read_now(imports.check_undo, import_id)
        while self.db.write_now(imports.undo_page, self.at, record):
            pass

    def person(self, name: str) -> int:
        return self.db.read_now(people.find, name).id

    def hire(self, name: str, *, site: str | None = None, team: str | None = None) -> int:
        """List somebody in the directory, or move them to another site or team from today on."""
        origin = self.begin("people", site=None, source="directory")
        self.counts = self.take(origin, [Profile(name.casefold(), name, site=site, team=team)])
        return self.person(name)

    def link(self, name: str, agent: str, *, source: str = SOURCE) -> None:
        self.attribute(self.db.write_now(people.link, self.at, self.person(name), identity=(source, agent)))

    def merge(self, kept: str, gone: str) -> None:
        self.attribute(self.db.write_now(people.merge, self.at, self.person(kept), self.person(gone)))

    def attribute(self, known: Iterable[Known]) -> None:
        for identity in known:
            while self.db.write_now(people.attribute_page, self.at, identity):
                pass

    def of_person(self, name: str, day: str) -> dict[str, Parts]:
        """Return a person's parts of one work day: `metric` of the phone, else `metric channel`."""
        return self._of("person_id", self.person(name), day)

    def of_site(self, name: str, day: str) -> dict[str, Parts]:
        """Return the parts of one day that belong to a site and to nobody in it."""
        return self._of("site_id", self.db.read_now(people.find_site, name).id, day)

    def days(self, name: str, metric: str = "volume") -> dict[str, int]:
        """Return the numerator of one metric by work day."""
        cells = self.db.read_now(
            figures.list_of, "person_id", self.person(name), "1990-01-01", "2100-01-01"
        )  # fmt: skip
        return {cell.day: parts.numerator for cell, parts in sorted(cells) if cell.metric == metric}

    def rows(self) -> dict[tuple[Owner, Cell], Parts]:
        """Return every row of day_stat and site_stat."""
        return self.db.read_now(_all_rows)

    def facts(self, kind: Kind) -> list[Placed]:
        """Return every fact of a kind."""
        return self.db.read_now(_all_facts, kind)

    def rebuild(self) -> int:
        """Compute all figures anew, and return how many differed."""
        differing = 0
        for owner, owner_id in self.db.read_now(rebuild.owners):
            for portion in self.db.read_now(rebuild.portions, owner, owner_id):
                differing += self.db.write_now(rebuild.compute, self.at, portion)
        return differing

    def check(self) -> None:
        """Hold what stands against a computation from nothing: every figure, and every fact's place."""
        stood = self.rows()
        self.db.write_now(_empty_figures)
        self.rebuild()
        assert stood == self.rows()
        for kind in FACT_KINDS:
            astray = self.db.read_now(_astray, kind)
            assert astray == []
        assert self.db.read_now(_dangling) == []

    def _of(self, owner: Owner, owner_id: int, day: str) -> dict[str, Parts]:
        cells = self.db.read_now(figures.list_of, owner, owner_id, day, day)
        return {
            cell.metric if cell.channel in {"phone", "all"} else f"{cell.metric} {cell.channel}": parts
            for cell, parts in cells
        }


def _all_rows(session: Session) -> dict[tuple[Owner, Cell], Parts]:
    return {
        (owner, cell): parts
        for owner in OWNERS
        for owner_id in figures.list_owners(session, owner)
        for cell, parts in figures.list_of(session, owner, owner_id, "0001-01-01", "9999-12-31")
    }


def _all_facts(session: Session, kind: Kind) -> list[Placed]:
    table = {"interactions": "interaction", "shifts": "shift"}.get(kind, kind)
    rows = session.connection().execute(text(f"SELECT source, external_id FROM {table} ORDER BY source, external_id"))
    found: list[Placed] = []
    for source, external_id in rows.all():
        found += fact_store.find(session, kind, source, [external_id]).values()
    return found


def _empty_figures(session: Session) -> None:
    session.connection().execute(text("DELETE FROM day_stat"))
    session.connection().execute(text("DELETE FROM site_stat"))


def _astray(session: Session, kind: Kind) -> list[Fact]:
    """Return the facts that belong to another person, site or day than they stand at."""
    placed = _all_facts(session, kind)
    connection = session.connection()
    owners = {row[0]: row[1] for row in connection.execute(text("SELECT id, person_id FROM identity"))}
    another = [p for p in placed if p.identity_id is not None and p.person_id != owners[p.identity_id]]
    return [p.record for p in (*another, *placing.again(session, kind, placed))]


def _dangling(session: Session) -> list[tuple[str, str]]:
    """Return the (table, column) with a value that points nowhere: the database itself does not check facts."""
    pointers = {"import_id": "import", "identity_id": "identity", "person_id": "person", "site_id": "site"}
    columns = [(t, c) for t in ("interaction", "feedback", "shift", "presence") for c in pointers]
    wrong = []
    for table, column in [*columns, ("day_stat", "person_id")]:
        sql = f'SELECT count(*) FROM {table} WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT id FROM "{pointers[column]}")'
        if session.connection().execute(text(sql)).scalar():
            wrong.append((table, column))
    return wrong
