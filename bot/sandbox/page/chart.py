"""The block data_visualization, drawn as SVG with its figures beside it as a table for those who do not see it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.sandbox.model import Json
from bot.sandbox.page.markup import NOTHING, Html, esc, join, tag
from bot.sandbox.page.reader import Reader
from bot.sandbox.rules import FURTHEST

WIDTH, HEIGHT = 420, 200
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 10, 28
PIE_RADIUS = 84
STEPS = 4
WIDEST_BAR = 32
NEAR = 1e-9
"""Numbers that differ by less than this part of themselves are drawn at one height: no steps fit between them."""


@dataclass(frozen=True)
class Series:
    """One named line of numbers, one for each category."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Plot:
    """The drawing's two axes: categories from left to right, numbers from `low` to `high` in steps of `step`."""

    labels: Sequence[str]
    low: float
    high: float
    step: float

    @property
    def slot(self) -> float:
        """The width of one category."""
        return (WIDTH - LEFT - RIGHT) / max(1, len(self.labels))

    @property
    def middles(self) -> list[float]:
        """The middle of each category."""
        return [round(LEFT + self.slot * (at + 0.5), 1) for at in range(len(self.labels))]

    @property
    def ticks(self) -> list[float]:
        """The numbers written beside the vertical axis."""
        return [self.low + self.step * at for at in range(round((self.high - self.low) / self.step) + 1)]

    @property
    def floor(self) -> float:
        """The height from which bars and areas rise: that of nought, or the edge nearest to it."""
        return self.y_of(max(self.low, min(0.0, self.high)))

    def y_of(self, value: float) -> float:
        """The height of a number."""
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (self.high - value) / (self.high - self.low), 1)


def draw(block: Json, _: Reader) -> Html:
    """Draw a chart: line, bar, area or pie."""
    chart = block.get("chart") or {}
    title = str(block.get("title", ""))
    kind = str(chart.get("type", ""))
    if kind == "pie":
        segments = chart.get("segments") or []
        labels = [str(segment.get("label", "")) for segment in segments]
        series = [Series(title, tuple(_number(segment.get("value")) for segment in segments))]
        picture = _pie(series[0].values)
        legend = [f"{label} {shown(value)}" for label, value in zip(labels, series[0].values, strict=True)]
    else:
        axis = chart.get("axis_config") or {}
        labels = [str(label) for label in axis.get("categories") or []]
        series = [_series(row, labels) for row in chart.get("series") or []]
        picture = _axes(kind, labels, series)
        legend = [row.name for row in series]
    svg = tag(
        "svg",
        picture,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=f"{title}: {kind} chart. {_summary(labels, series)}",
    )
    return tag(
        "figure",
        tag("figcaption", esc(title)),
        _axis_title(chart, "y"),
        svg,
        _axis_title(chart, "x"),
        _legend(legend) if len(legend) > 1 else NOTHING,
        _as_table(title, labels, series),
        class_="chart",
    )


def _series(row: Json, labels: Sequence[str]) -> Series:
    points = {str(point.get("label", "")): _number(point.get("value")) for point in row.get("data") or []}
    return Series(str(row.get("name", "")), tuple(points.get(label, 0.0) for label in labels))


def _axes(kind: str, labels: Sequence[str], series: Sequence[Series]) -> Html:
    everything = [value for row in series for value in row.values] or [0.0]
    plot = Plot(labels, *_scale(min(everything), max(everything), from_zero=kind != "line"))
    grid = [
        join(
            [
                tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=plot.y_of(tick), y2=plot.y_of(tick), class_="grid"),
                tag("text", esc(shown(tick)), x=LEFT - 8, y=plot.y_of(tick) + 4, class_="tick tick-y"),
            ]
        )
        for tick in plot.ticks
    ]
    # Long rows of labels would run into each other: only every n-th is written.
    every = math.ceil(len(labels) * max((len(label) for label in labels), default=1) * 7 / (WIDTH - LEFT - RIGHT))
    names = [
        tag("text", esc(label), x=plot.middles[at], y=HEIGHT - 10, class_="tick tick-x")
        for at, label in enumerate(labels)
        if at % max(1, every) == 0
    ]
    marks = _bars(plot, series) if kind == "bar" else [_curve(plot, kind, row, at) for at, row in enumerate(series)]
    return join([*grid, *names, *marks])


def _bars(plot: Plot, series: Sequence[Series]) -> list[Html]:
    width = min(WIDEST_BAR, plot.slot * 0.7 / max(1, len(series)))
    marks = []
    for at, row in enumerate(series):
        for label, middle, value in zip(plot.labels, plot.middles, row.values, strict=True):
            top = plot.y_of(value)
            marks.append(
                tag(
                    "rect",
                    _hint(row.name, label, value),
                    x=round(middle - width * len(series) / 2 + width * at + 1, 1),
                    y=min(top, plot.floor),
                    width=round(max(1.0, width - 2), 1),
                    height=round(abs(plot.floor - top), 1),
                    rx=2,
                    class_=f"fill-{at % 6}",
                )
            )
    return marks


