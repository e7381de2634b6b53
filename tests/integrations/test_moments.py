"""Clock readings: formats, zones, days on which clocks change, and times past midnight."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InputError
from bot.integrations.cells import CellError
from bot.integrations.moments import Zone, clock, day, moment, zone_named

from .conftest import Reading

LISBON = Zone(ZoneInfo("Europe/Lisbon"))
ZONES = [
    "Europe/Lisbon",
    "Asia/Jerusalem",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Cairo",
    "UTC",
]
EARLIEST, LATEST = datetime(1970, 1, 3, tzinfo=UTC), datetime(2099, 12, 28, tzinfo=UTC)
READINGS = st.datetimes(EARLIEST.replace(tzinfo=None), LATEST.replace(tzinfo=None))


def shown(seconds: object, zone: str = "UTC") -> str:
    assert isinstance(seconds, int)
    return datetime.fromtimestamp(seconds, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("text", "formats", "expected"),
    [
        ("2026-07-05 10:00:00", ["iso"], "2026-07-05 09:00:00"),
        ("2026-07-05T10:00", ["iso"], "2026-07-05 09:00:00"),
        ("20260705T100000Z", ["iso"], "2026-07-05 10:00:00"),
        ("2026-07-05 10:00:00+05:30", ["iso"], "2026-07-05 04:30:00"),
        ("2026-07-05 10:00:00.499999", ["iso"], "2026-07-05 09:00:00"),
        ("2026-07-05 10:00:00.5", ["iso"], "2026-07-05 09:00:01"),
        ("05/07/26 3:04 PM", ["%d/%m/%y %I:%M %p"], "2026-07-05 14:04:00"),
        ("05.07.2026   15:04", ["%d.%m.%Y %H:%M"], "2026-07-05 14:04:00"),
        ("5 Jul 2026 15:04:05 +0000", ["%d %b %Y %H:%M:%S %z"], "2026-07-05 15:04:05"),
        ("05.07.2026 15:04", ["iso", "%d.%m.%Y %H:%M"], "2026-07-05 14:04:00"),
        ("1783242245", ["epoch"], "2026-07-05 09:04:05"),
        ("1783242245.5", ["epoch"], "2026-07-05 09:04:06"),
        ("1783242245499", ["epoch_ms"], "2026-07-05 09:04:05"),
        ("1783242245500000", ["epoch_us"], "2026-07-05 09:04:06"),
    ],
)
def test_formats(text: str, formats: list[str], expected: str) -> None:
    assert shown(moment(formats)(text, LISBON)) == expected


@pytest.mark.parametrize(
    ("text", "formats", "why"),
    [
        ("2026-07-05", ["iso"], "has no time of day"),
        ("2026-13-05 10:00", ["iso"], "is not a date and time such as 2024-12-31 13:45:00"),
        ("1899-12-30 10:00", ["iso"], "lies in the year 1899, not between 1970 and 2099"),
        ("0001-01-01T00:00+14:00", ["iso"], "lies in the year 1, not between 1970 and 2099"),
        ("31.02.2026 10:00", ["%d.%m.%Y %H:%M"], "is not a date and time written as %d.%m.%Y %H:%M"),
        (
            "1783242245499",
            ["epoch"],
            "lies not between 1970 and 2099: epoch counts seconds, epoch_ms and epoch_us less",
        ),
        ("-1", ["epoch", "iso"], "lies not between 1970 and 2099: epoch counts seconds, epoch_ms and epoch_us less"),
        ("9" * 5000, ["epoch"], "is not a date and time in epoch"),
    ],
)
def test_what_is_no_moment(text: str, formats: list[str], why: str) -> None:
    with pytest.raises(CellError) as error:
        moment(formats)(text, LISBON)
    assert (error.value.value, error.value.why) == (text, why)


def test_clock_changes_never_fail() -> None:
    """Skipped local times move forward by the gap; of two equal readings it is the first."""
    read = moment(["iso"])
    assert shown(read("2026-03-29 01:30:00", LISBON), "Europe/Lisbon") == "2026-03-29 02:30:00"
    assert shown(read("2026-10-25 01:30:00", LISBON)) == "2026-10-25 00:30:00"
    cairo = Zone(ZoneInfo("Africa/Cairo"))
    assert shown(read("2026-04-24 00:30:00", cairo), "Africa/Cairo") == "2026-04-24 01:30:00"
    # The day that Samoa left out.
    apia = Zone(ZoneInfo("Pacific/Apia"))
    assert shown(read("2011-12-30 12:00:00", apia), "Pacific/Apia") == "2011-12-31 12:00:00"


@given(local=READINGS, name=st.sampled_from(ZONES))
def test_local_times_are_those_of_the_zone_database(local: datetime, name: str) -> None:
    zone = Zone(ZoneInfo(name))
    local = local.replace(microsecond=0, fold=0)
    expected = int(local.replace(tzinfo=ZoneInfo(name)).timestamp())
    text = local.strftime("%Y-%m-%d %H:%M:%S")
    assert moment(["iso"])(text, zone) == expected
    assert moment(["%Y-%m-%d %H:%M:%S"])(text, zone) == expected
    assert moment(["epoch_ms"])(str(expected * 1000), zone) == expected
    assert zone.moment(day(["iso"])(text[:10]), clock(["iso"])(text[11:])) == expected


@given(READINGS)
def test_seconds_are_rounded_once_and_half_up(local: datetime) -> None:
    whole = local.replace(microsecond=0, tzinfo=UTC).timestamp()
    assert moment(["iso"])(local.isoformat(), zone_named("UTC")) == whole + (local.microsecond >= 500_000)


@given(
    text=st.text(max_size=40),
    formats=st.lists(st.sampled_from(["iso", "epoch", "epoch_us", "%d/%m/%y %H:%M", "%c", "%x %X %z"]), min_size=1),
)
def test_any_text_is_a_moment_or_a_bad_cell(text: str, formats: list[str]) -> None:
    for read in (
        lambda: moment(formats)(text, LISBON),
        lambda: day(["iso", "%d%m%y"])(text),
        lambda: clock(["iso", "%I%p"])(text),
        lambda: zone_named(text),
    ):
        with suppress(CellError):
            read()


@pytest.mark.parametrize(
    "name", ["America", "../etc/passwd", "", "Lisbon", "+25:00", "/etc/localtime", "a" * 5000, "\0"]
)
def test_what_is_no_zone(name: str) -> None:
    with pytest.raises(CellError, match="is not a time zone"):
        zone_named(name)


def mapping(fields: str, site: str = '[site]\nname = "L"\nzone = "Europe/Lisbon"\n') -> str:
    return (
        f'kind = "interactions"\nsource = "x"\n{site}[fields]\nexternal_id = "id"\nagent = {{ constant = "Ada" }}\n'
        f'channel = {{ constant = "phone" }}\n{fields}'
    )


def test_a_zone_for_a_column_and_a_zone_in_a_column(reading: Reading) -> None:
    fields = mapping(
        'start = { column = "s", zone_column = "tz" }\narrival = { column = "a", zone = "UTC" }\n'
        'end = { date = "d", time = "t", zone_column = "tz" }\n'
    )
    outcome = reading(
        "id,s,tz,a,d,t\n"
        "1,2026-07-05 10:00:00,Asia/Jerusalem,2026-07-05 06:59:00,2026-07-05,10:10\n"
        "2,2026-07-05 10:00:00,,2026-07-05 08:59:00,,\n"
        "3,2026-07-05 10:00:00,-03:00,,2026-07-05,24:00\n"
        "4,2026-07-05 10:00:00,Atlantis,,2026-07-05,24:00\n",
        fields,
    )
    assert [shown(start) for start in outcome.column("start")] == [
        "2026-07-05 07:00:00",
        "2026-07-05 09:00:00",
        "2026-07-05 13:00:00",
    ]
    assert [end and shown(end) for end in outcome.column("end")] == [
        "2026-07-05 07:10:00",
        None,
        "2026-07-06 03:00:00",
    ]
    assert [(bad.field, bad.value) for bad in outcome.rejected] == [("start", "Atlantis"), ("end", "Atlantis")]


def test_past_midnight_is_the_next_local_day_also_when_clocks_change(reading: Reading) -> None:
    fields = mapping(
        'arrival = { date = "d", time = "a" }\n'
        'start = { date = "d", time = "s", not_before = "arrival", tolerance_seconds = 5 }\n'
        'end = { date = "d", time = "e", not_before = "start" }\n'
    )
    outcome = reading(
        "id,d,a,s,e\n"
        "night,2026-03-28,23:59:00,0:00:30,6:00:00\n"
        "early,2026-03-28,09:00:00,8:59:55,9:05:00\n"
        "later,2026-03-28,09:00:00,8:59:54,9:05:00\n",
        fields,
    )
    starts, ends = outcome.column("start"), outcome.column("end")
    assert [shown(start, "Europe/Lisbon") for start in starts] == [
        "2026-03-29 00:00:30",
        "2026-03-28 08:59:55",
        "2026-03-29 08:59:54",
    ]
    assert shown(ends[0], "Europe/Lisbon") == "2026-03-29 06:00:00"


def test_a_day_later_is_not_enough_where_the_date_is_wrong(reading: Reading) -> None:
    fields = mapping('arrival = "a"\nstart = { column = "s", not_before = "arrival" }\n')
    outcome = reading("id,a,s\n1,2026-03-05 09:00:00,2026-03-01 08:00:00\n", fields)
    assert outcome.rejected[0].why == "lies before arrival, and on the next day it still would (column s)"


def test_an_end_before_the_start(reading: Reading) -> None:
    fields = mapping('start = "s"\nend = "e"\n')
    outcome = reading("id,s,e\n1,2026-03-05 09:00:00,2026-03-05 08:00:00\n", fields)
    (bad,) = outcome.rejected
    assert (bad.field, bad.value, bad.why) == ("end", "2026-03-05 08:00:00", "lies before the start (column e)")


def test_without_a_site_only_times_with_an_offset_will_do(reading: Reading) -> None:
    outcome = reading("id,s\n1,2026-03-05 09:00:00Z\n2,2026-03-05 09:00:00\n", mapping('start = "s"\n', site=""))
    assert outcome.column("start") == [int(datetime(2026, 3, 5, 9, tzinfo=UTC).timestamp())]
    assert outcome.rejected[0].why.startswith("has no offset from UTC, and the mapping names no zone")
    with pytest.raises(InputError, match=r"fields\.start gives local times, and no zone is named"):
        reading("id,s\n", mapping('start = { date = "s", time = "s" }\n', site=""))


def test_computed_moments(reading: Reading) -> None:
    fields = mapping(
        'end = "e"\nstart = { field = "end", minus = "talk_seconds" }\narrival = { field = "start" }\n'
        'talk_seconds = { column = "t", unit = "mm:ss" }\nwait_seconds = { from = { column = "q" }, to = "start", minimum = 0 }\n'
    )
    outcome = reading(
        "id,e,t,q\n1,2026-03-05 09:10:00,10:00,2026-03-05 08:59:00\n2,2026-03-05 09:10:00,10:00,2026-03-05 09:00:01\n",
        fields,
    )
    start = int((datetime(2026, 3, 5, 9, 10, tzinfo=UTC) - timedelta(minutes=10)).timestamp())
    assert outcome.column("start") == outcome.column("arrival") == [start, start]
    assert outcome.column("wait_seconds") == [60, None]
