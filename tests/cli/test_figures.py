"""`encore stats`, `encore board`, `encore rebuild`."""

import json

import pytest

from tests.cli.conftest import Line

SPAN = ("--from", "2026-03-01", "--to", "2026-03-31")


@pytest.fixture
def loaded(line: Line) -> Line:
    line.load()
    return line


def test_an_agents_figures_as_json(loaded: Line) -> None:
    said = loaded("stats", "ada", *SPAN, "--json")
    assert (said.status, said.err) == (0, "")
    found = said.json
    assert (found["agent"], found["from"], found["to"]) == ("Ada", "2026-03-01", "2026-03-31")
    assert found["as_of"].endswith("+00:00")
    assert found["metrics"]["handle_time"] == {"value": 45.0, "numerator": 90, "denominator": 2, "count": 2}
    assert found["metrics"]["volume"] == {"value": 2, "numerator": 2, "denominator": None, "count": 2}
    assert found["metrics"]["longest_contact"] == {"value": 60, "numerator": 60, "denominator": None, "count": 2}
    assert found["metrics"]["csat"] == {"value": None, "numerator": None, "denominator": None, "count": 0}


def test_an_agents_and_a_sites_figures_in_words(loaded: Line) -> None:
    said = loaded("stats", "O'Brien [red]Pat[/]", *SPAN)
    assert said.out.startswith("O'Brien [red]Pat[/], 2026-03-01 to 2026-03-31\n")
    assert "20 s (1 contacts)" in said.out
    assert "not measured" in said.out
    assert loaded("stats", "--site", "cebu", *SPAN, "--json").json["metrics"]["handle_time"]["numerator"] == 110


def test_an_unknown_agent_ends_with_3_and_the_nearest_names(loaded: Line) -> None:
    for asked, told in (("Adda", "Did you mean Ada?"), ("O'Brien [red]", "Did you mean O'Brien [red]Pat[/]?")):
        said = loaded("stats", asked, *SPAN, "--json")
        assert (said.status, said.out) == (3, "")
        assert f"Nobody is called “{asked}”. {told}" in said.err


def test_an_ambiguous_agent_ends_with_3_and_everybody_who_is_meant(loaded: Line) -> None:
    loaded.write("other.csv", "id,agent,start,talk\n1,ADA,2026-03-05T10:00,60\n")
    loaded.write("other.toml", (loaded.folder / "calls.toml").read_text().replace('"calls"', '"other"'))
    loaded.load("interactions", "other")
    said = loaded("stats", "Ada", *SPAN)
    assert (said.status, said.out) == (3, "")
    assert "“Ada” fits 2 people: Ada (id 1, Cebu); ADA (id 3, Cebu). Name one by the id." in said.err
    assert loaded("stats", 3, *SPAN, "--json").json["agent"] == "ADA"


def test_an_unknown_site_and_metric_end_with_3(loaded: Line) -> None:
    said = loaded("stats", "--site", "Sebu", *SPAN)
    assert (said.status, said.out) == (3, "")
    assert "Did you mean Cebu?" in said.err
    said = loaded("board", "happyness", "--on", "2026-03-05")
    assert (said.status, said.out) == (3, "")
    assert "Known are: csat" in said.err


@pytest.mark.parametrize(
    "words",
    [
        ("stats", "Ada"),
        ("stats", *SPAN),
        ("stats", "Ada", "--site", "Cebu", *SPAN),
        ("stats", "Ada", "--from", "yesterday", "--to", "2026-03-05"),
        ("board", "csat"),
        ("board", "csat", "--on", "2026-03-05", "--period", "year"),
        ("scores",),
    ],
)
def test_wrong_use_ends_with_2(line: Line, words: tuple[str, ...]) -> None:
    said = line(*words)
    assert (said.status, said.out) == (2, "")


def test_a_board_of_any_metric(line: Line) -> None:
    rows = [(name, n) for name, talked in (("Ada", 7), ("Bea", 5), ("Cat", 7), ("Dan", 2)) for n in range(talked)]
    text = "".join(f"{name}{n},{name},2026-03-05T10:{n:02},{60 + n}\n" for name, n in rows)
    line.write("calls.csv", f"id,agent,start,talk\n{text}")
    line.load()
    board = line("board", "volume", "--on", "2026-03-31", "--period", "month", "--site", "CEBU", "--json").json
    assert [(r["place"], r["agent"], r["value"], r["count"]) for r in board["rows"]] == [
        (1, "Ada", 7, 7), (1, "Cat", 7, 7), (3, "Bea", 5, 5),
    ]  # fmt: skip
    assert (board["metric"], board["period"], board["unranked"]) == ("volume", "month", 1)
    handled = line("board", "handle_time", "--on", "2026-03-05", "--json").json["rows"]
    assert [(r["place"], r["agent"]) for r in handled] == [(None, "Ada"), (None, "Bea"), (None, "Cat")]
    words = line("board", "volume", "--on", "2026-03-05").out
    assert "1 with too few answers yet" in words
    assert line("board", "volume", "--on", "2026-03-06", "--json").json["rows"] == []


def test_a_rebuild_changes_nothing(loaded: Line) -> None:
    before = loaded("stats", "Ada", *SPAN, "--json").out
    assert loaded("rebuild").out == "3 people and sites computed anew; 0 figures differed.\n"
    after = loaded("stats", "Ada", *SPAN, "--json").out
    assert json.loads(after) == json.loads(before)
