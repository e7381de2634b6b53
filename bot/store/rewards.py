"""Requests for rewards: added once for each key, and moved on while they are locked. Stock is in `stock`."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlmodel import Session

from bot.domain.rewards import OPEN, Approver, Case, PaidIn, State
from bot.store import bulk, tables

_CASES: Final = (
    "(SELECT r.*, CASE WHEN r.status = 'approved' THEN COALESCE(r.hands_over, r.approver) ELSE r.approver END AS whose, "
    "CASE WHEN q.id IS NULL THEN p.left_on END AS left_on, t.name AS team, COALESCE(q.team_id, (SELECT m.team_id "
    "FROM membership m WHERE m.person_id = p.id AND m.starts_on <= ? ORDER BY m.starts_on DESC LIMIT 1)) AS team_id "
    "FROM redemption r JOIN person p ON p.id = r.person_id LEFT JOIN pot q ON q.id = r.pot_id "
    "LEFT JOIN team t ON t.id = q.team_id) c"
)
"""Requests with whose turn it is, and the team that who asked is in on a day (one parameter); of who has left it is the
last one. A pot's team is the one that pays, and has a name."""

_COLUMNS: Final = (
    "id, key, request_hash, person_id, held_by, reward, title, price, approver, sent_to, status, decided_by, ended_by, "
    "text_id, unit, hands_over, handed_to, wished_on, note_text_id, left_on, team_id, pot_id, team"
)
_OPEN: Final = "status IN ('asked', 'approved')"
"""Written as the partial index has it, so that the databases use it."""

_REACHED: Final = (
    "role_grant g JOIN person l ON l.id = g.person_id WHERE l.merged_into IS NULL "
    "AND (l.left_on IS NULL OR l.left_on > ?) AND EXISTS (SELECT 1 FROM slack_identity i WHERE i.person_id = l.id)"
)
"""Those with a role who still work here on a day (one parameter), and can be reached in Slack."""

_CHIPPED_IN: Final = (
    "SELECT 1 FROM pot_part x WHERE x.pot_id = c.pot_id AND x.amount > 0 AND x.back_at IS NULL AND x.person_id = "
)
"""Whether somebody has a part in the pot of a request."""

assert {state.value for state in OPEN} == {"asked", "approved"}


@dataclass(frozen=True, slots=True)
class Kept:
    """A request as it stands."""

    id: int
    key: str
    request_hash: str
    person_id: int
    """Who asked."""
    held_by: int
    """The entry of the one who asked as it was then; another where two entries of one person became one since."""
    reward: str
    title: str
    price: int
    approver: Approver
    sent_to: tuple[int, ...]
    state: State
    by: int | None
    """Who took the last step; None where nobody did yet, or it needed no approval."""
    text_id: int | None
    unit: PaidIn
    hands_over: Approver | None
    """Who hands it over, where that is not who decides."""
    handed_to: tuple[int, ...]
    wished_on: date | None
    note_id: int | None
    left_on: str | None
    """The local day on which they left, as ISO text."""
    team_id: int | None
    pot_id: int | None
    """The pot that pays for it; None where one person does."""
    team: str | None
    """The name of the team whose pot it is."""

    def case(self) -> Case:
        """Return it as messages tell of it."""
        return Case(
            self.id, self.person_id, self.title, self.price, self.state, self.by, self.text_id, self.unit,
            self.wished_on, self.note_id, apart=self.hands_over is not None, team=self.team or "",
        )  # fmt: skip

    @property
    def whose(self) -> Approver:
        """Whose turn it is: of those who decide, or of those who hand it over."""
        return self.approver if self.state is State.ASKED or self.hands_over is None else self.hands_over


@dataclass(frozen=True, slots=True)
class New:
    """A request that is to be kept."""

    key: str
    request_hash: str
    person_id: int
    reward: str
    title: str
    price: int
    unit: PaidIn
    approver: Approver
    hands_over: Approver | None
    sent_to: tuple[int, ...]
    state: State
    wished_on: date | None
    note_id: int | None
    team_id: int | None
    """The team that they are in; of a pot the one that pays."""
    pot_id: int | None = None
    team: str | None = None
    """The name of the team whose pot it is."""


