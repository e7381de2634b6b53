"""The blocks table and data_table."""

from typing import Any

from bot.sandbox.model import Json
from bot.sandbox.page import rich_text
from bot.sandbox.page.markup import NOTHING, Html, esc, tag
from bot.sandbox.page.reader import Reader

DEFAULT_PAGE_SIZE = 5


def draw_table(block: Json, reader: Reader) -> Html:
    """Draw the older table: the first row as its head, columns aligned as column_settings says."""
    rows = block.get("rows", [])
    settings = block.get("column_settings") or []
    aligned = [(setting or {}).get("align", "left") for setting in settings]
    head, body = rows[:1], rows[1:]
    return tag(
        "div",
        tag(
            "table",
            tag("thead", *[_row(row, reader, "th", aligned) for row in head]),
            tag("tbody", *[_row(row, reader, "td", aligned) for row in body]),
        ),
        class_="table-frame",
        tabindex="0",
        role="group",
        aria_label="Table",
    )


def draw_data_table(block: Json, reader: Reader) -> Html:
    """Draw a data_table in full; the page's script adds sorting and pages of page_size rows."""
    rows = block.get("rows") or [[]]
    header = int(block.get("row_header_column_index") or 0)
    aligned = ["right" if _is_numeric(rows[1:], column) else "left" for column in range(len(rows[0]))]
    body = [
        tag(
            "tr",
            *[_data_cell(cell, reader, aligned[at : at + 1], is_header=at == header) for at, cell in enumerate(row)],
        )
        for row in rows[1:]
    ]
    caption = str(block.get("caption", ""))
    table = tag(
        "table",
        tag("caption", reader.plain(caption)),
        tag("thead", _row(rows[0], reader, "th", aligned)),
        tag("tbody", *body),
    )
    return tag(
        "div",
        table,
        class_="table-frame data-table",
        tabindex="0",
        role="group",
        aria_label=caption,
        data_page_size=int(block.get("page_size") or DEFAULT_PAGE_SIZE),
        data_id=str(block.get("block_id", "")),
    )


def _row(row: list[Json], reader: Reader, element: str, aligned: list[str]) -> Html:
    scope = "col" if element == "th" else None
    return tag(
        "tr",
        *[tag(element, _cell(cell, reader), scope=scope, class_=_align(aligned, at)) for at, cell in enumerate(row)],
    )


def _data_cell(cell: Json, reader: Reader, aligned: list[str], *, is_header: bool) -> Html:
    return tag(
        "th" if is_header else "td",
        _cell(cell, reader),
        scope="row" if is_header else None,
        class_=_align(aligned, 0),
        data_value=cell.get("value") if cell.get("type") == "raw_number" else None,
    )


def _cell(cell: Any, reader: Reader) -> Html:
    if not isinstance(cell, dict):
        return NOTHING
    if cell.get("type") == "rich_text":
        return rich_text.draw(cell, reader)
    if cell.get("type") == "raw_number":
        return esc(cell.get("text") or cell.get("value", ""))
    return reader.plain(str(cell.get("text", "")))


def _align(aligned: list[str], at: int) -> str | None:
    side = aligned[at] if at < len(aligned) else "left"
    return f"align-{side}" if side in {"right", "center"} else None


def _is_numeric(rows: list[list[Json]], column: int) -> bool:
    return bool(rows) and all(
        column < len(row) and isinstance(row[column], dict) and row[column].get("type") == "raw_number" for row in rows
    )
