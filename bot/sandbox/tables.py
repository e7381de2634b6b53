"""The rules of tables and charts."""

from typing import Any, Final

from bot.sandbox.rich_text import RICH_TEXT
from bot.sandbox.rules import (
    Rule,
    Spot,
    each,
    flag,
    number,
    one_of,
    shape,
    string,
    together,
    typed,
)

MOST_COLUMNS: Final = 20
MOST_CHARACTERS_IN_CELLS: Final = 10_000
MOST_SERIES: Final = 6
MOST_CATEGORIES: Final = 20

_ID: Final[dict[str, Rule]] = {"block_id": string(255, least=0)}
_CELLS: Final[dict[str, Rule]] = {
    "raw_text": shape({"text": string()}),
    "raw_number": shape({"value": number(), "text": string()}),
    "rich_text": RICH_TEXT,
}
_CELL: Final = typed(_CELLS)
_HEADER_CELL: Final = typed(_CELLS, {"raw_text", "raw_number"})


def words(value: Any) -> list[str]:
    """Return every `text` that is written anywhere in `value`."""
    if isinstance(value, list):
        return [word for item in value for word in words(item)]
    if not isinstance(value, dict):
        return []
    own = [value["text"]] if isinstance(value.get("text"), str) else []
    return own + [word for item in value.values() for word in words(item)]


def _not_too_many_words(spot: Spot) -> None:
    if sum(map(len, words(spot.value))) > MOST_CHARACTERS_IN_CELLS:
        spot.wrong(f"all cells together must be less than {MOST_CHARACTERS_IN_CELLS + 1} characters")


def _header_and_rows(spot: Spot) -> None:
    if not isinstance(spot.value, list):
        return
    rows = [row for row in spot.value if isinstance(row, list)]
    if len({len(row) for row in rows}) > 1:
        spot.wrong("all rows must have the same number of cells")
    if spot.value and isinstance(spot.value[0], list):
        each(_HEADER_CELL)(spot.at(0))


def _named_column(spot: Spot) -> None:
    column, rows = spot.value.get("row_header_column_index"), spot.value.get("rows")
    if isinstance(column, int) and isinstance(rows, list) and rows and isinstance(rows[0], list):
        number(0, len(rows[0]) - 1, whole=True)(spot.at("row_header_column_index"))


TABLE: Final = shape(
    {
        "rows": together(
            each(each(_CELL, least=1, most=MOST_COLUMNS), least=1, most=100),
            _not_too_many_words,
        )
    },
    _ID
    | {
        "column_settings": each(
            shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag}), most=MOST_COLUMNS
        )
    },
)

DATA_TABLE: Final = together(
    shape(
        {
            "caption": string(),
            "rows": together(
                each(each(_CELL, least=1, most=MOST_COLUMNS), least=2, most=101),
                _header_and_rows,
                _not_too_many_words,
            ),
        },
        _ID | {"page_size": number(1, 100, whole=True), "row_header_column_index": number(0, whole=True)},
    ),
    _named_column,
)

_LABEL: Final = string(20)
_SERIES: Final = each(
    shape({"name": _LABEL, "data": each(shape({"label": _LABEL, "value": number()}), least=1, most=MOST_CATEGORIES)}),
    least=1,
    most=MOST_SERIES,
)
_AXES: Final = shape(
    {"categories": each(_LABEL, least=1, most=MOST_CATEGORIES)}, {"x_label": string(50), "y_label": string(50)}
)


def _one_value_for_each_category(spot: Spot) -> None:
    axes, series = spot.value.get("axis_config"), spot.value.get("series")
    categories = axes.get("categories") if isinstance(axes, dict) else None
    if not isinstance(categories, list) or not isinstance(series, list):
        return
    if len(set(map(str, categories))) < len(categories):
        spot.at("axis_config").at("categories").wrong("must not contain duplicates")
    names = [str(one.get("name")) for one in series if isinstance(one, dict)]
    if len(set(names)) < len(names):
        spot.at("series").wrong("series names must be unique")
    for place, one in enumerate(series):
        points = one.get("data") if isinstance(one, dict) else None
        if isinstance(points, list):
            labels = [str(point.get("label")) for point in points if isinstance(point, dict)]
            if sorted(labels) != sorted(map(str, categories)):
                spot.at("series").at(place).at("data").wrong("must have exactly one value for each category")


_PLOT: Final = together(shape({"series": _SERIES, "axis_config": _AXES}), _one_value_for_each_category)
_PIE: Final = shape({"segments": each(shape({"label": _LABEL, "value": number(0)}), least=1, most=MOST_SERIES)})
CHART: Final = shape(
    {"title": string(50), "chart": typed({"line": _PLOT, "bar": _PLOT, "area": _PLOT, "pie": _PIE})}, _ID
)