def find(session: Session, key: str, on: date) -> Kept | None:
    """Return the request with this key, None where there is none; `on` is the day whose team counts."""
    return _one(session, "key = ?", key, on)


def take(session: Session, request_id: int, on: date) -> Kept | None:
    """Return a request and keep it locked until the transaction ends; None where there is none."""
    if not bulk.query(session, "SELECT id FROM redemption WHERE id = ?" + bulk.for_update(session), [request_id]):
        return None
    return _one(session, "id = ?", request_id, on)


def look(session: Session, request_id: int, on: date) -> Kept | None:
    """Return a request as it stands, None where there is none."""
    return _one(session, "id = ?", request_id, on)


def add(session: Session, at: datetime, new: New) -> Kept | None:
    """Add a request of somebody who has not left; None where another transaction has just used the key."""
    moment = bulk.moment(session, at)
    row = {
        "key": new.key, "request_hash": new.request_hash, "person_id": new.person_id, "held_by": new.person_id,
        "reward": new.reward, "title": new.title, "price": new.price, "unit": new.unit.value,
        "approver": new.approver.value, "hands_over": None if new.hands_over is None else new.hands_over.value,
        "sent_to": json.dumps(new.sent_to), "handed_to": "[]", "status": new.state.value,
        "wished_on": None if new.wished_on is None else new.wished_on.isoformat(), "note_text_id": new.note_id,
        "pot_id": new.pot_id, "asked_at": moment, "decided_at": None if new.state is State.ASKED else moment,
    }  # fmt: skip
    number = bulk.insert_one(session, tables.Redemption, tuple(row), tuple(row.values()))
    if number is None:
        return None
    return Kept(
        number, new.key, new.request_hash, new.person_id, new.person_id, new.reward, new.title, new.price, new.approver,
        new.sent_to, new.state, None, None, new.unit, new.hands_over, (), new.wished_on, new.note_id, None, new.team_id,
        new.pot_id, new.team,
    )  # fmt: skip


def remove(session: Session, request_id: int) -> None:
    """Remove a request that this very transaction has added."""
    bulk.delete(session, tables.Redemption, ("id",), [(request_id,)])


def decide(session: Session, at: datetime, request_id: int, state: State, by: int | None, text_id: int | None) -> None:
    """Say that somebody approved, declined or cancelled a request that is locked, or nobody did in time."""
    _move(session, "decided", at, request_id, state, by, text_id)


def end(session: Session, at: datetime, request_id: int, state: State, by: int, text_id: int | None) -> None:
    """Say that somebody handed over what was approved, or gave it back; the request is locked."""
    _move(session, "ended", at, request_id, state, by, text_id)


def send_to(session: Session, request_id: int, person_ids: Iterable[int]) -> None:
    """Say who was asked to decide about a request that is locked."""
    bulk.execute(
        session, "UPDATE redemption SET sent_to = ? WHERE id = ?", [(json.dumps(list(person_ids)), request_id)]
    )


def hand_to(session: Session, request_id: int, person_ids: Iterable[int]) -> None:
    """Say who was told to hand over what was approved; the request is locked."""
    row = json.dumps(list(person_ids)), request_id
    bulk.execute(session, "UPDATE redemption SET handed_to = ? WHERE id = ?", [row])


def list_overdue(session: Session, since: datetime, *, limit: int) -> list[int]:
    """Return the requests, the oldest first, that were asked for before a moment and that nobody has decided."""
    sql = f"SELECT id FROM redemption WHERE {_OPEN} AND status = 'asked' AND asked_at < ? ORDER BY id LIMIT ?"
    return [row[0] for row in bulk.query(session, sql, [bulk.moment(session, since), limit])]


def asked_at(session: Session, request_id: int) -> datetime:
    """Return when a request was asked for, in UTC."""
    return bulk.read_moment(bulk.query(session, "SELECT asked_at FROM redemption WHERE id = ?", [request_id])[0][0])


