"""The month-end report of points: what was issued, given, spent and settled, and what is outstanding, by team and site.

Totals alone, never a person. What moved counts where the person was that day, what is outstanding where they are at the
end of the month. So for all places together it holds that outstanding = outstanding a month before + issued + corrected
- spent - paid out - lapsed + other. What a correction could not take back, since it was spent or held, is owed, and not
corrected yet: it is as soon as it is paid.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

from bot.domain import leavers
from bot.domain.ledger import Unit
from bot.domain.periods import Period, PeriodKind, period_of
from bot.domain.points import Made, made
from bot.errors import InputError

HELD_OF: Final[Mapping[str, str]] = MappingProxyType(
    {Unit.POINTS.value: Unit.HELD.value, Unit.MINUTES.value: Unit.HELD_MINUTES.value}
)
"""The unit in which what is held of a unit is counted; both are outstanding."""


LEAST: Final = 5
"""A place of fewer people is not told by itself: what is outstanding of one person is their balance."""


class Place(NamedTuple):
    """A team of a site; without a name, those who belong to none, and all who are too few. In order of the names."""

    site: str
    team: str


class Moved(NamedTuple):
    """One entry of a person's account; `on` is the local day, `of_kind` the kind of what it takes back."""

    place: Place
    on: date
    unit: str
    amount: int
    kind: str
    of_kind: str | None


@dataclass(frozen=True, slots=True)
class Totals:
    """What came of a month in one place, in points (or minutes)."""

    rules: int = 0
    """Issued by the earning rules of the programme."""
    kudos: int = 0
    """Issued by kudos that people of this place received."""
    bonus: int = 0
    """Issued by hand."""
    corrected: int = 0
    """Taken back by corrections: below 0, as a rule."""
    given: int = 0
    """Given away in kudos by people of this place, from their allowances."""
    spent: int = 0
    """Of rewards that were handed over."""
    paid_out: int = 0
    """Settled with people who left."""
    lapsed: int = 0
    """Forfeited by people who left."""
    other: int = 0
    """What came or went otherwise, such as when two entries of one person became one."""
    outstanding: int = 0
    """What people have at the end of the month, with what is held for them."""
    owed: int = 0
    """What people owe from corrections at the end of the month."""

    @property
    def issued(self) -> int:
        """All that was issued, before corrections."""
        return self.rules + self.kudos + self.bonus

    def __add__(self, more: "Totals") -> "Totals":
        """Return both together."""
        return Totals(*(getattr(self, f.name) + getattr(more, f.name) for f in fields(Totals)))


@dataclass(frozen=True, slots=True)
class Report:
    """The report of a month in one unit. `cost` is what a point costs, in the currency; None where nobody said.

    Of one that is not over on every site's clock, what is outstanding is so at this moment.
    """

    month: Period
    unit: str
    places: Mapping[Place, Totals]
    cost: Decimal | None = None
    currency: str = ""
    is_over: bool = True

    @property
    def total(self) -> Totals:
        """All places together."""
        return sum(self.places.values(), Totals())

    def sites(self) -> dict[str, Totals]:
        """Return each site's teams together, by the site's name."""
        found: dict[str, Totals] = {}
        for place, totals in self.places.items():
            found[place.site] = found.get(place.site, Totals()) + totals
        return found

    def money(self, points: int) -> Decimal | None:
        """Return what so many points cost, to the hundredth of the currency's unit; None where nobody said."""
        return None if self.cost is None else (self.cost * points).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class Seen:
    """A month as an admin looks at it: points, paid minutes, and the months beside it that there is anything to see of."""

    points: Report
    minutes: Report
    earlier: Period | None = None
    later: Period | None = None


_ISSUED: Final = MappingProxyType({Made.EARNED: "rules", Made.KUDOS: "kudos", Made.BONUS: "bonus"})
_SETTLED: Final = MappingProxyType({leavers.PAID_OUT: "paid_out", leavers.FORFEITED: "lapsed"})


def totals(
    month: Period, unit: str, outstanding: Mapping[Place, int], moved: Iterable[Moved],
    owed: Mapping[Place, int] = MappingProxyType({}),
) -> dict[Place, Totals]:  # fmt: skip
    """Return what came of a month, by place, in order of the names.

    `outstanding` is what people of a place have at the month's end, with what is held; `owed` what they owe then.
    `moved` are entries of people's accounts in any unit and of any month: those of other months are left out.
    """
    sums: dict[Place, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for name, stands in (("outstanding", outstanding), ("owed", owed)):
        for place, has in stands.items():
            sums[place][name] += has
    for entry in moved:
        column = _column(entry, unit) if month.first <= entry.on <= month.last else None
        if column is not None:
            name, sign = column
            sums[entry.place][name] += sign * entry.amount
    return {place: Totals(**found) for place, found in sorted(sums.items()) if any(found.values())}


def folded(places: Mapping[Place, Totals], heads: Mapping[Place, int]) -> dict[Place, Totals]:
    """Return a report in which nobody's balance can be read: small teams count with their site, small sites with all.

    `heads` has how many people are of a place. What is left over is never of fewer than `LEAST` either, as far as there
    is anything to add to it: it could be reckoned from the rest.
    """
    sizes: dict[str, dict[str, int]] = defaultdict(dict)
    for place in {**heads, **places}:
        sizes[place.site][place.team] = heads.get(place, 0)
    small_sites = _small({site: sum(teams.values()) for site, teams in sizes.items()})
    small_teams = {site: _small(teams) for site, teams in sizes.items()}
    found: dict[Place, Totals] = {}
    for (site, team), totals in places.items():
        kept = Place(site, "" if team in small_teams[site] else team)
        told = Place("", "") if site in small_sites else kept
        found[told] = found.get(told, Totals()) + totals
    return dict(sorted(found.items()))


def after(month: Period) -> Period:
    """Return the month after."""
    return period_of(PeriodKind.MONTH, month.last + timedelta(days=1))


def check_begun(month: Period, today: date) -> None:
    """Raise InputError for a month that has not begun yet."""
    if month.first > today:
        raise InputError(f"{month.first:%Y-%m} has not begun yet. Now it is {today:%Y-%m}.")


def _small(sizes: Mapping[str, int]) -> set[str]:
    """Return which parts are not told by themselves but together: the small ones, and what has no name."""
    small = {name for name, count in sizes.items() if count < LEAST or not name}
    large = sorted(sizes.keys() - small, key=lambda name: (sizes[name], name))
    while small and large and sum(sizes[name] for name in small) < LEAST:
        small.add(large.pop(0))
    return small


def _column(entry: Moved, unit: str) -> tuple[str, int] | None:
    """Return the column in which an entry counts, and whether what goes out is more there; None where it counts nowhere."""
    if entry.unit.startswith(f"{Unit.GIVING}:"):
        is_kudos = Made.KUDOS in {made(entry.kind), _of(entry)}
        return ("given", -1) if is_kudos and unit == Unit.POINTS else None
    if entry.unit not in {unit, HELD_OF[unit]}:
        return None
    if entry.kind in _SETTLED:
        return _SETTLED[entry.kind], -1
    what = made(entry.kind)
    if what is Made.SPENT:
        return "spent", -1
    if what is Made.OWED or (entry.of_kind is not None and _of(entry) in _ISSUED):
        return "corrected", 1
    return _ISSUED.get(what, "other"), 1


def _of(entry: Moved) -> Made | None:
    return None if entry.of_kind is None else made(entry.of_kind)
