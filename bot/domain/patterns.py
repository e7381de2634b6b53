"""How kudos points flow: who gives mostly to each other, and how much stands on one person. Worth a look, never proof.

Two who work closely thank each other often, and a small team has few to thank: a high figure is a reason to look and
talk, and says nothing about anybody by itself.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final, NamedTuple, TypeVar

K = TypeVar("K", bound=Hashable)

LEAST_POINTS: Final = 20
"""Under so many points nothing is worth a look: a few thanks make any pattern."""

RING_SHARE: Final = 0.5
"""From this share on of all that its members gave a ring is worth a look."""

TOP_SHARE: Final = 0.6
"""From this share on of what one person gave or got it is worth a look that stands on one other."""

MOST_SHOWN: Final = 10


class Gift(NamedTuple):
    """Points that somebody gave somebody in the period, one after the other or together."""

    giver: int
    receiver: int
    points: int


@dataclass(frozen=True, slots=True)
class Ring:
    """Two or three who give in a circle. `points` went around; `share` is that of all that its members gave (0 to 1)."""

    members: tuple[int, ...]
    points: int
    share: float


@dataclass(frozen=True, slots=True)
class Concentration:
    """How much of a sum stands on few. `top` is the largest part's share, `hhi` the Herfindahl-Hirschman index, 0 to 1."""

    total: int
    parts: int
    top: float
    hhi: float

    @property
    def is_on_one(self) -> bool:
        """Whether it is worth a look that one of several has so much of it."""
        return self.parts > 1 and self.total >= LEAST_POINTS and self.top >= TOP_SHARE


@dataclass(frozen=True, slots=True)
class Patterns:
    """What the month's kudos points show; people by id, places by name."""

    total: int
    returned: float
    """The share of all points that was returned by the other one (weighted reciprocity)."""
    rings: tuple[Ring, ...]
    givers: Mapping[int, tuple[int, Concentration]]
    """Givers most of whose points went to one person: who that is, and how their points are spread."""
    receivers: Mapping[int, tuple[int, Concentration]]
    """Receivers most of whose points came from one person."""
    teams: Mapping[str, Concentration]
    """How the giving of each team is spread over its givers."""
    sites: Mapping[str, Concentration]


def find(gifts: Iterable[Gift], team_of: Mapping[int, str], site_of: Mapping[int, str]) -> Patterns:
    """Return the patterns of a period's gifts; `team_of` and `site_of` have each giver's place, if any."""
    flow = flows(gifts)
    total = sum(flow.values())
    return Patterns(
        total, reciprocity(flow), tuple(_worth(rings(flow))), _leaning(flow, by_giver=True),
        _leaning(flow, by_giver=False), _spread(flow, team_of), _spread(flow, site_of),
    )  # fmt: skip


def flows(gifts: Iterable[Gift]) -> dict[tuple[int, int], int]:
    """Return how many points went from one to another in all; what was taken back is left out, as is who gave themselves."""
    flow: dict[tuple[int, int], int] = defaultdict(int)
    for giver, receiver, points in gifts:
        if giver != receiver:
            flow[giver, receiver] += points
    return {pair: points for pair, points in flow.items() if points > 0}


def reciprocity(flow: Mapping[tuple[int, int], int]) -> float:
    """Return the share of points that was returned: the sum of min(w_ij, w_ji) over that of w_ij, 0 to 1.

    The weighted reciprocity of Squartini, Picciolo, Ruzzenenti and Garlaschelli, Scientific Reports 3:2729 (2013).
    """
    total = sum(flow.values())
    returned = sum(min(points, flow.get((receiver, giver), 0)) for (giver, receiver), points in flow.items())
    return returned / total if total else 0.0


def rings(flow: Mapping[tuple[int, int], int]) -> list[Ring]:
    """Return every circle of two, and of three, with what went all the way around, the largest first.

    What goes around is the smallest step times the number of steps. A circle of three counts in the direction in which
    more goes around.
    """
    given: dict[int, int] = defaultdict(int)
    to: dict[int, set[int]] = defaultdict(set)
    for (giver, receiver), points in flow.items():
        given[giver] += points
        to[giver].add(receiver)
    found: dict[tuple[int, ...], int] = {}
    for one, others in to.items():
        for two in others:
            after = to.get(two, set())
            if one in after:
                found[tuple(sorted((one, two)))] = 2 * min(flow[one, two], flow[two, one])
            for three in after - {one}:
                if one in to.get(three, set()):
                    around = 3 * min(flow[one, two], flow[two, three], flow[three, one])
                    members = tuple(sorted((one, two, three)))
                    found[members] = max(around, found.get(members, 0))
    made = [Ring(m, points, points / sum(given[one] for one in m)) for m, points in found.items()]
    return sorted(made, key=lambda ring: (-ring.points, ring.members))


def concentration(parts: Iterable[int]) -> Concentration:
    """Return how a sum of parts, each above 0, is spread: the largest share, and the sum of the squared shares.

    The second is the Herfindahl-Hirschman index on the scale 0 to 1: 1 where all is one part, 1/n where n are equal.
    """
    known = [part for part in parts if part > 0]
    total = sum(known)
    if not total:
        return Concentration(0, 0, 0.0, 0.0)
    return Concentration(total, len(known), max(known) / total, sum(part * part for part in known) / (total * total))


def _worth(found: Iterable[Ring]) -> list[Ring]:
    """Return the rings that are worth a look; of three, only where no two of them are one already."""
    shown: list[Ring] = []
    for ring in sorted(found, key=lambda ring: (len(ring.members), -ring.points, ring.members)):
        inner = any({*pair} == {*other.members} for pair in combinations(ring.members, 2) for other in shown)
        if ring.points >= LEAST_POINTS and ring.share >= RING_SHARE and not inner:
            shown.append(ring)
    return sorted(shown, key=lambda ring: (-ring.points, ring.members))[:MOST_SHOWN]


def _leaning(flow: Mapping[tuple[int, int], int], *, by_giver: bool) -> dict[int, tuple[int, Concentration]]:
    """Return those most of whose points went to (or came from) one person, with whom, the largest sum first."""
    others: dict[int, dict[int, int]] = defaultdict(dict)
    for (giver, receiver), points in flow.items():
        one, other = (giver, receiver) if by_giver else (receiver, giver)
        others[one][other] = points
    found = {
        one: (min(parts, key=lambda other: (-parts[other], other)), concentration(parts.values()))
        for one, parts in others.items()
    }
    worth = [one for one, (_, spread) in found.items() if spread.total >= LEAST_POINTS and spread.top >= TOP_SHARE]
    worth.sort(key=lambda one: (-found[one][1].total, one))
    return {one: found[one] for one in worth[:MOST_SHOWN]}


def _spread(flow: Mapping[tuple[int, int], int], place_of: Mapping[int, str]) -> dict[str, Concentration]:
    given: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for (giver, _), points in flow.items():
        if giver in place_of:
            given[place_of[giver]][giver] += points
    return {place: concentration(parts.values()) for place, parts in sorted(given.items())}