def list_open(session: Session, person_id: int, on: date) -> list[Kept]:
    """Return somebody's requests that are not over, the oldest first; those of pots in which they have a part as well."""
    own = (
        f"SELECT o.id FROM redemption o WHERE {_OPEN} AND o.person_id = ? AND o.pot_id IS NULL UNION ALL SELECT o.id "
        "FROM pot_part x JOIN redemption o ON o.pot_id = x.pot_id "
        "WHERE x.person_id = ? AND x.amount > 0 AND x.back_at IS NULL"
    )
    return _many(session, f"{_OPEN} AND id IN ({own})", [person_id, person_id], on)


def list_all_open(session: Session, on: date) -> list[Kept]:
    """Return everybody's requests that are not over, the oldest first."""
    return _many(session, _OPEN, [], on)


def list_to_decide(
    session: Session, person_id: int, on: date, *, leads: Iterable[int], admin: bool, old: datetime
) -> list[Kept]:  # fmt: skip
    """Return the requests of others that wait for somebody, the oldest first.

    Whoever has a part in a pot does not decide about it. A lead's are those of the teams they lead. An admin's are those that are for an admin, whose team has no lead, or
    that were asked for before the moment `old`.
    """
    no_lead = (
        f"NOT EXISTS (SELECT 1 FROM {_REACHED} AND g.role = 'lead' AND g.team_id = c.team_id AND l.id <> c.person_id "
        f"AND NOT EXISTS ({_CHIPPED_IN} l.id))"
    )
    where = (
        f"{_OPEN} AND person_id <> ? AND NOT EXISTS ({_CHIPPED_IN} ?) AND ((whose = 'lead' AND {bulk.among(session, 'team_id', 'bigint')}) "
        f"OR (? AND (whose = 'admin' OR asked_at < ? OR {no_lead})))"
    )
    given = [person_id, person_id, bulk.listed(session, leads), admin, bulk.moment(session, old), on.isoformat()]
    return _many(session, where, given, on)


def list_deciders(
    session: Session, payers: Collection[int], team_id: int | None, approver: Approver, on: date
) -> list[int]:  # fmt: skip
    """Return who is to decide for those who pay, by id: the leads of the team, or the admins where there is none.

    None of those who pay is.
    """
    found: list[int] = []
    if approver is Approver.LEAD and team_id is not None:
        found = _deciders(session, payers, on, "g.role = 'lead' AND g.team_id = ?", [team_id])
    return found or _deciders(session, payers, on, "g.role = 'admin'", [])


def _deciders(session: Session, payers: Collection[int], on: date, which: str, given: Sequence[int]) -> list[int]:
    sql = f"SELECT DISTINCT l.id FROM {_REACHED} AND {which} ORDER BY l.id"
    return [row[0] for row in bulk.query(session, sql, [on.isoformat(), *given]) if row[0] not in payers]


def _one(session: Session, where: str, value: int | str, on: date) -> Kept | None:
    found = _many(session, where, [value], on)
    return found[0] if found else None


def _many(session: Session, where: str, parameters: list[object], on: date) -> list[Kept]:
    sql = f"SELECT {_COLUMNS} FROM {_CASES} WHERE {where} ORDER BY id"
    return [_kept(row) for row in bulk.query(session, sql, [on.isoformat(), *parameters])]


def _kept(row: bulk.Row) -> Kept:
    (number, key, request_hash, person_id, held_by, reward, title, price, approver, sent_to, status, decided_by,
     ended_by, text_id, unit, hands_over, handed_to, wished_on, note_id, left_on, team_id, pot_id, team) = row  # fmt: skip
    return Kept(
        number, key, request_hash, person_id, held_by, reward, title, price, Approver(approver),
        tuple(json.loads(sent_to)), State(status), ended_by if ended_by is not None else decided_by, text_id,
        PaidIn(unit), None if hands_over is None else Approver(hands_over), tuple(json.loads(handed_to)),
        None if wished_on is None else date.fromisoformat(str(wished_on)), note_id,
        None if left_on is None else str(left_on), team_id, pot_id, team,
    )  # fmt: skip


def _move(
    session: Session, what: str, at: datetime, request_id: int, state: State, by: int | None, text_id: int | None
) -> None:
    sql = f"UPDATE redemption SET status = ?, {what}_at = ?, {what}_by = ?, text_id = ? WHERE id = ?"
    bulk.execute(session, sql, [(state.value, bulk.moment(session, at), by, text_id, request_id)])
