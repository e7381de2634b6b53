"""`encore people`: list, link, unlink, merge."""

import contextlib

import pytest
from sqlmodel import select

from bot.store import tables
from bot.store.database import Database
from tests.cli.conftest import Line

PAT = "O'Brien [red]Pat[/]"
SPAN = ("--from", "2026-03-01", "--to", "2026-03-31", "--json")


@pytest.fixture
def loaded(line: Line) -> Line:
    line.load()
    return line


def test_everybody_is_listed_with_every_name(loaded: Line) -> None:
    loaded("people", "link", PAT, "--slack", "U07PAT", "--email", "Pat@Example.org", "--identity", "phones/81")
    said = loaded("people", "list", "--json")
    ada, pat = said.json
    assert (said.status, said.err) == (0, "")
    assert pat == {
        "id": 2, "name": PAT, "site": "Cebu", "team": None, "roles": [], "emails": ["pat@example.org"],
        "slack": ["U07PAT"], "identities": [{"source": "calls", "id": PAT}, {"source": "phones", "id": "81"}],
    }  # fmt: skip
    assert (ada["name"], ada["slack"]) == ("Ada", [])
    titles, *lines = loaded("people", "list").out.splitlines()
    assert titles.split() == ["Id", "Name", "Site", "/", "team", "Roles", "Slack", "E-mail"]
    assert "not in Slack yet" in lines[0]
    assert PAT in lines[1]
    assert lines[1].endswith("pat@example.org")


def test_somebody_leaves_and_what_becomes_of_their_points_is_said(loaded: Line) -> None:
    loaded("points", "award", "Ada", 50, "--key", "k", "--reason", "Covered a night shift")
    said = loaded("people", "leave", "Ada", "--on", "2026-12-01")
    assert (said.status, said.out) == (
        0,
        "Ada is away from 2026-12-01 on, with 50 points and 0 min. By the programme all of it is kept, for whoever comes back.\n",
    )
    rules = loaded.write("rules.toml", '[points]\nleavers = "forfeit"\nleaver_days = 5\n')
    loaded("programme", "apply", rules)
    assert "there on 2026-12-06 then lapse" in loaded("people", "leave", "Ada", "--on", "2026-12-01").out
    assert loaded("people", "leave", "Ada", "--stays").out == "Ada stays.\n"


def test_linking_says_who_it_was_and_a_linked_agent_is_no_longer_unmatched(loaded: Line) -> None:
    assert loaded("people", "link", PAT, "--slack", "U07PAT").out == f"{PAT} is linked.\n"
    assert loaded.load("interactions", "calls", "--json").json["unmatched_agents"] == ["Ada"]


def test_a_name_that_is_somebody_elses_is_refused_with_the_way_out(loaded: Line) -> None:
    loaded("people", "link", "Ada", "--slack", "U07ADA", "--email", "ada@example.org")
    for name in (("--slack", "U07ADA"), ("--email", "ADA@example.org"), ("--identity", "calls/Ada")):
        said = loaded("people", "link", PAT, *name)
        assert (said.status, said.out) == (1, "")
        assert "encore people merge 2 1" in said.err
    assert loaded("people", "list", "--json").json[1]["slack"] == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "say what to link"),
        (("--slack", "pat"), "“pat” is not a Slack member id"),
        (("--identity", "phones"), "“phones” is not SOURCE/ID"),
    ],
)
def test_what_cannot_be_a_name_is_refused(loaded: Line, options: tuple[str, ...], told: str) -> None:
    said = loaded("people", "link", "Ada", *options)
    assert said.status != 0
    assert told in said.err


def test_two_entries_become_one_and_their_figures_add_up(loaded: Line) -> None:
    said = loaded("people", "merge", "Ada", PAT)
    assert said.out == f"{PAT} (id 2) is Ada (id 1) now; 1 rows moved.\n"
    assert loaded("stats", "Ada", *SPAN).json["metrics"]["handle_time"]["numerator"] == 110
    assert loaded("stats", PAT, *SPAN).status == 3
    assert [p["name"] for p in loaded("people", "list", "--json").json] == ["Ada"]
    assert loaded("people", "merge", "Ada", "Ada").status == 1
    assert loaded("people", "merge", "Ada", "Nobody At All").status == 3
    assert loaded.load("interactions", "calls", "--json").json["unchanged"] == 3
    assert loaded("rebuild").out.endswith("0 figures differed.\n")


def test_a_wrong_link_is_taken_away_again(loaded: Line, database_url: str) -> None:
    loaded("people", "link", "Ada", "--slack", "U07ADA", "--workspace", "T1")
    loaded("people", "link", "Ada", "--slack", "U07PAT")
    said = loaded("people", "unlink", "Ada", "--slack", "U07PAT")
    assert (said.status, said.out) == (0, "Ada is no longer linked to U07PAT.\n")
    assert [p["slack"] for p in loaded("people", "list", "--json").json] == [["U07ADA"], []]
    assert loaded("people", "link", PAT, "--slack", "U07PAT").status == 0
    # Whoever unlinks need not know in which workspace the link was made.
    assert loaded("people", "unlink", "Ada", "--slack", "U07ADA", "--workspace", "T2").status == 3
    assert loaded("people", "unlink", "Ada", "--slack", "U07ADA").status == 0
    assert [p["slack"] for p in loaded("people", "list", "--json").json] == [[], ["U07PAT"]]
    with contextlib.closing(Database(database_url)) as db:
        deeds = db.read_now(
            lambda s: s.exec(select(tables.Audit.deed, tables.Audit.subject, tables.Audit.before)).all()
        )  # fmt: skip
    assert [row[:2] for row in deeds if row[0] == "people.unlink"] == [("people.unlink", "person 1")] * 2
    assert any("U07PAT" in (row[2] or "") for row in deeds)


def test_a_link_that_is_not_there_is_not_taken_away(loaded: Line) -> None:
    loaded("people", "link", "Ada", "--slack", "U07ADA")
    said = loaded("people", "unlink", PAT, "--slack", "U07ADA")
    assert (said.status, said.out) == (3, "")
    assert f"{PAT} (id 2) is not linked to U07ADA" in said.err
    assert loaded("people", "list", "--json").json[0]["slack"] == ["U07ADA"]
    assert "not a Slack member id" in loaded("people", "unlink", "Ada", "--slack", "ada").err
    assert loaded("people", "unlink", "Ada").status == 2
