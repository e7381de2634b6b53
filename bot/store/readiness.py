"""How many people there are, and how many of them Slack knows."""

from datetime import date

from sqlmodel import Session

from bot.store import bulk


def count_people(session: Session, on: date) -> tuple[int, int]:
    """Count who has neither left by a day nor been merged into somebody else, and who of them is linked to Slack."""
    sql = (
        "SELECT COUNT(*), COUNT(s.person_id) FROM person p "
        "LEFT JOIN (SELECT DISTINCT person_id FROM slack_identity) s ON s.person_id = p.id "
        "WHERE p.merged_into IS NULL AND (p.left_on IS NULL OR p.left_on > ?)"
    )
    everybody, linked = bulk.query(session, sql, [on.isoformat()])[0]
    return everybody, linked
