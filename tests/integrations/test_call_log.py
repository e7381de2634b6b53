"""A real month of calls, read through docs/examples/bank_calls.toml and counted again by the standard library alone."""

import csv
from collections import Counter
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.domain.facts import Interaction
from bot.errors import InputError
from bot.integrations.files import load_mapping, parse_mapping, read

from .conftest import EXAMPLES, Outcome, read_all

pytestmark = pytest.mark.recorded

ZONE = ZoneInfo("Asia/Jerusalem")


@pytest.fixture(scope="module")
def log(recorded_folder: Path) -> Path:
    return recorded_folder / "datasets" / "anonymous_bank_1999" / "data_anonymous_bank_february.txt"


@pytest.fixture(scope="module")
def rows(log: Path) -> list[dict[str, str]]:
    with log.open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.fixture(scope="module")
def outcome(log: Path) -> Outcome:
    return read_all(log, load_mapping(EXAMPLES / "bank_calls.toml"), page_size=997)


def calls(outcome: Outcome) -> dict[str, Interaction]:
    return {record.external_id: record for record in outcome.records if isinstance(record, Interaction)}


def local(moment: int | None) -> datetime:
    assert moment is not None
    return datetime.fromtimestamp(moment, ZONE).replace(tzinfo=None)


def clock_reading(row: dict[str, str], column: str) -> datetime:
    hour, minute, second = map(int, row[column].split(":"))
    year, month, day = int(row["date"][:2]) + 1900, int(row["date"][2:4]), int(row["date"][4:])
    return datetime.combine(date(year, month, day), time(hour, minute, second))


def test_every_row_is_read_and_accounted_for(outcome: Outcome, log: Path) -> None:
    assert outcome.read == 33_344
    assert outcome.skipped == {"phantom call": 278, "no agent": 6_395}
    assert sum(outcome.skipped.values()) == 6_673
    assert outcome.rejected == []
    assert len(calls(outcome)) == len(outcome.records) == 26_671
    assert len(set(outcome.column("agent"))) == 24
    assert outcome.pages[-1].position == log.stat().st_size


def test_contacts_and_talk_per_agent_and_day_equal_a_count_by_hand(
    outcome: Outcome, rows: list[dict[str, str]]
) -> None:
    contacts: Counter[tuple[str, str]] = Counter()
    talk: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if row["server"] != "NO_SERVER":
            day = f"19{row['date'][:2]}-{row['date'][2:4]}-{row['date'][4:]}"
            contacts[row["server"], day] += 1
            talk[row["server"], day] += int(row["ser_time"])

    our_contacts: Counter[tuple[str, str]] = Counter()
    our_talk: Counter[tuple[str, str]] = Counter()
    for call in calls(outcome).values():
        key = (call.agent or "", local(call.arrival).date().isoformat())
        our_contacts[key] += 1
        our_talk[key] += call.talk_seconds or 0

    assert our_contacts == contacts
    assert our_talk == talk
    assert max(call.talk_seconds or 0 for call in calls(outcome).values()) == 4_264


def test_every_moment_equals_one_worked_out_by_hand(outcome: Outcome, rows: list[dict[str, str]]) -> None:
    found = calls(outcome)
    without_start = next_day = 0
    for row in rows:
        if row["server"] == "NO_SERVER":
            continue
        at = partial(clock_reading, row)
        call = found[f"{row['date']}-{row['vru+line']}-{row['call_id']}"]
        assert local(call.arrival) == at("vru_entry")
        start = at("ser_start")
        if row["ser_start"] == row["ser_exit"] == "0:00:00":
            without_start += 1
            start = at("q_exit") if row["q_exit"] != "0:00:00" else at("vru_exit")
        elif start < at("vru_entry"):
            next_day += 1
            start += timedelta(days=1)
        assert local(call.start) == start
        assert local(call.end) == start + timedelta(seconds=int(row["ser_time"]))
    assert (without_start, next_day) == (50, 4)


def test_what_is_not_known_is_none(outcome: Outcome, rows: list[dict[str, str]]) -> None:
    agents = [row for row in rows if row["server"] != "NO_SERVER"]
    queued = [row for row in agents if not row["q_start"] == row["q_exit"] == "0:00:00"]
    assert sum(wait is not None for wait in outcome.column("wait_seconds")) == len(queued) == 14_091
    assert outcome.column("customer").count(None) == sum(row["customer_id"] == "0" for row in agents) == 15_079


def test_negative_waits_are_unknown(log: Path, rows: list[dict[str, str]]) -> None:
    # The queue's own times are never negative; the answering machine's, a wait as well, are in 21 contacts.
    text = (EXAMPLES / "bank_calls.toml").read_text()
    begin = text.index("[fields.wait_seconds]")
    text = text[:begin] + text[begin:].replace("q_time", "vru_time", 1)
    outcome = read_all(log, parse_mapping(text))
    negative = [row for row in rows if int(row["vru_time"]) < 0 and row["server"] != "NO_SERVER"]
    assert len(negative) == 21
    waits = dict(zip(outcome.column("external_id"), outcome.column("wait_seconds"), strict=True))
    assert {waits[f"{row['date']}-{row['vru+line']}-{row['call_id']}"] for row in negative} == {None}
    assert outcome.rejected == []


def test_the_lines_are_those_of_the_file(outcome: Outcome, log: Path) -> None:
    text = log.read_text().splitlines()
    for line, identity in list(zip(outcome.lines, outcome.column("external_id"), strict=True))[::500]:
        cells = text[line - 1].split("\t")
        assert identity == f"{cells[5]}-{cells[0]}-{cells[1]}"


def test_the_coverage_pattern_is_refused_as_a_roster(log: Path) -> None:
    """It has hours and counts, no people and no dates, and lines that end in a bare carriage return."""
    pattern = log.with_name("data_anonymous_bank_shifts.csv")
    with pytest.raises(InputError) as refusal:
        read(pattern, load_mapping(EXAMPLES / "shifts.toml"), page_size=lambda: 100)
    told = str(refusal.value)
    assert "data_anonymous_bank_shifts.csv is not a file for the mapping shifts.toml (shifts)" in told
    assert "expected the columns: Kind, Agent, Date, From, To" in told
    assert "found: Hour, StartTime, Shift1, Shift2," in told
    assert "what to do: name the file's own columns under [fields]" in told


@pytest.mark.parametrize(("agent", "start", "end"), [("Hour", "StartTime", "Shift1"), ("Shift1", "Shift2", "Shift3")])
def test_it_is_refused_even_by_a_mapping_that_names_its_columns(log: Path, agent: str, start: str, end: str) -> None:

    mapping = parse_mapping(
        f'kind = "shifts"\nsource = "x"\nsite = {{ name = "X", zone = "UTC" }}\n[fields]\n'
        f'external_id = "Hour"\nagent = "{agent}"\nstart = "{start}"\nend = "{end}"\n'
    )
    pattern = log.with_name("data_anonymous_bank_shifts.csv")
    pages = read(pattern, mapping, page_size=lambda: 10)
    with pytest.raises(InputError, match=r"none of the 24 rows read could be used.\n  line 2, start: "):
        list(pages)
