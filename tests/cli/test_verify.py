"""`encore verify --export` and `--against`: what is kept elsewhere shows that an end was cut off."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlmodel import Session

from bot.store.database import Database
from tests.cli.conftest import Line

pytestmark = pytest.mark.both_databases

TRIGGERS = ("entry_no_update", "entry_no_delete", "txn_no_update", "txn_no_delete")


@pytest.fixture
def loaded(line: Line) -> Line:
    line.load()
    for key in ("a", "b", "c"):
        line("points", "award", "Ada", 10, "--key", key, "--reason", "Covered a night shift")
    return line


def forge(url: str, *statements: str) -> None:
    """Change what cannot be changed, as somebody with the database's password could, and cover the tracks."""
    db = Database(url)

    def run(session: Session) -> None:
        assert isinstance(session.bind, Connection)
        on_postgres = ("ALTER TABLE entry {} TRIGGER USER", "ALTER TABLE txn {} TRIGGER USER")
        saved = []
        if db.is_sqlite:
            wanted = ", ".join(map(repr, TRIGGERS))
            triggers = text(f"SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name IN ({wanted})")
            saved = [str(row[0]) for row in session.bind.execute(triggers).all()]
            for name in TRIGGERS:
                session.bind.execute(text(f"DROP TRIGGER {name}"))
        else:
            for statement in on_postgres:
                session.bind.execute(text(statement.format("DISABLE")))
        for statement in statements:
            session.bind.execute(text(statement))
        for statement in saved or [s.format("ENABLE") for s in on_postgres]:
            session.bind.execute(text(statement))

    db.write_now(run)
    db.close()


MINE = "(SELECT id FROM account WHERE owner LIKE 'person:%')"
CUT = (
    "DELETE FROM entry WHERE txn_id = (SELECT id FROM txn WHERE key = 'c')",
    "DELETE FROM txn WHERE key = 'c'",
    f"UPDATE account SET balance = 20, version = 2, head = (SELECT hash FROM entry WHERE account_id = {MINE} AND version = 2) WHERE tracked",
)


def test_the_heads_are_exported_and_compared(loaded: Line, tmp_path: Path) -> None:
    out = loaded("verify", "--export", tmp_path / "heads.json")
    assert (out.status, "1 head is exported, SHA-256 " in out.out) == (0, True)
    document = json.loads((tmp_path / "heads.json").read_text())
    assert (document["accounts"], [version for _, version, _ in document["heads"]]) == (1, [3])
    loaded("points", "award", "Ada", 10, "--key", "d", "--reason", "Covered a night shift")
    again = loaded("verify", "--against", tmp_path / "heads.json")
    assert (again.status, "still is." in again.out) == (0, True)
    refused = loaded("verify", "--export", tmp_path / "heads.json")
    assert (refused.status, "is there already" in refused.err) == (1, True)


def test_an_end_that_was_cut_off_shows_only_against_the_export(loaded: Line, tmp_path: Path, database_url: str) -> None:
    loaded("verify", "--export", tmp_path / "heads.json")
    forge(database_url, *CUT)
    # By itself the rest holds: balance, chain and versions fit.
    assert loaded("verify").status == 0
    found = loaded("verify", "--against", tmp_path / "heads.json", "--json")
    assert (found.status, found.json["ok"]) == (1, False)
    assert "had 3 entries, and has 2" in found.json["violations"][0]["where"]


def test_an_end_that_was_written_anew_shows_too(loaded: Line, tmp_path: Path, database_url: str) -> None:
    loaded("verify", "--export", tmp_path / "heads.json")
    forge(database_url, *CUT)
    loaded("points", "award", "Ada", 10, "--key", "e", "--reason", "Another one")
    assert loaded("verify").status == 0
    found = loaded("verify", "--against", tmp_path / "heads.json")
    assert (found.status, "has another entry 3 than it had" in found.err) == (1, True)


def test_an_account_that_is_gone_shows(loaded: Line, tmp_path: Path, database_url: str) -> None:
    loaded("verify", "--export", tmp_path / "heads.json")
    forge(database_url, "DELETE FROM entry", "DELETE FROM txn", "DELETE FROM account")
    assert loaded("verify").status == 0
    found = loaded("verify", "--against", tmp_path / "heads.json")
    assert (found.status, "is gone" in found.err) == (1, True)


def test_a_forged_entry_is_named_and_then_nothing_is_exported(loaded: Line, tmp_path: Path, database_url: str) -> None:
    forge(database_url, f"UPDATE entry SET amount = 11 WHERE account_id = {MINE} AND version = 2")
    found = loaded("verify", "--export", tmp_path / "heads.json")
    assert (found.status, "/points, version 2" in found.err) == (1, True)
    assert not (tmp_path / "heads.json").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("nonsense", "is not an export"),
        ("[]", "is not an export"),
        ('{"kind": "encore ledger heads", "accounts": 1, "at": "2026-01-01T00:00:00+00:00", "sha256": "0", "heads": [[1, 3, "x"]]}', "its own digest"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_export_says_so(loaded: Line, tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "heads.json").write_text(content)
    found = loaded("verify", "--against", tmp_path / "heads.json")
    assert (found.status, said in found.err) == (1, True)
    assert loaded("verify", "--against", tmp_path / "none.json").status == 1
