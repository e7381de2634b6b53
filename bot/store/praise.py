"""Praises: added once for each key, and for a message once from each giver to each receiver."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from bot.store import bulk, tables


@dataclass(frozen=True, slots=True)
class Kept:
    """A praise that was given before under the same key."""

    id: int
    at: datetime
    request_hash: str
    points_each: int


def alone(session: Session, giver_id: int) -> None:
    """Let no other praise of this giver happen until this transaction ends.

    On PostgreSQL two of them would both find that their key, or their message, is new.
    """
    bulk.alone(session, f"praise.{giver_id}")


def find(session: Session, key: str) -> Kept | None:
    """Return the praise with this key, None where there is none."""
    rows = bulk.select(session, tables.Praise, ("id", "at", "request_hash", "points_each"), "key = ?", [key])
    return Kept(rows[0][0], bulk.read_moment(rows[0][1]), *rows[0][2:]) if rows else None


def count_with_points(
    session: Session, giver_id: int, person_ids: Iterable[int], since: datetime, *, before: int | None = None
) -> dict[int, int]:
    """Return how often each of these people got points by this giver's praises since then, before the one with that id."""
    where = "" if before is None else " AND p.id < ?"
    sql = (
        "SELECT r.person_id, COUNT(*) FROM praise p JOIN praise_receiver r ON r.praise_id = p.id WHERE p.giver_id = ? "
        f"AND p.at >= ? AND p.points_each > 0{where} AND {bulk.among(session, 'person_id', 'bigint')} GROUP BY r.person_id"
    )
    given = [giver_id, bulk.moment(session, since), *([] if before is None else [before])]
    return {row[0]: int(row[1]) for row in bulk.query(session, sql, [*given, bulk.listed(session, person_ids)])}


def list_called(session: Session, workspace_id: str, first: str, on: date) -> list[tuple[str, str]]:
    """Return (Slack id, name) of those whose name begins with a word (domain/people.first_word), each person once.

    They work here on that day, and the workspace knows them.
    """
    sql = (
        "SELECT MAX(i.slack_id), p.name FROM person p JOIN slack_identity i ON i.person_id = p.id "
        "WHERE p.called = ? AND i.workspace_id IN (?, '*') AND p.merged_into IS NULL AND (p.left_on IS NULL OR p.left_on > ?) "
        "GROUP BY p.id, p.name"
    )
    return (
        [(row[0], row[1]) for row in bulk.query(session, sql, [first, workspace_id, on.isoformat()])] if first else []
    )


def find_post(session: Session, key: str) -> tuple[str, str] | None:
    """Return the channel and the frozen value of a public praise; None where it was said to nobody but the receivers."""
    rows = bulk.select(session, tables.Outbox, ("channel", "value"), "key = ?", [key])
    return (rows[0][0], rows[0][1]) if rows else None


def find_said(session: Session, channels: Sequence[str], ts: str) -> tuple[str, str] | None:
    """Return the view and the frozen value of what Encore said in one of the outbox's channels, by Slack's ts."""
    where = f"{bulk.among(session, 'channel', 'text')} AND ts = ?"
    rows = bulk.select(session, tables.Outbox, ("view", "value"), where, [bulk.listed(session, channels), ts])
    return (rows[0][0], rows[0][1]) if rows else None


def list_thanked(session: Session, once_for: str, person_ids: Iterable[int]) -> set[int]:
    """Return those of these people who were thanked before for what `once_for` stands for: a message and its giver."""
    where = f"once_for = ? AND {bulk.among(session, 'person_id', 'bigint')}"
    parameters = [once_for, bulk.listed(session, person_ids)]
    return {row[0] for row in bulk.select(session, tables.PraiseReceiver, ("person_id",), where, parameters)}


def add(
    session: Session, at: datetime, *, key: str, giver_id: int, text_id: int, request_hash: str, points_each: int,
    private: bool, receivers: Iterable[int], once_for: str | None,
) -> None:  # fmt: skip
    """Add a praise. An error where its key was used, or somebody was thanked for the message: `alone` comes before."""
    columns = ("key", "at", "giver_id", "text_id", "request_hash", "points_each", "private")
    row = (key, bulk.moment(session, at), giver_id, text_id, request_hash, points_each, private)
    bulk.insert(session, tables.Praise, columns, [row])
    praise_id = bulk.query(session, "SELECT id FROM praise WHERE key = ?", [key])[0][0]
    rows = [(praise_id, person_id, once_for) for person_id in receivers]
    bulk.insert(session, tables.PraiseReceiver, ("praise_id", "person_id", "once_for"), rows)
