"""A statement of points as a file: every entry there ever was, and what is said about it."""

from collections.abc import Sequence
from typing import Final

from bot.domain.people import Reader
from bot.domain.periods import zone
from bot.domain.points import TOLD, Entry
from bot.views.points import entry_words
from bot.views.sheet import csv_text
from bot.views.words import Words

TITLE: Final = "Your points, entry by entry"
WITH_IT: Final = "Every entry of your points and paid time, as a table that a spreadsheet opens. Only you see this."

SENT: Final = "Your file is there: look into your messages with Encore. Only you see it."
JUST_NOW: Final = (
    "You asked for this file a moment ago. It comes into your messages with Encore; if it does not, ask again in half a "
    "minute."
)
NOT_SENT: Final = (
    "Your file could not be sent, or Slack did not say that it was. Look into your messages with Encore, and if it is "
    "not there, press “As CSV” again."
)
NOT_ALLOWED: Final = (
    "Your file could not be sent: Slack does not let Encore send files here yet. Ask your admin to look at “encore "
    "doctor”, which says what is missing."
)

_MOST_OF_A_CELL: Final = 1_000


def entries_csv(entries: Sequence[Entry], reader: Reader, words: Words) -> bytes:
    """Return entries as CSV in UTF-8, with a line of titles: those of the units that a statement tells."""
    rows = [
        (
            entry.id, f"{entry.at.astimezone(zone(reader.zone)):%Y-%m-%d %H:%M}", entry.unit, entry.amount,
            entry.balance_after, entry_words(entry, words, _MOST_OF_A_CELL),
        )
        for entry in entries
        if entry.unit in TOLD
    ]  # fmt: skip
    titles = ("entry", f"when ({reader.zone})", "unit", "change", "balance after it", "what for")
    # A spreadsheet takes a file without the mark at its beginning for one of another alphabet.
    return csv_text(titles, rows).encode("utf-8-sig")
