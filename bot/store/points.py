"""Points as a person's own figures tell them."""

from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.store import bulk

_STANDING: Final = (
    "SELECT a.unit, a.balance, CASE WHEN a.unit = 'points' THEN (SELECT COALESCE(SUM(e.amount), 0) FROM entry e "
    "JOIN txn t ON t.id = e.txn_id WHERE e.account_id = a.id AND t.at >= ? AND t.at < ? "
    "AND t.kind NOT IN ('merge', 'redeem.back') AND (e.amount > 0) = (t.reverses IS NULL)) ELSE 0 END "
    "FROM account a WHERE a.owner = ? AND a.unit IN ('points', 'held', ?)"
)


def standing(
    session: Session, owner: str, giving: str, first: datetime, end: datetime
) -> tuple[dict[str, int], int]:  # fmt: skip
    """Return an owner's balances of points, held points and an allowance's unit, and the points received meanwhile.

    From `first` to `end` (out). Received is what came in less what of it was taken back; a price that is given back was
    the owner's before.
    """
    given = [bulk.moment(session, first), bulk.moment(session, end), owner, giving]
    rows = bulk.query(session, _STANDING, given)
    return {row[0]: int(row[1]) for row in rows}, sum(int(row[2]) for row in rows)
