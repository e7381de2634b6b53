"""`encore import`: what is read, what is refused, what is saved and what is not."""

import contextlib
import sqlite3

import pytest
from sqlalchemy.engine import make_url

from tests.cli.conftest import SURVEYS, Line

SPAN = ("--from", "2026-03-01", "--to", "2026-03-31", "--json")


def test_a_file_is_read_and_read_again(line: Line) -> None:
    first = line.load("interactions", "calls", "--json")
    agents = ["Ada", "O'Brien [red]Pat[/]"]
    counted = {"import": 1, "read": 3, "new": 3, "changed": 0, "unchanged": 0, "skipped": {}, "rejected": []}
    assert (first.status, first.err, first.json) == (0, "", {**counted, "unmatched_agents": agents})
    again = line.load("interactions", "calls", "--json")
    assert again.json == {**counted, "import": 2, "new": 0, "unchanged": 3, "unmatched_agents": agents}


def test_words_for_people_hold_names_as_they_are(line: Line) -> None:
    said = line.load()
    assert said.status == 0
    assert "3 rows read, 3 new, 0 changed, 0 unchanged" in said.out
    assert "2 agents are not linked to Slack yet: Ada, O'Brien [red]Pat[/]" in said.out


def test_bad_rows_are_told_and_stop_no_good_one(line: Line) -> None:
    line.write(
        "calls.csv", "id,agent,start,talk\n1,Ada,2026-03-05T10:00,60\n2,[bold],soon,30\n3,Ada,2026-03-05T11:00,[x]\n"
    )
    said = line.load("interactions", "calls", "--json")
    assert said.status == 0
    assert (said.json["read"], said.json["new"]) == (3, 1)
    assert [(r["line"], r["field"], r["value"]) for r in said.json["rejected"]] == [
        (3, "start", "soon"), (4, "talk_seconds", "[x]"),
    ]  # fmt: skip
    assert "line 4, talk_seconds: “[x]”" in line.load().err


def test_strict_saves_nothing_where_any_row_is_bad(line: Line) -> None:
    line.write("calls.csv", "id,agent,start,talk\n1,Ada,2026-03-05T10:00,60\n2,Ada,soon,30\n")
    said = line.load("interactions", "calls", "--strict", "--json")
    assert said.status == 1
    assert said.out == ""
    assert "line 3, start: “soon”" in said.err
    assert "nothing was saved" in said.err
    assert line("people", "list", "--json").json == []
    assert line("import", "--list").out == "Nothing was imported yet.\n"
    line.write("calls.csv", "id,agent,start,talk\n1,Ada,2026-03-05T10:00,60\n")
    assert line.load("interactions", "calls", "--strict", "--json").json["new"] == 1


def test_a_dry_run_tells_what_would_happen_and_saves_nothing(line: Line) -> None:
    said = line.load("interactions", "calls", "--dry-run", "--json")
    assert (said.json["import"], said.json["new"], said.json["changed"]) == (None, 3, 0)
    assert said.json["unmatched_agents"] == ["Ada", "O'Brien [red]Pat[/]"]
    assert line("people", "list", "--json").json == []
    assert line("import", "--list").out == "Nothing was imported yet.\n"
    assert line("site", "list").out == ""

    line.load()
    line.write(
        "calls.csv",
        "id,agent,start,talk\n1,Ada,2026-03-05T10:00,61\n2,Ada,2026-03-05T11:00,30\n9,Ada,2026-03-05T11:00,1\n",
    )
    said = line.load("interactions", "calls", "--dry-run", "--json")
    assert [said.json[key] for key in ("import", "new", "changed", "unchanged")] == [None, 1, 1, 1]
    assert line("stats", "Ada", *SPAN).json["metrics"]["handle_time"]["numerator"] == 90


def test_an_import_is_taken_back_once(line: Line) -> None:
    line.load()
    said = line("import", "--undo", 1)
    assert (said.status, said.out) == (0, "Import 1 is undone: 3 rows of calls.csv taken back.\n")
    again = line("import", "--undo", 1)
    assert (again.status, again.out) == (1, "")
    assert "undone already" in again.err
    assert line("stats", "Ada", *SPAN).json["metrics"]["volume"]["value"] == 0
    assert "undone" in line("import", "--list").out
    unknown = line("import", "--undo", 77)
    assert (unknown.status, unknown.out) == (3, "")
    assert "There is no import 77. The newest are: 1." in unknown.err


def test_a_file_of_the_wrong_shape_is_refused_and_nothing_is_saved(line: Line) -> None:
    line.write("calls.csv", "hour,count\n1,2\n")
    said = line.load("interactions", "calls", "--json")
    assert (said.status, said.out) == (1, "")
    assert "expected the columns: id, agent, start, talk" in said.err
    assert "found: hour, count" in said.err
    assert line("import", "--list").out == "Nothing was imported yet.\n"


def test_a_mapping_of_another_kind_names_the_right_command(line: Line) -> None:
    said = line.load("shifts", "calls")
    assert said.status == 1
    assert "use `encore import interactions`" in said.err


def test_a_site_that_has_another_zone_is_refused(line: Line) -> None:
    line("site", "add", "Cebu", "Europe/Lisbon")
    said = line.load()
    assert said.status == 1
    assert "The site “Cebu” is in Europe/Lisbon, and the mapping says Asia/Manila" in said.err
    assert line("import", "--list").out == "Nothing was imported yet.\n"


@pytest.mark.parametrize(
    "words",
    [
        ("import", "interactions"),
        ("import", "interactions", "calls.csv"),
        ("import", "interactions", "calls.csv", "--mapping", "calls.toml", "--quick"),
        ("import", "poems", "calls.csv"),
        ("import", "--undo", "first"),
    ],
)
def test_wrong_use_ends_with_2(line: Line, words: tuple[str, ...]) -> None:
    said = line(*words)
    assert (said.status, said.out) == (2, "")


def test_surveys_of_another_tool_find_their_calls(line: Line) -> None:
    line.load()
    line.write("surveys.csv", "id,call,at,stars\ns1,1,2026-03-06T10:00,5\ns2,3,2026-03-06T10:00,2\n")
    assert line.load("feedback", "surveys", "--json").json["new"] == 2
    rows = line("board", "csat", "--on", "2026-03-05", "--json").json
    assert (rows["rows"], rows["unranked"]) == ([], 2)
    assert line("stats", "O'Brien [red]Pat[/]", *SPAN).json["metrics"]["csat"]["value"] == 2
    assert line.load("feedback", "surveys", "--json").json["unchanged"] == 2


def test_people_are_read_from_a_directory(line: Line) -> None:
    line("site", "add", "Cebu", "Asia/Manila")
    line.write(
        "people.csv", "id,name,mail,site\n17,Ada,ada@example.org,cebu\n18,Bea,ada@example.org,Cebu\n19,Cat,,Atlantis\n"
    )
    said = line.load("people", "people", "--json")
    assert [said.json[key] for key in ("read", "new", "changed", "unchanged")] == [3, 1, 0, 0]
    assert [(r["line"], r["field"], r["value"]) for r in said.json["rejected"]] == [
        (3, "email", "ada@example.org"), (4, "site", "Atlantis"),
    ]  # fmt: skip
    assert [p["name"] for p in line("people", "list", "--json").json] == ["Ada"]
    assert line.load("people", "people", "--json").json["unchanged"] == 1
    assert line("import", "--undo", 1).status == 1


def test_a_dry_run_of_people_tells_what_would_happen(line: Line) -> None:
    line("site", "add", "Cebu", "Asia/Manila")
    line.write("people.csv", "id,name,mail,site\n17,Ada,ada@example.org,Cebu\n19,Cat,,Atlantis\n")
    said = line.load("people", "people", "--dry-run", "--json")
    assert [said.json[key] for key in ("import", "read", "new", "changed")] == [None, 2, 1, 0]
    assert [r["field"] for r in said.json["rejected"]] == ["site"]
    assert line("people", "list", "--json").json == []


def test_a_dry_run_knows_the_contacts_that_surveys_name(line: Line) -> None:
    line.load()
    line.write("surveys.csv", "id,call,at,stars\ns1,1,2026-03-06T10:00,5\n")
    line.load("feedback", "surveys")
    assert line.load("feedback", "surveys", "--dry-run", "--json").json["unchanged"] == 1


def test_strict_saves_nobody_where_anybody_is_refused(line: Line) -> None:
    line.write("people.csv", "id,name,mail,site\n17,Ada,,\n19,Cat,,Atlantis\n")
    said = line.load("people", "people", "--strict")
    assert said.status == 1
    assert "Atlantis" in said.err
    assert line("people", "list", "--json").json == []


def test_strict_saves_nothing_where_the_service_refuses_a_row(line: Line) -> None:
    """Such a row reads well: only what is known already tells that the survey has no day."""
    line.load()
    line.write("surveys.csv", "id,call,at,stars\ns1,1,2026-03-06T10:00,5\ns2,77,,2\n")
    said = line.load("feedback", "surveys", "--strict", "--json")
    assert (said.status, said.out) == (1, "")
    assert "line 3, responded" in said.err
    assert "the contact “77” is not known yet" in said.err
    assert "surveys.csv" not in line("import", "--list").out


def test_a_file_without_a_good_row_leaves_no_import(line: Line) -> None:
    line.write("calls.csv", "id,agent,start,talk\n" + "".join(f"{n},Ada,soon,60\n" for n in range(12)))
    said = line.load()
    assert said.status == 1
    assert "none of the 12 rows read could be used" in said.err
    assert line("import", "--list").out == "Nothing was imported yet.\n"


def test_control_characters_of_a_file_do_not_reach_the_terminal(line: Line) -> None:
    line.write("calls.csv", "id,agent,start,talk\n1,\x1b[2JAda\x9b1m\x7f,2026-03-05T10:00,60\n2,Ada,\x1b]0;x\x07,30\n")
    said = line.load()
    assert "\\x1b[2JAda\\x9b1m\\x7f" in said.out
    assert "line 3, start: “\\x1b]0;x\\x07”" in said.err
    listed = line("people", "list").out
    assert "\\x1b[2JAda" in listed
    assert not {"\x1b", "\x9b", "\x7f", "\x07"} & set(said.out + said.err + listed)


def test_people_of_another_source_are_not_unmatched_and_nobody_appears_twice(line: Line) -> None:
    line.load()
    line("people", "link", "Ada", "--slack", "U07ADA")
    surveys = SURVEYS.replace("[site]", 'people_source = "calls"\n[site]', 1) + 'agent = "agent"\n'
    line.write("surveys.toml", surveys)
    line.write("surveys.csv", "id,call,at,stars,agent\ns1,1,2026-03-06T10:00,5,Ada\n")
    for options in (("--dry-run",), ()):
        said = line.load("feedback", "surveys", "--json", *options)
        assert (said.json["new"], said.json["unmatched_agents"]) == (1, [])
    assert line.load("feedback", "surveys", "--dry-run", "--json").json["unchanged"] == 1
    assert [p["name"] for p in line("people", "list", "--json").json] == ["Ada", "O'Brien [red]Pat[/]"]


def test_a_database_that_another_program_holds_is_told_in_one_line(
    line: Line, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENCORE_DATABASE_URL", sqlite_url)
    monkeypatch.setattr("bot.store.database.BUSY_TIMEOUT_MS", 50)
    line.load()
    with contextlib.closing(sqlite3.connect(make_url(sqlite_url).database or "")) as other:
        other.execute("BEGIN IMMEDIATE")
        said = line("people", "link", "Ada", "--slack", "U07ADA")
        assert (said.status, said.out) == (1, "")
        assert said.err == "The database is locked by another program; try again.\n"
        # Whoever only reads does not wait.
        assert line("stats", "Ada", *SPAN).json["metrics"]["volume"]["value"] == 2