def _curve(plot: Plot, kind: str, row: Series, at: int) -> Html:
    points = [(x, plot.y_of(value)) for x, value in zip(plot.middles, row.values, strict=True)]
    path = " ".join(f"{x},{y}" for x, y in points)
    parts = []
    if kind == "area" and points:
        outline = f"{points[0][0]},{plot.floor} {path} {points[-1][0]},{plot.floor}"
        parts.append(tag("polygon", points=outline, class_=f"area fill-{at % 6}"))
    parts.append(tag("polyline", points=path, class_=f"curve stroke-{at % 6}"))
    parts += [
        tag("circle", _hint(row.name, label, value), cx=x, cy=y, r=3.5, class_=f"fill-{at % 6}")
        for label, value, (x, y) in zip(plot.labels, row.values, points, strict=True)
    ]
    return join(parts)


def _pie(values: Sequence[float]) -> Html:
    total = sum(value for value in values if value > 0)
    cx, cy = WIDTH / 2, HEIGHT / 2
    if total <= 0:
        return tag("circle", cx=cx, cy=cy, r=PIE_RADIUS, class_="grid")
    slices, turn = [], 0.0
    for at, value in enumerate(values):
        share = max(value, 0.0) / total
        if share >= 1:
            slices.append(tag("circle", cx=cx, cy=cy, r=PIE_RADIUS, class_=f"fill-{at % 6}"))
        elif share > 0:
            x1, y1 = _on_circle(cx, cy, turn)
            x2, y2 = _on_circle(cx, cy, turn + share)
            arc = f"M{cx},{cy} L{x1},{y1} A{PIE_RADIUS},{PIE_RADIUS} 0 {int(share > 0.5)} 1 {x2},{y2} Z"
            slices.append(tag("path", d=arc, class_=f"slice fill-{at % 6}"))
        turn += share
    return join(slices)


def _on_circle(cx: float, cy: float, turn: float) -> tuple[float, float]:
    angle = 2 * math.pi * turn - math.pi / 2
    return round(cx + PIE_RADIUS * math.cos(angle), 2), round(cy + PIE_RADIUS * math.sin(angle), 2)


def _scale(low: float, high: float, *, from_zero: bool) -> tuple[float, float, float]:
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    furthest = max(1.0, abs(low), abs(high))
    if high - low <= furthest * NEAR:
        low, high = low - max(1.0, furthest * NEAR), high + max(1.0, furthest * NEAR)
    rough = (high - low) / STEPS
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough)
    return math.floor(low / step) * step, math.ceil(high / step) * step, step


def shown(value: float) -> str:
    """Return a number as people read it: at most two decimals, thousands apart."""
    # Adding zero turns a rounded minus nought into nought.
    return f"{round(value, 2) + 0.0:,.2f}".rstrip("0").rstrip(".")


def _hint(name: str, label: str, value: float) -> Html:
    return tag("title", esc(f"{name}, {label}: {shown(value)}"))


def _summary(labels: Sequence[str], series: Sequence[Series]) -> str:
    told = [
        f"{row.name}: " + ", ".join(f"{label} {shown(value)}" for label, value in zip(labels, row.values, strict=True))
        for row in series
    ]
    return "; ".join(told)


def _legend(names: Sequence[str]) -> Html:
    items = [
        tag(
            "li",
            tag(
                "svg",
                tag("rect", width=10, height=10, rx=2, class_=f"fill-{at % 6}"),
                viewBox="0 0 10 10",
                aria_hidden="true",
            ),
            esc(name),
        )
        for at, name in enumerate(names)
    ]
    return tag("ul", *items, class_="legend")


def _axis_title(chart: Json, axis: str) -> Html:
    title = (chart.get("axis_config") or {}).get(f"{axis}_label")
    return tag("p", esc(title), class_=f"axis-title axis-{axis}") if title else NOTHING


def _as_table(title: str, labels: Sequence[str], series: Sequence[Series]) -> Html:
    head = tag("tr", tag("th", NOTHING), *[tag("th", esc(row.name), scope="col") for row in series])
    body = [
        tag("tr", tag("th", esc(label), scope="row"), *[tag("td", esc(shown(row.values[at]))) for row in series])
        for at, label in enumerate(labels)
    ]
    table = tag("table", tag("caption", esc(title)), tag("thead", head), tag("tbody", *body))
    return tag(
        "details", tag("summary", esc("Show the figures")), tag("div", table, class_="table-frame", tabindex="0")
    )


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and -FURTHEST <= value <= FURTHEST else 0.0
