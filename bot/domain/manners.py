"""When Encore may write to somebody: in their hours, not too often, and as they chose.

Slack itself keeps quiet where somebody asked not to be disturbed, and shows what came when they are back: Encore does
not ask for it (`dnd.info` would need a further scope).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.intervals import Interval
from bot.domain.periods import local_date, moment_of

END_OF_DAY: Final = time(17, 0)
"""When the card of a day comes that has no roster, on the person's own clock."""

BREAK_SECONDS: Final = 2 * 60 * 60
"""Shifts that are no further apart than this are one: in between somebody has a break, and is at work."""

GRACE: Final = timedelta(hours=1)
"""So long after the end of a shift its card may still come; later it waits for the next shift."""


SOON: Final = timedelta(days=5)
"""So long what asks for a decision waits for a shift: over a long weekend, and through the day of whoever works at night.
Where the next is further off, somebody is away or the roster has a gap, and whoever waits for the answer waits no longer."""

_PERSON: Final = "person:"


class Messages(StrEnum):
    """When somebody wants to hear from Encore what does not ask for their decision."""

    AT_ONCE = "at_once"
    AFTER_SHIFT = "after_shift"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Card:
    """What came up on a work day of somebody, in one message; `at` is when it was to come."""

    person_id: int
    on: date
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkDay:
    """When somebody is at work on a local day (the one on which it begins), and when the day's card comes."""

    on: date
    stretches: tuple[tuple[datetime, datetime], ...]
    """Ascending and apart, the end out; in UTC."""
    card_at: datetime

    @property
    def opens(self) -> datetime:
        """When it begins."""
        return self.stretches[0][0]

    @property
    def closes(self) -> datetime:
        """When it is over."""
        return self.stretches[-1][1]

    def holds(self, at: datetime) -> bool:
        """Whether somebody is at work then."""
        return any(begins <= at < ends for begins, ends in self.stretches)


@dataclass(frozen=True, slots=True)
class Now:
    """It may be sent."""


@dataclass(frozen=True, slots=True)
class Later:
    """It waits; then it is asked again."""

    until: datetime


@dataclass(frozen=True, slots=True)
class IntoCard:
    """The card of that work day says it."""

    on: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Unwanted:
    """The person does not want to hear of it."""


Verdict = Now | Later | IntoCard | Unwanted


def conversation(person_id: int) -> str:
    """Return the channel of the outbox for one person; news to them stands in a queue of the same name."""
    return f"{_PERSON}{person_id}"


def queue_of_asking(person_id: int) -> str:
    """Return the queue of what asks for a person's decision: it waits for nothing that asks for none."""
    return f"{_PERSON}{person_id}:asks"


def queue_of_card(person_id: int, on: date) -> str:
    """Return the queue of a person's card of a day: while it waits, other messages and other days' cards go on."""
    return f"{_PERSON}{person_id}:card:{on}"


def whom(channel: str) -> int | None:
    """Return to whom a message of this channel goes, None where it is one of Slack's channels."""
    return int(channel.removeprefix(_PERSON)) if channel.startswith(_PERSON) else None


def work_days(
    at: datetime, shifts: Sequence[Interval], here: ZoneInfo, quiet_from: time, quiet_until: time, *, asks: bool = False
) -> list[WorkDay]:
    """Return somebody's work days around a moment, ascending; one at least is not over.

    Shifts are (start, end) in epoch seconds, ascending. Where none of them is going on or to come, no roster is known
    for the days ahead, and every day lasts from the end of the quiet hours to their beginning, on the person's clock.
    For what `asks` for a decision it is the same where the next of them begins later than `SOON`.
    """
    rostered = _rostered(shifts, here)
    begins = min((begin for day in rostered for begin, end in day.stretches if end > at), default=None)
    if begins is not None and not (asks and begins > at + SOON):
        return rostered
    today = at.astimezone(here).date()
    return [_plain(today + timedelta(days=n), here, quiet_from, quiet_until) for n in (-1, 0, 1, 2)]


def current(days: Sequence[WorkDay], at: datetime) -> WorkDay | None:
    """Return the work day that somebody is at work on, None where they are not."""
    return next((day for day in days if day.holds(at)), None)


def decide(
    at: datetime, days: Sequence[WorkDay], *, asks: bool, choice: Messages, got: int, limit: int,
    gone: frozenset[date] = frozenset(),
) -> Verdict:  # fmt: skip
    """Say what becomes of a message to somebody; `days` are as `work_days` returns them.

    `asks`: it asks for their decision, and so it waits for their hours and for nothing else. `got` is how many of the
    others they had on the current work day, of `limit`. `gone` are the days whose card has left.
    """
    today = current(days, at)
    if asks:
        return Now() if today else Later(next_opening(days, at))
    if choice is Messages.NEVER:
        return Unwanted()
    open_cards = [day for day in days if day.card_at > at and day.on not in gone]
    if choice is Messages.AFTER_SHIFT:
        return IntoCard(open_cards[0].on, open_cards[0].card_at) if open_cards else Later(days[-1].closes)
    if today is None:
        return Later(next_opening(days, at))
    if got < limit:
        return Now()
    return IntoCard(today.on, today.card_at) if today in open_cards else Later(next_opening(days, today.closes))


def decide_card(at: datetime, days: Sequence[WorkDay], card: Card) -> Now | Later:
    """Say whether a card may be sent: at the end of its day, and where that was missed, in the person's hours."""
    if at < card.at + GRACE or current(days, at):
        return Now()
    return Later(next_opening(days, at))


def next_opening(days: Sequence[WorkDay], at: datetime) -> datetime:
    """Return when somebody is at work next; where that is not known, when the last day that is known is over."""
    begins = (begin for day in days for begin, _ in day.stretches if begin >= at)
    return min(begins, default=max(at, days[-1].closes))


def _rostered(shifts: Sequence[Interval], here: ZoneInfo) -> list[WorkDay]:
    days = []
    for on, stretches in groupby(_joined(shifts), key=lambda stretch: local_date(stretch[0], here)):
        known = tuple((_moment(begins), _moment(ends)) for begins, ends in stretches)
        days.append(WorkDay(on, known, known[-1][1]))
    return days


def _joined(shifts: Sequence[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for begins, ends in shifts:
        if joined and begins - joined[-1][1] <= BREAK_SECONDS:
            joined[-1] = (joined[-1][0], max(ends, joined[-1][1]))
        elif begins < ends:
            joined.append((begins, ends))
    return joined


def _plain(on: date, here: ZoneInfo, quiet_from: time, quiet_until: time) -> WorkDay:
    opens = moment_of(on, quiet_until, here)
    closes = moment_of(on if quiet_from > quiet_until else on + timedelta(days=1), quiet_from, here)
    evening = moment_of(on, END_OF_DAY, here)
    return WorkDay(on, ((opens, closes),), evening if opens < evening <= closes else closes)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
