"""A statement of points: each entry with what made it, month by month, and what a balance is beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.domain.leavers import Leaving
from bot.domain.ledger import Unit
from bot.domain.people import Reader
from bot.domain.periods import Period, PeriodKind, period_of
from bot.domain.rewards import State
from bot.errors import InputError

TOLD: Final = (Unit.POINTS.value, Unit.MINUTES.value)
"""The units whose entries stand in a statement. What is held, owed and left to give is told as it stands."""

PER_PAGE: Final = 10


MOST_QUESTIONS: Final = 3
"""So often somebody may ask about one entry, each time when the last question is answered."""


class Made(StrEnum):
    """What made an entry, as people tell them apart."""

    KUDOS = "kudos"
    EARNED = "earned"
    BONUS = "bonus"
    CORRECTION = "correction"
    ASKED = "asked"
    CHIPPED_IN = "chipped_in"
    GIVEN_BACK = "given_back"
    SPENT = "spent"
    OWED = "owed"
    MERGED = "merged"
    LEFT = "left"
    OTHER = "other"


_MADE: Final[Mapping[str, Made]] = MappingProxyType(
    {
        "kudos": Made.KUDOS, "earn": Made.EARNED, "earned": Made.EARNED, "award": Made.BONUS, "bonus": Made.BONUS,
        "reversal": Made.CORRECTION, "correction": Made.CORRECTION, "redeem": Made.ASKED, "redeem.part": Made.CHIPPED_IN,
        "redeem.back": Made.GIVEN_BACK, "redeem.done": Made.SPENT, "owed": Made.OWED, "merge": Made.MERGED,
        "leaver": Made.LEFT,
    }
)  # fmt: skip
"""By the kind of the ledger's transaction; of a kind such as `earn.corrected`, what stands before the dot."""


class Asked(StrEnum):
    """Where a question about an entry is: with a lead, with the admins, or answered."""

    LEAD = "with_lead"
    ADMINS = "with_admins"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a person's account; ids of people and texts, no words of theirs. `at` is UTC."""

    id: int
    at: datetime
    made: Made
    unit: str
    amount: int
    balance_after: int
    by: int | None = None
    """Who made it, where it was somebody else: who gave the kudos, or decided."""
    title: str = ""
    """The reward that it is about."""
    text_id: int | None = None
    """The reason that was given for it; of kudos, what was written."""
    of: Made | None = None
    """What it takes back, where it takes something back."""
    asked: Asked | None = None
    """Where the person's latest question about it is; None while there is none."""
    answer_id: int | None = None
    """What they were answered."""
    ended: State | None = None
    """How a request ended whose price this gives back; None for parts of a team's pot."""
    questions: int = 0
    """How often the person has asked about it."""

    @property
    def lent(self) -> bool:
        """Whether it was lent, so that what was spent or held already could be taken back."""
        return self.made is Made.OWED and self.amount > 0

    @property
    def may_ask(self) -> bool:
        """Whether the person may ask about it now: no question is open, and there were not too many."""
        return self.asked is None or (self.asked is Asked.ANSWERED and not self.asked_enough)

    @property
    def asked_enough(self) -> bool:
        """Whether the person has asked as often as one may."""
        return self.questions >= MOST_QUESTIONS

    def person_ids(self) -> set[int]:
        """Return whose names are needed."""
        return set() if self.by is None else {self.by}

    def text_ids(self) -> set[int]:
        """Return which words are needed."""
        return {number for number in (self.text_id, self.answer_id) if number is not None}


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody has, and one page of a month's entries, the latest first. `month` is on their own clock."""

    person_id: int
    name: str
    reader: Reader
    month: Period
    page: int
    pages: int
    entries: Sequence[Entry]
    balance: int
    held: int
    minutes: int
    held_minutes: int
    owed: int
    """Points that were spent or held before a correction, and are taken from what comes next."""
    owed_minutes: int
    left: int | None = None
    """What is left to give away this month; None where there is no allowance."""
    renews_at: datetime | None = None
    leaving: Leaving | None = None
    """What becomes of it all when they leave; None where it is simply kept."""
    since: date | None = None
    """The local day of the first entry of all; None where there is none."""
    names: Mapping[int, str] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)
    latest: bool = False
    """Whether these are the latest entries, of `month` or before it, and not a page of that month."""
    whole: int = 0
    """The whole allowance of a month, as the programme has it now."""

    @property
    def earlier(self) -> Period | None:
        """The month before, where there was anything in it or before it."""
        before = self.month.previous()
        return before if self.since is not None and self.since <= before.last else None

    def later(self, today: date) -> Period | None:
        """Return the month after, where it has begun."""
        after = period_of(PeriodKind.MONTH, date.fromordinal(self.month.last.toordinal() + 1))
        return after if after.first <= today else None


def made(kind: str) -> Made:
    """Return what made an entry, by the kind of its transaction."""
    return _MADE.get(kind) or _MADE.get(kind.partition(".")[0], Made.OTHER)


def parse_month(text: str, today: date) -> Period:
    """Return the month that was typed as `2026-10` or `10`, or this one where nothing was. InputError otherwise."""
    typed = text.strip()
    if not typed:
        return period_of(PeriodKind.MONTH, today)
    year, dash, month = typed.rpartition("-")
    try:
        on = date(int(year) if dash else today.year, int(month), 1)
    except ValueError:
        raise InputError(f"“{typed}” is not a month. Write it as {today:%Y-%m}.") from None
    if not dash and on > today:
        on = on.replace(year=on.year - 1)
    return period_of(PeriodKind.MONTH, on)
