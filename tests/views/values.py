"""Values to render: an ordinary day, and whatever hypothesis can think of."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from bot.domain.board import BoardPost, BoardRow, Improved, Newcomers
from bot.domain.metrics import METRICS, Public
from bot.domain.mystats import Cohort, Line, MyStats, NoFigures, OwnPlace, Points, Trend, TrendPoint, Unknown
from bot.domain.people import Reader
from bot.domain.periods import PeriodKind, period_of
from bot.domain.programme import SiteMode

FRIDAY = date(2026, 11, 20)
NAMES = {1: "Ana Cruz", 2: "Ben O'Neill", 3: "Chidi Okafor", 4: "Dana Levi", 5: "Eun-ji Park"}

DAY = BoardPost(
    metric="csat",
    site="Manila",
    period=PeriodKind.DAY,
    first=FRIDAY,
    last=FRIDAY,
    rows=(BoardRow(1, 1, 4.8293, 41), BoardRow(2, 2, 4.75, 28), BoardRow(3, 3, 4.7, 30)),
    ranked=18,
    minimum_count=5,
    improved=Improved(4, 0.2134),
    newcomers=None,
    value=4.6117,
    count=412,
    contacts=1204,
    open_shifts=2,
    as_of=datetime(2026, 11, 21, 1, 5, tzinfo=UTC),
)

ENGLISH = Reader("Asia/Manila", "en-PH")
GERMAN = Reader("Europe/Berlin", "de-DE")

STATS = MyStats(
    person_id=1,
    name="Ana Cruz",
    reader=ENGLISH,
    site="Manila",
    team="Billing",
    period=period_of(PeriodKind.WEEK, FRIDAY),
    lines=(
        Line("csat", 4.6234, 41, 4.6, True, 4.55),
        Line("positive", 0.9024, 41, None, False, 0.88),
        Line("nps", 43.9024, 41, None, False, 40.0),
        Line("response_rate", 0.3445, 119, None, False, 0.31),
        Line("service_level", None, 0, 0.8, False, None),
        Line("volume", 1204.0, 1204, None, False, 998.0),
        Line("handle_time", 200.4, 1204, None, False, 180.2),
        Line("longest_contact", 4264.0, 1204, None, False, 2000.0),
        Line("first_response", {"median": 12.2, "p90": 41.0}, 96, None, False, {"median": 14.0, "p90": 60.0}),
    ),
    trend=Trend(
        "csat",
        PeriodKind.WEEK,
        tuple(
            TrendPoint(date(2026, 9, 28) + timedelta(weeks=week), value, 0 if value is None else 30 + week)
            for week, value in enumerate((4.41, 4.5, None, 4.48, 4.55, 4.6, 4.58, 4.6234))
        ),
    ),
    places=(OwnPlace("csat", 4, 18, 41, 5, 0.0312, Cohort.ALL),),
    as_of=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    ask="your lead",
)

NO_FIGURES = NoFigures("Ana Cruz", ENGLISH, period_of(PeriodKind.DAY, FRIDAY), False, SiteMode.PRIVATE, "your lead")
UNKNOWN = Unknown("I do not know you yet. Ask Dana <b> to link you to Encore.")

HOSTILE = (
    "<!channel>",
    "<http://evil.example|payroll>",
    "<@U1> & <#C1>",
    "*_~bold~_*",
    'O\'Brien “Bob” \\ "x"',
    "🎉👩🏽‍💻",
    "דנה לוי",
    "\u202egnp.exe",
    "two\nlines\tand\x00more",
    "\u200b\u200b",
    "",
    "x" * 200,
    "🎉" * 200,
)

words = st.sampled_from(HOSTILE) | st.text(max_size=220)
counts = st.integers(0, 10**9)
numbers = st.floats(-(10**9), 10**9, allow_nan=False)
days = st.dates(date(2000, 1, 1), date(2099, 12, 1))
moments = st.integers(10**9, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
kinds = st.sampled_from(PeriodKind)
periods = st.builds(period_of, kinds, days)
readers = st.builds(
    Reader,
    zone=st.sampled_from(["UTC", "Asia/Manila", "America/St_Johns", "Nowhere/Land", ""]),
    locale=st.sampled_from(["en", "en-PH", "de-DE", "he-IL", "ar", "hi", "ja", "pl", "fil-PH", "xx", "", "a-b-c-d-e"]),
)
posted = st.sampled_from([key for key, row in METRICS.items() if row.public is Public.TOP])
metrics = st.sampled_from(list(METRICS))
rows = st.lists(st.builds(BoardRow, st.integers(1, 60), st.integers(1, 40), numbers, counts), max_size=70).map(
    lambda found: tuple(sorted(found, key=lambda row: row.place))
)


@st.composite
def posts(draw: st.DrawFn) -> BoardPost:
    """Any board whose values are of their types."""
    period = draw(periods)
    return BoardPost(
        draw(posted), draw(words), period.kind, period.first, period.last, draw(rows), draw(counts),
        draw(st.integers(1, 1000)), draw(st.none() | st.builds(Improved, st.integers(1, 40), numbers)),
        draw(st.none() | st.builds(Newcomers, rows, st.integers(0, 730))), draw(st.none() | numbers), draw(counts),
        draw(counts), draw(st.integers(0, 10**6)), draw(moments),
    )  # fmt: skip


values = st.none() | numbers
names = st.dictionaries(st.integers(1, 40), words, max_size=40)
lines = st.builds(
    Line, metric=metrics, value=values | st.builds(lambda a, b: {"median": a, "p90": b}, numbers, numbers),
    count=counts, target=values, target_is_own_median=st.booleans(), team=values,
)  # fmt: skip
trends = st.builds(
    Trend, metric=metrics, step=kinds,
    points=st.lists(st.builds(TrendPoint, first=days, value=values, count=counts), max_size=30),
)  # fmt: skip
places = st.builds(
    OwnPlace, metric=metrics, place=st.none() | st.integers(1, 50_000), of=counts, count=counts,
    minimum_count=st.integers(1, 1000), to_next=st.none() | numbers, cohort=st.sampled_from(Cohort),
)  # fmt: skip
owned = st.none() | st.builds(
    Points, balance=counts, held=counts, received=st.integers(-(10**9), 10**9), left=st.none() | counts,
    renews_at=st.none() | moments,
)  # fmt: skip
stats = st.builds(
    MyStats, person_id=counts, name=words, reader=readers, site=words, team=st.none() | words, period=periods,
    lines=st.lists(lines, max_size=12), trend=st.none() | trends, places=st.lists(places, max_size=6),
    as_of=st.none() | moments, ask=words, points=owned,
)  # fmt: skip
answers = (
    stats
    | st.builds(
        NoFigures,
        name=words,
        reader=readers,
        period=periods,
        ever=st.booleans(),
        mode=st.sampled_from(SiteMode),
        ask=words,
        points=owned,
    )
    | st.builds(Unknown, lacking=words)
)


def newcomers_board() -> BoardPost:
    """An ordinary day on which somebody who has just started did well."""
    return replace(DAY, newcomers=Newcomers((BoardRow(1, 5, 4.9, 10),), 90), improved=None, open_shifts=0)
