"""What people chose of how Encore treats them."""

from sqlmodel import Session

from bot.domain.manners import Messages
from bot.domain.preferences import Preferences
from bot.store import bulk, tables


def find(session: Session, person_id: int) -> Preferences:
    """Return what somebody chose; the defaults where they chose nothing."""
    sql = (
        "SELECT p.boards, f.announce, f.messages FROM person p LEFT JOIN preference f ON f.person_id = p.id "
        "WHERE p.id = ?"
    )
    boards, announce, messages = bulk.query(session, sql, [person_id])[0]
    on_boards = None if boards is None else boards == "in"
    if messages is None:
        return Preferences(on_boards=on_boards)
    return Preferences(bool(announce), Messages(messages), on_boards)


def save(session: Session, person_id: int, chosen: Preferences) -> None:
    """Keep what somebody chose."""
    row = [(person_id, chosen.announce, chosen.messages.value)]
    bulk.upsert(session, tables.Preference, ("person_id",), ("person_id", "announce", "messages"), row)
    boards = None if chosen.on_boards is None else "in" if chosen.on_boards else "out"
    bulk.execute(session, "UPDATE person SET boards = ? WHERE id = ?", [(boards, person_id)])
