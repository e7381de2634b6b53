"""Messages that wait to be said, in order, each once."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlmodel import Session

from bot.domain.manners import whom
from bot.store import bulk, tables

FIRST, NEWS = 0, 1
RANKS: Final = (FIRST, NEWS)
"""News to one person leave when nothing else may: thousands of them hold up no board, and nothing that asks."""

UNSENT: Final = "status IN ('queued', 'sending')"
"""Written as the partial index has it, so that the databases use it."""

TWINS_AFTER: Final = timedelta(minutes=2)
"""So long after a message that was in doubt was said it is looked for once more."""


class Status(StrEnum):
    """Where a message is: waiting, with a sender, said, given up, or said by another one (if at all)."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
    FOLDED = "folded"


class Said(NamedTuple):
    """A message of ours in Slack; the channel is None where Slack's answer was not kept."""

    channel: str | None
    ts: str
    to: str | None = None
    """The id in Slack of whom it was said to, for what was said to one person."""


class Folded(NamedTuple):
    """A message that a card says."""

    id: int
    view: str
    value: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that a sender has claimed."""

    id: int
    public_id: str
    channel: str
    view: str
    value: str
    """The frozen value as JSON."""
    uncertain: bool
    """An earlier sender never told what came of it: Slack is to be asked before it is sent again."""
    created_at: datetime
    attempts: int
    """How often it was claimed, this time included; what Slack never heard of, or did not want to hear, is left out."""
    asks: bool = False
    edits_id: int | None = None
    site: str | None = None
    """The name of the site that a post is about, where it is about one."""
    to: str = ""
    """Where it goes, as Slack knows it: a channel's id or #name, or somebody's id."""
    edits: Said | None = None
    """The message whose place it takes."""
    folded: tuple[Folded, ...] = ()
    """What a card says."""
    lease: datetime | None = None
    """Until when its sender has it. No other claim has the same: by it a sender settles its own claim alone."""


def add(
    session: Session, at: datetime, *, key: str, channel: str, view: str, value: str, queue: str = "",
    asks: bool = False, edits_id: int | None = None, site_id: int | None = None, not_before: datetime | None = None,
) -> bool:  # fmt: skip
    """Queue a message; False where one with this key was queued before.

    Without a `queue` it stands in its channel's; edits of one message stand in one of their own. Where the oldest of the
    queue waits, it waits as long: nobody needs to look at it before.
    """
    queue = (queue or channel) if edits_id is None else f"edits:{edits_id}"
    rank = NEWS if whom(channel) is not None and not asks and edits_id is None else FIRST
    try_after = max(filter(None, (at, not_before, _head_waits_until(session, queue))))
    columns = (
        "key", "public_id", "channel", "queue", "rank", "view", "value", "status", "created_at", "try_after",
        "attempts", "asks", "edits_id", "site_id", "doubted",
    )  # fmt: skip
    row = (
        key, _public_id(key), channel, queue, rank, view, value, Status.QUEUED.value, bulk.moment(session, at),
        bulk.moment(session, try_after), 0, asks, edits_id, site_id, False,
    )  # fmt: skip
    return bulk.insert_new(session, tables.Outbox, columns, [row]) == 1


def alone(session: Session) -> None:
    """Let nobody else look for the next message until this transaction ends: two queues of one person are one channel."""
    bulk.alone(session, "outbox")


def find_next(
    session: Session, at: datetime, *, pause: timedelta, edits: bool = True, uncertain: bool = True
) -> Waiting | None:
    """Take, for this transaction, the message that waits longest of those of the first rank of which any may be sent.

    None where none may. A queue's messages leave in order: where the oldest waits, so do those behind it. A channel's
    leave one at a time and at least `pause` apart, from whichever queue. Without `edits` or `uncertain` those are left,
    since Slack does not want to be asked. Of two transactions that do this at once neither would see what the other
    takes: `alone` comes before.
    """
    left = ("" if edits else " AND o.edits_id IS NULL") + (
        "" if uncertain else " AND (o.status = 'queued' OR o.edits_id IS NOT NULL)"
    )
    sql = (
        "SELECT o.id, o.public_id, o.channel, o.view, o.value, o.status, o.created_at, o.attempts, o.asks, o.edits_id, "
        "(SELECT name FROM site WHERE id = o.site_id) "
        "FROM outbox o WHERE o.status IN ('queued', 'sending') AND o.rank = ? AND o.try_after <= ? "
        f"AND (o.lease_until IS NULL OR o.lease_until <= ?){left} "
        "AND NOT EXISTS (SELECT 1 FROM outbox h WHERE h.queue = o.queue AND h.status IN ('queued', 'sending') "
        "AND h.id < o.id) "
        # With a sender now; one that is in doubt has a lease too, and an error.
        "AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.channel = o.channel AND b.status = 'sending' "
        "AND b.lease_until > ? AND b.error IS NULL) "
        "AND NOT EXISTS (SELECT 1 FROM outbox s WHERE s.channel = o.channel AND s.sent_at > ?) "
        f"ORDER BY o.try_after, o.id LIMIT 1{bulk.for_update(session, free='o')}"
    )
    now = bulk.moment(session, at)
    for rank in RANKS:
        rows = bulk.query(session, sql, [rank, now, now, now, bulk.moment(session, at - pause)])
        if rows:
            return _waiting(rows[0])
    return None


def take(session: Session, at: datetime, message_id: int, *, lease: timedelta) -> None:
    """Give a message to a sender; one that was with a sender before was in doubt."""
    sql = (
        "UPDATE outbox SET doubted = (doubted OR status = 'sending'), status = 'sending', lease_until = ?, "
        "attempts = attempts + 1, error = NULL WHERE id = ?"
    )
    bulk.execute(session, sql, [(bulk.moment(session, at + lease), message_id)])


def mark_sent(
    session: Session, at: datetime, message_id: int, ts: str, *, posted_in: str | None = None,
    said_to: str | None = None,
) -> None:  # fmt: skip
    """Remember that a message is in Slack, where, for whom, and under which `ts`; of two senders the first is remembered.

    Slack has it, and so it does not matter who has claimed it meanwhile, or given it up. What was ever in doubt, and what
    two senders said, may stand there twice: it is looked for once more (store/twins.py).
    """
    find = "SELECT status FROM outbox WHERE id = ?" + bulk.for_update(session)
    ((status,),) = bulk.query(session, find, [message_id])
    look_at = bulk.moment(session, at + TWINS_AFTER)
    if status == Status.SENT:
        twice = "UPDATE outbox SET doubted = (doubted OR ts <> ?), try_after = ? WHERE id = ?"
        bulk.execute(session, twice, [(ts, look_at, message_id)])
        return
    sql = (
        "UPDATE outbox SET status = 'sent', sent_at = ?, posted_in = ?, said_to = ?, ts = ?, lease_until = NULL, error = NULL, "
        "folded_into_id = NULL, doubted = (doubted AND edits_id IS NULL), "
        "try_after = CASE WHEN doubted THEN ? ELSE try_after END WHERE id = ?"
    )
    bulk.execute(session, sql, [(bulk.moment(session, at), posted_in, said_to, ts, look_at, message_id)])
    if status == Status.DEAD:
        edit_again(session, at, message_id)


def edit_again(session: Session, at: datetime, message_id: int) -> None:
    """Let the edits of a message follow that were dropped, or went to a twin of it."""
    sql = (
        "UPDATE outbox SET status = 'queued', try_after = ?, attempts = 0, error = NULL, sent_at = NULL, ts = NULL "
        "WHERE edits_id = ? AND status IN ('folded', 'sent')"
    )
    bulk.execute(session, sql, [(bulk.moment(session, at), message_id)])


def put_back(
    session: Session, message_id: int, *, try_after: datetime, error: str | None, tried: bool = True,
    lease: datetime | None = None,
) -> None:  # fmt: skip
    """Let a message wait that Slack surely did not take, and with it all behind it in its queue.

    Where it was not `tried`, since Slack asked to wait, the try does not count. With `lease` it is left alone where
    another sender has it now.
    """
    until = bulk.moment(session, try_after)
    still, held = _held(session, lease)
    sql = (
        "UPDATE outbox SET status = 'queued', try_after = ?, lease_until = NULL, error = ?, attempts = attempts - ? "
        f"WHERE id = ? AND {UNSENT}{still}"
    )
    bulk.execute(session, sql, [(until, error, 0 if tried else 1, message_id, *held)])
    behind = (
        "UPDATE outbox SET try_after = ? WHERE status = 'queued' AND try_after < ? AND id > ? "
        "AND queue = (SELECT queue FROM outbox WHERE id = ? AND status = 'queued' AND try_after = ?)"
    )
    bulk.execute(session, behind, [(until, until, message_id, message_id, until)])


def doubt(
    session: Session, message_id: int, *, until: datetime, error: str | None, tried: bool = True,
    lease: datetime | None = None,
) -> None:  # fmt: skip
    """Shorten a sender's own lease: its try is over, and what came of it may be looked up from `until` on.

    `tried` and `lease` are those of `put_back`.
    """
    still, held = _held(session, lease)
    sql = f"UPDATE outbox SET lease_until = ?, error = ?, attempts = attempts - ? WHERE id = ? AND {UNSENT}{still}"
    bulk.execute(session, sql, [(bulk.moment(session, until), error, 0 if tried else 1, message_id, *held)])


def bury(session: Session, message_id: int, *, error: str, lease: datetime | None = None) -> tuple[str, str] | None:
    """Give a message up that Slack will never take; those behind it go on.

    Return its view and channel; None where it was settled meanwhile, or (`lease`) is no longer this sender's. Given up
    by nobody who has just tried it, one whose last try was never answered stays in doubt.
    """
    still, held = _held(session, lease)
    sql = f"SELECT view, channel, status FROM outbox WHERE id = ? AND status IN ('queued', 'sending', 'folded'){still}"
    found = bulk.query(session, sql + bulk.for_update(session), [message_id, *held])
    if not found:
        return None
    view, channel, status = found[0]
    update = (
        "UPDATE outbox SET status = 'dead', lease_until = NULL, folded_into_id = NULL, error = ?, "
        "doubted = (doubted OR ?) WHERE id = ?"
    )
    bulk.execute(session, update, [(error, lease is None and status == Status.SENDING, message_id)])
    return str(view), str(channel)


def fold(
    session: Session, message_id: int, card_id: int | None, *, error: str | None = None, lease: datetime | None = None
) -> None:
    """Let a card say a message instead; without a card nobody says it, for the reason `error`."""
    still, held = _held(session, lease)
    sql = (
        "UPDATE outbox SET status = 'folded', folded_into_id = ?, lease_until = NULL, error = ? "
        f"WHERE id = ? AND {UNSENT}{still}"
    )
    bulk.execute(session, sql, [(card_id, error, message_id, *held)])


def remove(session: Session, keys: Iterable[str]) -> None:
    """Remove messages that this very transaction has queued."""
    bulk.delete(session, tables.Outbox, ("key",), [(key,) for key in keys])


def withdraw(session: Session, key: str, *, given_up: bool = False) -> bool:
    """Let nobody say the message with this key; False where somebody is saying it, or has.

    One that was `given_up` is only withdrawn where that is said: then nobody can bring it again.
    """
    which = "status IN ('queued', 'dead')" if given_up else "status = 'queued'"
    sql = f"SELECT id FROM outbox WHERE key = ? AND {which} AND NOT doubted{bulk.for_update(session)}"
    found = bulk.query(session, sql, [key])
    gone = "UPDATE outbox SET status = 'folded', folded_into_id = NULL, lease_until = NULL, error = 'needless' WHERE id = ?"
    bulk.execute(session, gone, found)
    return bool(found)


def find_said(session: Session, message_id: int) -> tuple[Status, Said | None, datetime]:
    """Return where a message is, where it stands in Slack if it was said, and until when nobody else will say it."""
    sql = "SELECT status, posted_in, ts, said_to, try_after, COALESCE(lease_until, try_after) FROM outbox WHERE id = ?"
    ((status, posted_in, ts, to, *until),) = bulk.query(session, sql, [message_id])
    return Status(status), None if ts is None else Said(posted_in, ts, to), max(map(bulk.read_moment, until))


def find_target(session: Session, key: str) -> tuple[int, str] | None:
    """Return the id and the channel of the message that stands in Slack under this key: an edit names the first."""
    sql = "SELECT COALESCE(edits_id, id), channel FROM outbox WHERE key = ?"
    found = bulk.query(session, sql, [key])
    return (int(found[0][0]), str(found[0][1])) if found else None


def list_known(session: Session, keys: Iterable[str]) -> set[str]:
    """Return those of these keys under which a message was ever queued."""
    sql = f"SELECT key FROM outbox WHERE {bulk.among(session, 'key', 'text')}"
    return {row[0] for row in bulk.query(session, sql, [bulk.listed(session, keys)])}


def list_folded(session: Session, card_id: int) -> tuple[Folded, ...]:
    """Return what a card says, in the order in which it was to be said."""
    rows = bulk.query(session, "SELECT id, view, value FROM outbox WHERE folded_into_id = ? ORDER BY id", [card_id])
    return tuple(Folded(*row) for row in rows)


def slow_down(session: Session, name: str, until: datetime) -> None:
    """Remember until when Slack does not want to be asked; a longer wait than this stays."""
    sql = (
        "INSERT INTO cursor (name, reached_at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE "
        "SET reached_at = excluded.reached_at WHERE excluded.reached_at > cursor.reached_at"
    )
    bulk.execute(session, sql, [(name, bulk.moment(session, until))])


def list_slow(session: Session, at: datetime, names: list[str]) -> set[str]:
    """Return which of these still want to be waited for."""
    sql = f"SELECT name FROM cursor WHERE {bulk.among(session, 'name', 'text')} AND reached_at > ?"
    return {row[0] for row in bulk.query(session, sql, [bulk.listed(session, names), bulk.moment(session, at)])}


def find_slow(session: Session, at: datetime, like: str) -> str | None:
    """Return what stands behind the last colon of a name that begins so (`%` is anything) and is still waited for."""
    sql = "SELECT name FROM cursor WHERE name LIKE ? AND reached_at > ? ORDER BY reached_at DESC LIMIT 1"
    found = bulk.query(session, sql, [f"{like}%", bulk.moment(session, at)])
    return str(found[0][0]).rpartition(":")[2] if found else None


def forget_slow(session: Session, begins: str) -> None:
    """Wait no longer for what has a name that begins so."""
    bulk.execute(session, "DELETE FROM cursor WHERE name LIKE ?", [(f"{begins}%",)])


def counts(session: Session) -> dict[str, int]:
    """Return how many messages wait, are with a sender, or were given up."""
    sql = (
        f"SELECT status, COUNT(*) FROM outbox WHERE {UNSENT} GROUP BY status "
        "UNION ALL SELECT 'dead', COUNT(*) FROM outbox WHERE status = 'dead'"
    )
    return {"queued": 0, "sending": 0} | {row[0]: int(row[1]) for row in bulk.query(session, sql)}


def _public_id(key: str) -> str:
    """Return an id that says nothing about the message to whoever reads Slack's metadata."""
    return hashlib.sha256(f"outbox:{key}".encode()).hexdigest()[:32]


def _held(session: Session, lease: datetime | None) -> tuple[str, tuple[str, ...]]:
    """Return the condition under which a sender still has its message, and its parameter."""
    return (
        ("", ()) if lease is None else (" AND status = 'sending' AND lease_until = ?", (bulk.moment(session, lease),))
    )


def _head_waits_until(session: Session, queue: str) -> datetime | None:
    sql = f"SELECT try_after FROM outbox WHERE queue = ? AND {UNSENT} ORDER BY id LIMIT 1"
    found = bulk.query(session, sql, [queue])
    return bulk.read_moment(found[0][0]) if found else None


def _waiting(row: Any) -> Waiting:
    message_id, public_id, channel, view, value, status, created_at, attempts, asks, edits_id, site = row
    return Waiting(
        message_id, public_id, channel, view, value, status == Status.SENDING, bulk.read_moment(created_at),
        attempts + 1, bool(asks), edits_id, site,
    )  # fmt: skip
