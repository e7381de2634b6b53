"""Files of every shape: encodings, line ends, quotes, broken rows, and files that are refused as a whole."""

import gzip
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import InputError
from bot.integrations.files import parse_mapping, read

from .conftest import CALLS, Reading, read_all

ROWS = "id,agent,start,talk\n1,Ada,2026-03-05 09:00:00,60\n2,Zoë,2026-03-05 09:10:00,75\n"


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-8-sig", "utf-8"),
        ("latin-1", "latin-1"),
        ("windows-1252", "windows-1252"),
        ("utf-16", None),
        ("utf-16", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_with_every_line_end(reading: Reading, encoding: str, declared: str | None, end: str) -> None:
    mapping = CALLS if declared is None else CALLS.replace("[site]", f'[file]\nencoding = "{declared}"\n[site]')
    outcome = reading(ROWS.replace("\n", end).encode(encoding), mapping)
    assert outcome.column("agent") == ["Ada", "Zoë"]
    assert outcome.lines == [2, 3]
    assert outcome.rejected == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimiter_that_is_left_out_is_found(reading: Reading, delimiter: str) -> None:
    assert reading(ROWS.replace(",", delimiter)).column("talk_seconds") == [60, 75]


def test_quotes_may_hold_line_ends_and_the_lines_stay_those_of_the_file(reading: Reading) -> None:
    outcome = reading(
        'id,agent,start,talk,remark\r\n1,"Ada\r\nthe ""first""",2026-03-05 09:00:00,60,"a\nb"\r\n\r\n2,Ben,soon,1,\r\n'
        "3,Ben,2026-03-05 09:10:00,75,x"
    )
    assert outcome.column("agent") == ['Ada\r\nthe "first"', "Ben"]
    assert outcome.lines == [2, 7]
    assert [(bad.line, bad.field, bad.value) for bad in outcome.rejected] == [(6, "start", "soon")]
    assert outcome.read == 3


def test_all_bad_cells_of_a_row_are_told_and_stop_no_other_row(reading: Reading) -> None:
    outcome = reading(
        "id,agent,start,talk\n"
        ",Ada,2026-03-05,-5\n"
        f"2,{'x' * 300},2026-03-05 09:00:00,60\n"
        "3,Ada,2026-03-05 09:00:00,1:00\n"
        "4,Ada\n"
        "5,Ada,2026-03-05 09:00:00,60\n"
    )
    assert outcome.column("external_id") == ["5"]
    assert [(bad.line, bad.field, bad.value[:10], bad.why) for bad in outcome.rejected] == [
        (2, "external_id", "", "is empty, and there is no record without it (column id)"),
        (2, "start", "2026-03-05", "has no time of day (column start)"),
        (2, "talk_seconds", "-5", "is a negative duration (minimum = 0 makes such cells unknown) (column talk)"),
        (3, "agent", "xxxxxxxxxx", "is longer than 200 characters (column agent)"),
        (4, "talk_seconds", "1:00", "is not a number such as 12.5 (column talk)"),
        (5, "", "4 Ada", "has 2 columns, and 4 are expected"),
    ]
    assert {len(bad.value) for bad in outcome.rejected if bad.line == 3} == {80}
    assert outcome.read == 5


def test_pages_are_as_long_as_is_asked_for_anew(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("id,agent,start,talk\n" + "".join(f"{n},Ada,2026-03-05 09:00:00,60\n" for n in range(10)))
    sizes = iter([1, 2, 0, 4, 100, 100])
    pages = list(read(path, parse_mapping(CALLS), page_size=lambda: next(sizes)))
    assert [page.read for page in pages] == [1, 2, 1, 4, 2]
    assert pages[-1].position == path.stat().st_size


def test_a_header_alone_gives_no_pages(reading: Reading) -> None:
    assert reading("id,agent,start,talk\n").pages == []


def test_lines_before_the_header_and_columns_without_one(reading: Reading) -> None:
    preamble = CALLS.replace("[site]", "[file]\nskip_lines = 2\n[site]")
    outcome = reading("Report of March\n\n" + ROWS, preamble)
    assert outcome.lines == [4, 5]
    no_header = CALLS.replace("[site]", '[file]\ncolumns = ["id", "agent", "start", "talk"]\n[site]')
    outcome = reading(ROWS.partition("\n")[2], no_header)
    assert outcome.lines == [1, 2]


def test_cells_as_excel_keeps_them_text(reading: Reading) -> None:
    mapping = CALLS.replace("[site]", "[file]\nexcel_cells = true\n[site]")
    outcome = reading('id,agent,start,talk\n"=""007""",\'Ada,2026-03-05 09:00:00,60\n', mapping)
    assert (outcome.column("external_id"), outcome.column("agent")) == (["007"], ["Ada"])


def test_reasons_to_skip(reading: Reading) -> None:
    mapping = CALLS + (
        '[[skip]]\nreason = "test call"\ncolumn = "agent"\nmatches = "(?i)^test"\n'
        '[[skip]]\nreason = "nobody"\ncolumn = "agent"\nempty = true\n'
        '[[skip]]\nreason = "short"\nwhen = [{ column = "talk", below = 3 }, { column = "agent", not_equals = "Ada" }]\n'
        '[[skip]]\nreason = "endless"\ncolumn = "talk"\nabove = 86400\n'
    )
    start = "2026-03-05 09:00:00"
    outcome = reading(
        f"id,agent,start,talk\n1,Tester,{start},60\n2, ,{start},1\n3,Ben,{start},2.5\n4,Ada,{start},2\n5,Ben,{start},90000\n",
        mapping,
    )
    assert outcome.skipped == {"test call": 1, "nobody": 1, "short": 1, "endless": 1}
    assert outcome.column("external_id") == ["4"]
    assert outcome.read == 5


def test_the_wrong_file_is_refused_with_the_nearest_columns(reading: Reading) -> None:
    with pytest.raises(InputError) as refusal:
        reading("ID,Agent,Start time,talk,queue\n1,Ada,2026-03-05 09:00:00,60,x\n", name="export.csv")
    assert str(refusal.value) == (
        "export.csv is not a file for the mapping calls.toml (interactions).\n"
        "  expected the columns: id, agent, start, talk\n"
        "  found: ID, Agent, Start time, talk, queue\n"
        '  missing: id (did you mean "ID"?), agent (did you mean "Agent"?), start (did you mean "Start time"?)\n'
        "  what to do: name the file's own columns under [fields], or export a file that has these"
    )


def test_a_declared_delimiter_that_is_not_the_files(reading: Reading) -> None:
    with pytest.raises(InputError, match='parted by a semicolon: write delimiter = ";" under'):
        reading(ROWS.replace(",", ";"), CALLS.replace("[site]", '[file]\ndelimiter = ","\n[site]'))


def test_a_column_that_is_there_twice(reading: Reading) -> None:
    with pytest.raises(InputError, match='has the column "agent" 2 times'):
        reading("id,agent,agent,start,talk\n")


def test_files_that_are_no_files(tmp_path: Path) -> None:
    mapping = parse_mapping(CALLS)

    def refusal(path: Path) -> str:
        with pytest.raises(InputError) as refused:
            read(path, mapping, page_size=lambda: 1)
        return str(refused.value)

    assert refusal(tmp_path / "missing.csv").startswith("There is no file")
    assert "is a folder" in refusal(tmp_path)
    assert "is not an ordinary file" in refusal(Path("/dev/null"))
    path = tmp_path / "calls.csv"
    for content, told in [
        (b"", "calls.csv is empty"),
        (b" \r\n\n", "calls.csv is empty"),
        (b"PK\x03\x04rest", "an Excel workbook: save the sheet as CSV"),
        (gzip.compress(ROWS.encode()), "packed with gzip: unpack it first"),
        (bytes(range(1, 30)) * 100, "is not text but a binary file"),
        (ROWS.encode("utf-16-le"), "It may be UTF-16"),
    ]:
        path.write_bytes(content)
        assert told in refusal(path)
    path = tmp_path / "calls.dat"
    path.write_text(ROWS)
    assert 'format = "csv", "tsv" or "jsonl"' in refusal(path)


def test_an_undecodable_byte_is_named_before_any_row_is_read(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    head = "id,agent,start,talk\r" + "1,Ada,2026-03-05 09:00:00,60\r\n" * 100_000
    path.write_bytes(head.encode() + b"2,Zo\xeb,2026-03-05 09:00:00,60\n")
    with pytest.raises(InputError) as refused:
        read(path, parse_mapping(CALLS), page_size=lambda: 1)
    assert f"is not utf-8 text: line 100002, byte {len(head) + 5} of the file is 0xeb" in str(refused.value)
    assert 'encoding = "windows-1252"' in str(refused.value)


def test_a_file_cut_in_the_middle_of_a_character(reading: Reading) -> None:
    with pytest.raises(InputError, match="is not utf-8 text: line 2"):
        reading(b"id,agent,start,talk\n1,Zo\xc3")


def test_one_line_without_end_does_not_take_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    long = b"9," + b"x" * 25_000_000
    path.write_bytes(ROWS.encode() + long + b'"\r\n3,Ada,2026-03-05 09:20:00,1\n' + long)
    tracemalloc.start()
    outcome = read_all(path, parse_mapping(CALLS))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert outcome.column("external_id") == ["1", "2", "3"]
    assert outcome.lines == [2, 3, 5]
    assert [(bad.line, bad.why) for bad in outcome.rejected] == [
        (4, "is longer than 1 MiB"),
        (6, "is longer than 1 MiB"),
    ]
    assert peak < 10_000_000


def test_a_nul_character_rejects_its_row_alone(reading: Reading) -> None:
    outcome = reading(ROWS + "3,A\0da,2026-03-05 09:20:00,1\n4,Ada,2026-03-05 09:20:00,1\n")
    assert outcome.column("external_id") == ["1", "2", "4"]
    assert [(bad.line, bad.why) for bad in outcome.rejected] == [(4, "holds a NUL character")]


def test_a_quote_that_is_not_closed_is_told(reading: Reading) -> None:
    outcome = reading(ROWS + '3,"Ada,2026-03-05 09:20:00,1\n' + "4,Ada,2026-03-05 09:20:00,1\n" * 6_000)
    assert outcome.column("external_id")[:2] == ["1", "2"]
    assert "is a quote not closed?" in outcome.rejected[0].why
    assert outcome.rejected[0].line == 4
    unquoted = CALLS.replace("[site]", "[file]\nquote = ''\n[site]")
    assert reading(ROWS + '3,"Ada,2026-03-05 09:20:00,1\n', unquoted).column("agent") == ["Ada", "Zoë", '"Ada']


def test_a_file_in_which_no_row_can_be_read_is_refused(reading: Reading) -> None:
    bad = "".join(f"{n},Ada,soon,60\n" for n in range(20))
    with pytest.raises(
        InputError, match=r"none of the 20 rows read could be used\.\n  line 2, start: \"soon\" is not a date"
    ):
        reading("id,agent,start,talk\n" + bad, page_size=3)
    mended = reading("id,agent,start,talk\n" + bad + "x,Ada,2026-03-05 09:00:00,60\n", page_size=3)
    assert (len(mended.records), len(mended.rejected), mended.read) == (1, 20, 21)
    assert len(reading("id,agent,start,talk\n1,Ada,soon,60\n").rejected) == 1


JSON = CALLS.replace("[site]", '[file]\nformat = "jsonl"\n[site]').replace('agent = "agent"', 'agent = "who.names.0"')


def test_json_lines_with_every_kind_of_broken_line(reading: Reading) -> None:
    good = '"start": "2026-03-05T09:00:00Z", "talk": 60}'
    outcome = reading(
        f'{{"id": 1.50, "who": {{"names": ["Ada", "A."]}}, {good}\n'
        f'{{"id": "2", "who": {{"names": []}}, {good}\n'
        "[1, 2]\n"
        "{'id': 3}\n"
        f'{{"id": {{"a": 1}}, {good}\n'
        f'{{"id": "\\ud800", {good}\n'
        f'{{"id": "a\\u0000", {good}\n' + "[" * 100_000 + "\n"
        '{"id": true, "talk": NaN, "start": "2026-03-05T09:00:00Z"}\n',
        JSON,
    )
    assert outcome.column("external_id") == ["1.50", "2"]
    assert outcome.column("agent") == ["Ada", None]
    assert [(bad.line, bad.field, bad.why) for bad in outcome.rejected] == [
        (3, "", "is not a JSON object"),
        (4, "", "is not JSON"),
        (5, "", 'holds more than one value in "id"; name one inside it'),
        (6, "", "holds half of a pair of surrogates, which is no character"),
        (7, "", "holds a NUL character"),
        (8, "", "is not JSON"),
        (9, "talk_seconds", "is not a number such as 12.5 (column talk)"),
    ]


def test_json_that_is_not_lines_or_has_other_keys(reading: Reading) -> None:
    with pytest.raises(InputError, match="it begins a list: write one object a line"):
        reading('[\n{"id": 1}\n]\n', JSON)
    with pytest.raises(InputError, match=r"(?s)found: call.id, call.begin\n  missing: id.*nested keys with dots"):
        reading('{"call": {"id": 1, "begin": 2}}\n', JSON)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=400), st.text(max_size=300).map(lambda text: (ROWS + text).encode("utf-8", "replace"))
    )
)
@pytest.mark.parametrize("name", ["x.csv", "x.jsonl"])
def test_whatever_a_file_holds_it_is_read_or_refused(reading: Reading, name: str, content: bytes) -> None:
    try:
        outcome = reading(content, name=name)
    except InputError:
        return
    bad_rows = {bad.line for bad in outcome.rejected}
    assert len(outcome.records) + len(bad_rows) == outcome.read
