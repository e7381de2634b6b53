"""`encore points` and `encore verify`: what is awarded by hand counts once, is shown with its reason, and is proven."""

import csv

import pytest
from sqlalchemy import Connection, text
from sqlmodel import Session

from bot.cli import clock
from bot.store.database import Database
from tests.cli.conftest import Line, Said

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
    [(0, "x", "whole number"), (-5, "x", "whole number"), (5, " ", "Say what it is for")],
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


def test_entries_are_shown_under_titles_in_plain_words(loaded: Line) -> None:
    award(loaded)
    loaded("points", "award", PAT, 90, "--minutes", "--key", "m", "--reason", "Worked a holiday")
    has, time, titles, *lines = loaded("points", "show", PAT).out.splitlines()
    assert [has, time] == [f"{PAT} has 50 points.", f"{PAT} has 1 h 30 min of paid time off."]
    assert titles.split() == ["Entry", "When", "(Asia/Manila)", "Change", "After", "it", "What", "for"]
    assert lines[0].endswith("+1 h 30 min  1 h 30 min  Bonus: Worked a holiday")
    assert lines[1].endswith("+50 points   50 points   Bonus: Covered a night [bold]shift")


def test_an_entry_is_corrected_once_and_by_its_number(loaded: Line) -> None:
    award(loaded)
    entry = loaded("points", "show", PAT, "--json").json["entries"][0]["entry"]
    first = loaded("points", "correct", entry, "--reason", "It was Ada's")
    again = loaded("points", "correct", entry, "--reason", "It was Ada's")
    assert (first.status, first.out) == (0, f"50 points of {PAT}: taken back.\n")
    assert (again.status, "taken back before; nothing changed" in again.out) == (0, True)
    assert "Correction of a bonus: It was Ada's" in loaded("points", "show", PAT).out
    assert loaded("points", "show", PAT, "--json").json["balances"]["points"] == 0
    unknown = loaded("points", "correct", 999, "--reason", "r")
    assert (unknown.status, "There is no entry 999" in unknown.err) == (3, True)


def test_above_the_limit_it_waits_for_an_admin(loaded: Line) -> None:
    waits = award(loaded, amount=501)
    again = award(loaded, amount=501)
    for said in (waits, again):
        assert isinstance(said, Said)
        assert (said.status, "This waits until an admin approves it in Slack" in said.out) == (0, True)
    assert loaded("points", "show", PAT, "--json").json["balances"] == {}


def test_a_file_of_all_entries_holds_no_formula(loaded: Line) -> None:
    for number, reason in enumerate(("=1+1", "@cmd", "+49 30", " -x", 'Plain, "quoted"')):
        award(loaded, f"k{number}", 5, reason=reason)
    said = loaded("points", "export", PAT, "pat.csv")
    assert (said.status, said.out) == (0, f"5 entries of {PAT} are in pat.csv.\n")
    content = (loaded.folder / "pat.csv").read_bytes().decode("utf-8-sig")
    titles, *rows = csv.reader(content.splitlines())
    assert titles == ["entry", "when (Asia/Manila)", "unit", "change", "balance after it", "what for"]
    assert [row[3:5] for row in rows] == [["5", str(5 * n)] for n in (5, 4, 3, 2, 1)]
    assert not [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))]
    assert rows[0][5] == 'Bonus: Plain, "quoted"'
    out = loaded("points", "export", PAT, "-")
    assert (out.status, out.err) == (0, f"5 entries of {PAT}.\n")
    assert out.out.lstrip("\ufeff").splitlines() == content.splitlines()
    assert not (loaded.folder / "-").exists()
    refused = loaded("points", "export", PAT, "pat.csv")
    assert (refused.status, "is there already" in refused.err) == (1, True)


def test_what_was_typed_wrongly_is_named_with_what_would_work(loaded: Line) -> None:
    below = loaded("points", "award", PAT, -5, "--key", "k", "--reason", "r")
    assert (below.status, "a whole number of more than 0" in below.err, "points correct ENTRY" in below.err) == (
        1,
        True,
        True,
    )
    for said in (
        loaded("points", "award", PAT, "five", "--key", "k", "--reason", "r"),
        loaded("points", "correct", "five", "--reason", "r"),
    ):
        assert (said.status, "“five” is no whole number" in said.err) == (2, True)
    typo = loaded("points", "award", PAT, 5, "--key", "k", "--reasn", "r")
    assert (typo.status, "No such option: --reasn" in typo.err) == (2, True)
    ahead = loaded("points", "report", "--month", f"{clock.now().year + 1}-12")
    assert (ahead.status, "has not begun yet" in ahead.err) == (1, True)


def test_a_month_is_reported_and_a_place_of_few_people_counts_with_all(loaded: Line) -> None:
    award(loaded)
    loaded("programme", "apply", loaded.write("cost.toml", '[points]\ncost = "0.05"\ncurrency = "PHP"\n'))
    month = f"{clock.now():%Y-%m}"
    told = loaded("points", "report", "--month", month)
    assert "50 points were issued so far: 0 by rules, 0 by kudos, 50 by hand." in told.out
    assert "0.00 PHP were spent and 2.50 PHP are outstanding." in told.out
    as_json = loaded("points", "report", "--month", month, "--json").json
    assert (as_json["total"]["bonus"], as_json["total"]["outstanding"]) == (50, 50)
    # So few people work in Cebu that its total would be somebody's balance.
    assert [(place["site"], place["team"]) for place in as_json["places"]] == [("", "")]
    assert PAT not in told.out
    rows = list(csv.DictReader(loaded("points", "report", "--month", month, "--csv").out.splitlines()))
    assert [(row["site"], row["bonus"]) for row in rows] == [("", "50")]
    assert [site["outstanding"] for site in as_json["sites"]] == [50]
    # Before this month there was nothing: without a month it is this one.
    newest = loaded("points", "report", "--json").json
    assert (newest["month"], newest["is_over"], newest["total"]) == (month, False, as_json["total"])
    loaded("points", "award", PAT, 90, "--minutes", "--key", "m", "--reason", "Worked a holiday")
    assert (
        "1 h 30 min of paid time were issued so far: 0 min by rules, 1 h 30 min by hand."
        in loaded("points", "report").out
    )
    wrong = loaded("points", "report", "--month", "soon")
    assert (wrong.status, "“soon” is not a month" in wrong.err) == (1, True)


def test_patterns_of_nothing_are_nothing(loaded: Line) -> None:
    said = loaded("points", "patterns")
    assert (said.status, "Nothing in it is worth a look." in said.out) == (0, True)
    assert loaded("points", "patterns", "--json").json["rings"] == []


def test_two_entries_of_one_person_have_one_balance(loaded: Line) -> None:
    award(loaded, "a", 50)
    loaded("points", "award", "Ada", 10, "--key", "b", "--reason", "Helped a new colleague")
    merged = loaded("people", "merge", PAT, "Ada")
    assert merged.status == 0
    assert loaded("points", "show", PAT, "--json").json["balances"] == {"points": 60}
    assert loaded("verify").status == 0
