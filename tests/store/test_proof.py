"""Each rule of `encore verify` finds what breaks it: one forgery for each, and a rule without one is found out."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bot.store import ledger, proof
from bot.store.migrations import triggers
from tests.encore import House
from tests.stories.rewarding import ANA, CATALOGUE, LEO, asked, award, hired, live, rows
from tests.stories.test_pots import PIZZA, chip

FIRST = "(SELECT MIN(id) FROM txn WHERE kind = 'bonus')"
LAST = "(SELECT MAX(id) FROM txn WHERE kind = 'bonus')"


def earned(key: str, state: str) -> str:
    """Return what writes down an award of Ana's that nobody made."""
    return (
        "INSERT INTO award (key, owner, rule, period, first_day, last_day, person_id, site_id, unit, amount, words, metric, "
        f"state, at) SELECT {key}, 'person:1', 'stars', '2026-03-05', '2026-03-05', '2026-03-05', person.id, site.id, "
        f"'points', 5, 'Five stars.', 'rating', '{state}', '2026-03-06 01:00:00' FROM person, site "
        "WHERE person.name = 'Agent 1' AND site.name = 'Cebu'"
    )


FORGERIES = (
    (
        "the sides of a transaction sum to 0 for each unit",
        "UPDATE entry SET amount = amount + 1 WHERE id = (SELECT MIN(id) FROM entry)",
    ),
    (
        "a balance is the sum of its entries, its versions have no gap and its chain of hashes holds",
        "UPDATE account SET balance = balance + 1 WHERE tracked AND unit = 'held'",
    ),
    ("no balance is below its floor", "UPDATE entry SET balance_after = -1 WHERE version = 1"),
    (
        "what was done has entries, what was refused has none",
        f"UPDATE txn SET status = 'refused' WHERE id = {LAST}",
    ),
    ("what was done has entries, what was refused has none", f"DELETE FROM entry WHERE txn_id = {LAST}"),
    (
        "a reversal takes back exactly what it names",
        f"UPDATE txn SET reverses = {FIRST} WHERE reverses IS NOT NULL",
    ),
    ("what was earned is in the ledger once it is issued, and not before", earned("'nowhere'", "issued")),
    (
        "what was earned is in the ledger once it is issued, and not before",
        earned(f"(SELECT key FROM txn WHERE id = {FIRST})", "waiting"),
    ),
    (
        "what was earned and taken back is reversed, or was never issued",
        earned(f"(SELECT key FROM txn WHERE id = {FIRST})", "back"),
    ),
    ("a pot holds its price at most, a full one exactly that", "UPDATE pot_part SET amount = 101"),
    ("a pot holds its price at most, a full one exactly that", "UPDATE pot SET status = 'full'"),
    ("what is in a pot is in the ledger", "UPDATE pot_part SET key = 'another'"),
    ("what is held is what is asked for, and what is in pots", "UPDATE redemption SET price = price + 1"),
    ("what is held is what is asked for, and what is in pots", "UPDATE pot_part SET amount = amount - 1"),
    ("what is held is what is asked for, and what is in pots", "UPDATE redemption SET status = 'declined'"),
    (
        "whoever was merged into somebody else has nothing any more",
        "UPDATE person SET merged_into = (SELECT id FROM person WHERE name = 'Agent 9') WHERE name = 'Agent 1'",
    ),
    ("the triggers that keep it append-only are there", "SELECT 1"),
)
"""The rule that is to find it, and what is forged, where the triggers have been put away."""


class ForgedError(Exception):
    """What was forged is to be rolled back."""


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    where = hired(database_url)
    yield where
    where.centre.close()


def test_every_rule_finds_what_breaks_it(cebu: House) -> None:
    live(cebu, PIZZA, *CATALOGUE)
    for slack_id in (ANA, LEO):
        award(cebu, slack_id, 100)
    of = rows(cebu, f"SELECT key FROM txn WHERE id = {LAST}")[0][0]
    cebu.centre.db.write_now(ledger.reverse, cebu.clock.now(), key="back", of=of, actor="story", reason="Not theirs.")
    asked(cebu, ANA, "lunch", 50)
    chip(cebu, ANA, 30, key="part")
    assert cebu.centre.db.read_now(proof.verify) == []
    missed = [(rule, sql) for rule, sql in FORGERIES if rule not in found_after(cebu, sql)]
    assert missed == []
    assert {rule for rule, _ in FORGERIES} == set(proof.RULES)


def found_after(where: House, sql: str) -> set[str]:
    """Return the rules that do not hold when this was forged; afterwards all is as it was."""
    found: set[str] = set()

    def forge(session: Session) -> None:
        connection = session.connection()
        for table in triggers.APPEND_ONLY:
            if where.centre.db.is_sqlite:
                for deed in triggers.DEEDS:
                    connection.execute(text(f"DROP TRIGGER {table}_no_{deed.lower()}"))
            else:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(text(sql))
        found.update(violation.rule for violation in proof.verify(session))
        raise ForgedError

    with pytest.raises(ForgedError):
        where.centre.db.write_now(forge)
    return found
