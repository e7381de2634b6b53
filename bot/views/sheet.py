"""A table as CSV, which a spreadsheet opens: words of people in it are words, never formulas."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
"""What a spreadsheet may take for the beginning of a formula or of a command (OWASP, CSV Injection; ASVS 1.2.10)."""

Cell = str | int


def csv_text(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return the table with a line for its titles. Whole numbers stay numbers; words are made harmless."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(titles)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def _cell(cell: Cell) -> Cell:
    if isinstance(cell, int):
        return cell
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell
