"""`encore points` and `encore verify`: what is awarded by hand counts once, is shown with its reason, and is proven."""

import pytest
from sqlalchemy import Connection, text
from sqlmodel import Session

from bot.store.database import Database
from tests.cli.conftest import Line

PAT = "O'Brien [red]Pat[/]"


@pytest.fixture
def loaded(line: Line) -> Line:
    line.load()
    return line


def award(line: Line, key: str = "k", amount: object = 50, *, reason: str = "Covered a night [bold]shift") -> object:
    return line("points", "award", PAT, amount, "--key", key, "--reason", reason)


def test_an_award_counts_once_and_is_shown_with_its_reason(loaded: Line) -> None:
    first = loaded("points", "award", PAT, 50, "--key", "k", "--reason", "Covered a night [bold]shift")
    again = loaded("points", "award", PAT, 50, "--key", "k", "--reason", "Covered a night [bold]shift")
    assert (first.status, first.out) == (0, f"50 points are awarded. {PAT} has 50.\n")
    assert "had been awarded under this key before; nothing changed" in again.out
    told = loaded("points", "show", PAT, "--json").json
    assert (told["balances"], len(told["entries"])) == ({"points": 50}, 1)
    assert told["entries"][0]["reason"] == "Covered a night [bold]shift"
    assert "+50 points" in loaded("points", "show", PAT).out


def test_a_key_for_something_else_is_refused_and_nothing_changes(loaded: Line) -> None:
    award(loaded)
    refused = loaded("points", "award", PAT, 60, "--key", "k", "--reason", "Covered a night [bold]shift")
    assert (refused.status, "used for something else" in refused.err) == (1, True)
    assert loaded("points", "show", PAT, "--json").json["balances"] == {"points": 50}


@pytest.mark.parametrize(
    ("amount", "reason", "said"),
    [(0, "x", "whole number"), (-5, "x", "whole number"), (5, " ", "what the points are for")],
)
def test_what_cannot_be_awarded_says_why(loaded: Line, amount: int, reason: str, said: str) -> None:
    refused = loaded("points", "award", PAT, "--key", "k", "--reason", reason, "--", amount)
    assert (refused.status, said in refused.err) == (1, True)
    assert loaded("verify", "--json").json == {
        "ok": True,
        "accounts": 0,
        "transactions": 0,
        "entries": 0,
        "violations": [],
    }


def test_an_unknown_agent_is_named_with_the_nearest(loaded: Line) -> None:
    refused = loaded("points", "award", "Adda", 5, "--key", "k", "--reason", "r")
    assert (refused.status, "Did you mean Ada" in refused.err) == (3, True)


def test_verify_tells_what_does_not_hold(loaded: Line, database_url: str) -> None:
    award(loaded)
    held = loaded("verify")
    assert (held.status, held.out) == (0, "Every rule of the ledger holds (accounts 2, transactions 1, entries 2).\n")
    db = Database(database_url)

    def forge(session: Session) -> None:
        assert isinstance(session.bind, Connection)
        session.bind.execute(text("UPDATE account SET balance = 51 WHERE unit = 'points' AND owner LIKE 'person:%'"))

    db.write_now(forge)
    db.close()
    broken = loaded("verify")
    assert (broken.status, broken.out) == (1, "")
    assert "a balance is the sum of its entries" in broken.err
    assert loaded("verify", "--json").json["ok"] is False


def test_two_entries_of_one_person_have_one_balance(loaded: Line) -> None:
    award(loaded, "a", 50)
    loaded("points", "award", "Ada", 10, "--key", "b", "--reason", "Helped a new colleague")
    merged = loaded("people", "merge", PAT, "Ada")
    assert merged.status == 0
    assert loaded("points", "show", PAT, "--json").json["balances"] == {"points": 60}
    assert loaded("verify").status == 0
