"""The examples in docs/examples, each over a few rows of the file it is made for."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.facts import Feedback, Interaction, Presence, Profile, Shift
from bot.integrations.document import Document, FileShape, SiteName, Skip, Way
from bot.integrations.fields import FIELDS
from bot.integrations.files import load_mapping

from .conftest import EXAMPLES, Outcome, read_all


def moment(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def example(tmp_path: Path, mapping: str, name: str, content: str, encoding: str = "utf-8") -> Outcome:
    path = tmp_path / name
    path.write_text(content, encoding=encoding)
    return read_all(path, load_mapping(EXAMPLES / mapping))


def test_a_roster_with_a_night_shift(tmp_path: Path) -> None:
    outcome = example(
        tmp_path,
        "shifts.toml",
        "roster.csv",
        "Agent,Date,From,To,Kind\n"
        "Ada,05.03.2026,22:00,06:00,shift\n"
        "Ada,06.03.2026,01:00,01:30,Break\n"
        "Ben,05.03.2026,16:00,24:00,shift\n"
        "Ben,06.03.2026,,,off\n"
        "Ben,07.03.2026,08:00,16:00,party\n",
    )
    assert outcome.records == [
        Shift(
            "Ada-05.03.2026-22:00-shift", "Ada", moment("2026-03-05T22:00"), moment("2026-03-06T06:00"), activity="work"
        ),
        Shift("Ada-06.03.2026-01:00-Break", "Ada", moment("2026-03-06T01:00"), moment("2026-03-06T01:30"), "break"),
        Shift("Ben-05.03.2026-16:00-shift", "Ben", moment("2026-03-05T16:00"), moment("2026-03-06T00:00"), "work"),
    ]
    assert outcome.skipped == {"day off": 1}
    (rejected,) = outcome.rejected
    assert (rejected.line, rejected.field, rejected.value) == (6, "activity", "party")
    assert rejected.why.startswith("is not in the table of values; it holds: shift, pause")
    assert rejected.why.endswith("(column Kind)")


def test_presence_from_json_lines(tmp_path: Path) -> None:
    outcome = example(
        tmp_path,
        "presence.toml",
        "presence.jsonl",
        '{"id": 81, "agent": {"email": "ada@example.org"}, "status": "READY", "from": "2026-03-05T09:00:00Z", "seconds": 840}\n'
        '{"id": 82, "agent": {"email": "ada@example.org"}, "status": "LUNCH", "from": "2026-07-05T09:00:00.500+01:00", "seconds": 59.5}\n'
        "\n"
        '{"id": 83, "agent": null, "status": "OFFLINE"}\n'
        '{"id": 84, "agent": {"email": "ada@exam\n',
    )
    assert outcome.records == [
        Presence("81", "ada@example.org", moment("2026-03-05T09:00"), moment("2026-03-05T09:14"), "ready"),
        Presence("82", "ada@example.org", moment("2026-07-05T08:00:01"), moment("2026-07-05T08:01:01"), "away"),
    ]
    assert outcome.lines == [1, 2]
    assert outcome.skipped == {"logged out": 1}
    assert [(bad.line, bad.why) for bad in outcome.rejected] == [(5, "is not JSON")]
    assert outcome.read == 4


def test_surveys_from_excel_in_europe(tmp_path: Path) -> None:
    outcome = example(
        tmp_path,
        "feedback.toml",
        "surveys.csv",
        "Survey;Call;Agent;Sent;Answered;Rating;Recommend;Solved;Remark\r\n"
        "S-1;C-17;Ada;05/03/2026 10:15;05/03/2026 11:02;4,5;9;Yes;Très bien\r\n"
        "S-2;C-18;n/a;05/03/2026 10:40;;0;-;;\r\n",
        encoding="windows-1252",
    )
    assert outcome.records == [
        Feedback(
            "S-1",
            agent="Ada",
            contact="C-17",
            channel="phone",
            requested=moment("2026-03-05T10:15"),
            responded=moment("2026-03-05T11:02"),
            stars=4_500,
            recommend=9,
            resolved=1,
            comment="Très bien",
        ),
        Feedback("S-2", agent=None, contact="C-18", channel="phone", requested=moment("2026-03-05T10:40")),
    ]


def test_people(tmp_path: Path) -> None:
    outcome = example(
        tmp_path,
        "people.toml",
        "people.csv",
        "Id,First name,Last name,Mail,Site,Team,Role,Joined,Hours a week\n"
        "17,Ada,Lovelace,Ada@Example.org,Lisbon,Blue,Team Lead,2025-09-01,38.5\n"
        "18,Ben,,,,,,,\n"
        "19,,,,,,Boss,yesterday,many\n",
    )
    assert outcome.records == [
        Profile(
            "17",
            "Ada Lovelace",
            email="ada@example.org",
            site="Lisbon",
            team="Blue",
            role="lead",
            starts_on="2025-09-01",
            contracted_minutes=2310,
        ),
        Profile("18", "Ben", role="agent"),
    ]
    assert [(bad.line, bad.field, bad.value) for bad in outcome.rejected] == [
        (4, "starts_on", "yesterday"),
        (4, "contracted_minutes", "many"),
        (4, "role", "boss"),
    ]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.name)
def test_every_example_is_a_mapping_with_a_comment(path: Path) -> None:
    assert load_mapping(path).text.startswith("#")


def test_messages_of_a_chat(tmp_path: Path) -> None:
    (tmp_path / "chats.toml").write_text(
        'kind = "interactions"\nsource = "chats"\nsite = { name = "Lisbon", zone = "Europe/Lisbon" }\n[fields]\n'
        'external_id = "id"\nagent = "agent"\nchannel = "channel"\nstart = "assigned"\narrival = "opened"\n'
        'reply_seconds = { from = "start", to = { column = "replied" }, minimum = 0 }\n'
        'messages = { column = "times", format = "iso" }\n'
        'after_contact_seconds = { column = "wrap", unit = "h:mm:ss" }\n'
    )
    path = tmp_path / "chats.jsonl"
    path.write_text(
        '{"id": "a", "agent": "Ada", "channel": "Chat", "opened": "2026-03-05T08:59:30Z", "assigned": "2026-03-05T09:00:00Z",'
        ' "replied": "2026-03-05T09:00:12Z", "wrap": "0:01:05",'
        ' "times": ["2026-03-05T09:01:00Z", "2026-03-05T08:59:40Z", "2026-03-05T09:00:12Z"]}\n'
        '{"id": "b", "agent": "Ada", "channel": "CHAT", "assigned": "2026-03-05T10:00:00Z", "replied": null, "times": []}\n'
    )
    start = moment("2026-03-05T09:00")
    assert read_all(path, load_mapping(tmp_path / "chats.toml")).records == [
        Interaction(
            "a",
            "Ada",
            "chat",
            start,
            arrival=start - 30,
            reply_seconds=12,
            messages="12,60",
            after_contact_seconds=65,
        ),
        Interaction("b", "Ada", "chat", start + 3600),
    ]


def test_the_guide_shows_mappings_that_work(tmp_path: Path) -> None:
    guide = (EXAMPLES.parent / "import.md").read_text()
    blocks = re.findall(r"```(csv|toml)\n(.*?)```", guide, flags=re.DOTALL)
    (tmp_path / "calls.toml").write_text(next(text for language, text in blocks if language == "toml"))
    (tmp_path / "calls.csv").write_text(next(text for language, text in blocks if language == "csv"))
    outcome = read_all(tmp_path / "calls.csv", load_mapping(tmp_path / "calls.toml"))
    assert outcome.column("talk_seconds") == [220, 725]
    assert outcome.rejected == []


def test_the_guide_names_every_key_and_every_field() -> None:
    guide = (EXAMPLES.parent / "import.md").read_text()
    keys = {key for table in (Document, FileShape, SiteName, Skip, Way) for key in table.written()}
    names = {name for fields in FIELDS.values() for name in fields}
    assert [key for key in sorted(keys | names) if not re.search(rf"\b{key}\b", guide)] == []
