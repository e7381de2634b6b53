"""Mappings and how their mistakes read: the key, what was found, what is possible."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InputError
from bot.integrations.document import parse_document
from bot.integrations.files import load_mapping, parse_mapping
from bot.integrations.plan import make_plan

from .conftest import CALLS, EXAMPLES


def test_a_mapping_says_what_it_reads() -> None:
    mapping = load_mapping(EXAMPLES / "bank_calls.toml")
    assert (mapping.kind, mapping.source, mapping.name) == ("interactions", "anonymous_bank", "bank_calls.toml")
    assert mapping.site is not None
    assert (mapping.site.name, mapping.site.zone) == ("Anonymous Bank", "Asia/Jerusalem")
    assert mapping.text == (EXAMPLES / "bank_calls.toml").read_text()
    assert mapping.columns[:3] == ("outcome", "server", "date")
    assert parse_mapping(mapping.text).document == mapping.document


def refusal(text: str) -> str:
    with pytest.raises(InputError) as refused:
        parse_mapping(text, "calls.toml")
    return str(refused.value)


def way(way: str, field: str = "talk_seconds") -> str:
    """The refusal of a mapping with one more field."""
    return refusal(CALLS.replace('talk_seconds = "talk"\n', "") + f"{field} = {way}\n")


def test_mistakes_of_the_document() -> None:
    assert refusal("kind = ").startswith("calls.toml is not TOML: ")
    assert refusal('source = "x"\n[fields]\n') == "calls.toml: kind is missing"
    assert refusal(CALLS.replace('"interactions"', '"calls"')) == (
        "calls.toml: kind must be 'interactions', 'feedback', 'shifts', 'presence' or 'people'; found: 'calls'"
    )
    assert refusal('sauce = "x"\n' + CALLS) == (
        'calls.toml: the mapping has the unknown key "sauce" (did you mean "source"?); '
        "possible: kind, source, contact_source, people_source, site, file, skip, fields"
    )
    assert refusal('contact_source = "x"\n' + CALLS) == "calls.toml: contact_source is for feedback alone"
    people = 'kind = "people"\nsource = "hr"\npeople_source = "x"\n[fields]\nexternal_id = "id"\n'
    assert refusal(people) == "calls.toml: people_source is for every kind but people"
    assert parse_mapping('people_source = "tel"\n' + CALLS).people_source == "tel"
    assert refusal(CALLS.replace('"calls"', "7")) == "calls.toml: source must be a valid string; found: 7"
    assert refusal(CALLS.replace("Europe/Lisbon", "Europe/Lisboa")) == (
        'calls.toml: site.zone "Europe/Lisboa" is not a time zone (did you mean "Europe/Lisbon"?); '
        "it is a name such as Asia/Jerusalem"
    )
    assert refusal(CALLS.replace("[site]", '[file]\nformat = "xlsx"\n[site]')) == (
        "calls.toml: file.format must be 'csv', 'tsv' or 'jsonl'; found: 'xlsx'"
    )
    assert refusal(CALLS.replace("[site]", '[file]\ncolumns = ["id", "Agent", "start", "talk"]\n[site]')) == (
        'calls.toml: file.columns does not list the column "agent" (did you mean "Agent"?); it lists: id, Agent, start, talk'
    )


def test_mistakes_of_the_fields() -> None:
    assert refusal(CALLS.replace('external_id = "id"\n', "")) == (
        "calls.toml: fields.external_id is missing: interactions cannot be read without it"
    )
    assert refusal(CALLS + 'talk_second = "x"\n').startswith(
        'calls.toml: fields.talk_second is not a field of interactions (did you mean "talk_seconds"?); possible: external_id,'
    )
    assert way("3") == "calls.toml: fields.talk_seconds must be a table of keys; found: 3"
    assert way('{ colum = "x" }').startswith(
        'calls.toml: fields.talk_seconds has the unknown key "colum" (did you mean "column"?); possible: column, columns,'
    )
    assert way('{ unit = "minutes" }') == (
        "calls.toml: fields.talk_seconds needs exactly one of column, columns, constant, first_of, date, field, from "
        "(time goes with date, to with from); found: none of them"
    )
    assert way('{ column = "x", constant = 3 }').endswith("found: column and constant")
    assert way('{ column = "x", unit = "minute" }') == (
        'calls.toml: fields.talk_seconds: unit "minute" is not possible (did you mean "minutes"?); '
        "possible: milliseconds, seconds, minutes, hours, h:mm:ss, mm:ss, h:mm"
    )
    assert way('{ column = "x", format = "iso" }').startswith(
        'calls.toml: fields.talk_seconds: "format" is not possible with column for a field that holds a duration; possible: '
    )
    assert way('{ constant = "soon" }') == (
        'calls.toml: fields.talk_seconds.constant is not a number such as 12.5; found: "soon"'
    )
    assert way('{ column = "x", values = { a = 5, b = "b" } }').startswith(
        "calls.toml: fields.talk_seconds.values.b is not a number"
    )
    assert way('{ first_of = [{ column = "x" }, { column = "y", unit = 3 }] }') == (
        "calls.toml: fields.talk_seconds.first_of[1].unit must be a valid string; found: 3"
    )
    assert way('{ column = "x", otherwise = "skip" }').startswith(
        "calls.toml: fields.talk_seconds.otherwise must be 'keep', 'reject' or 'empty'"
    )


def test_mistakes_of_moments() -> None:
    assert way('{ column = "x", format = "dd.mm.yyyy" }', "end") == (
        'calls.toml: fields.end.format "dd.mm.yyyy" is not a format; possible: iso, epoch, epoch_ms, epoch_us, '
        'or one written with %, such as "%d/%m/%Y"'
    )
    assert way('{ column = "x", format = "%d.%m.%Y" }', "end").endswith(
        "does not give a whole time: it needs %H and %M, or %I, %M and %p"
    )
    assert way('{ column = "x", format = "%d.%m. %H:%M" }', "end").endswith(
        "does not give a whole date: it needs a year, a month and a day"
    )
    assert '"%Q" is not a format: ' in way('{ column = "x", format = "%Q" }', "end")
    assert way('{ column = "x", zone = "Lisbon" }', "end") == (
        'calls.toml: fields.end.zone "Lisbon" is not a time zone such as Asia/Jerusalem, UTC or +02:00'
    )
    assert way('{ date = "x" }', "end").endswith(
        "fields.end needs both date and time; use column where one column holds both"
    )
    assert way('{ field = "start", plus = "hold" }', "end") == (
        'calls.toml: fields.end is computed from the field "hold", which the mapping does not name; '
        "it names: external_id, agent, channel, start"
    )
    assert way('{ field = "agent" }', "end") == 'calls.toml: fields.end needs a moment, and "agent" is a text'
    assert way('{ column = "e", not_before = "end" }', "end") == (
        "calls.toml: fields.end is computed from itself: end -> end"
    )


def test_mistakes_of_reasons_to_skip() -> None:
    assert refusal(CALLS + '[[skip]]\ncolumn = "x"\nempty = true\n') == "calls.toml: skip[0].reason is missing"
    assert refusal(CALLS + '[[skip]]\nreason = "x"\n').startswith(
        "calls.toml: skip[0] asks nothing: it needs a column and"
    )
    assert refusal(CALLS + '[[skip]]\nreason = "x"\ncolumn = "x"\nempty = true\nbelow = 3\n').startswith(
        "calls.toml: skip[0] needs a column and exactly one of equals, not_equals,"
    )
    assert "skip[0].matches is not a regular expression" in refusal(
        CALLS + '[[skip]]\nreason = "x"\ncolumn = "x"\nmatches = "("\n'
    )


def test_files_that_are_no_mappings(tmp_path: Path) -> None:
    for path, told in [
        (tmp_path / "no.toml", "There is no mapping"),
        (tmp_path, "is not a file; a mapping is a TOML file"),
    ]:
        with pytest.raises(InputError, match=told):
            load_mapping(path)
    path = tmp_path / "bad.toml"
    path.write_bytes(b"kind = \xff")
    with pytest.raises(InputError, match=r"bad.toml is not a mapping: byte 7 is not utf-8 text"):
        load_mapping(path)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["iso", "UTC", "start", "seconds"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["column", "date", "when", "plus"]), inner)
    ),
    max_leaves=5,
)
KEYS = ["column", "columns", "constant", "first_of", "date", "time", "field", "plus", "from", "to", "when", "values",
        "otherwise", "format", "zone", "not_before", "unit", "minimum", "scale", "default", "lower", "join"]  # fmt: skip


@given(
    field=st.sampled_from(["start", "talk_seconds", "messages", "topic"]),
    way=st.dictionaries(st.sampled_from(KEYS), VALUES),
)
def test_any_way_is_understood_or_refused_with_its_path(field: str, way: dict[str, object]) -> None:
    columns: dict[str, int] = {}
    fields = {"external_id": "id", "agent": "agent", "channel": {"constant": "phone"}, "start": "start", field: way}
    tables = {"kind": "interactions", "source": "x", "site": {"name": "L", "zone": "UTC"}, "fields": fields}
    try:
        make_plan(parse_document(tables), lambda column: columns.setdefault(column, len(columns)))
    except InputError as error:
        refused = str(error)
    else:
        refused = "fields."
    assert refused.startswith("fields.")
