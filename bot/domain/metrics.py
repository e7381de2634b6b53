"""The table of KPIs: one row a metric. A further metric is a further row (KPIS.md)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.domain.facts import Feedback, Interaction
from bot.domain.parts import Merge, Parts, histogram, percentile
from bot.errors import NotFoundError

SCORE_SCALE: Final = 1000
"""Scores are kept x 1000, as whole numbers."""

ALL_CHANNELS: Final = "all"
"""The channel of figures that are not told apart by channel."""


class Better(StrEnum):
    """Which way is better; `NEITHER` is never ranked against anybody."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Adjust(StrEnum):
    """How a value with few answers behind it is held back for ranking (domain/ranking.py)."""

    WILSON = "wilson"
    SHRINK = "shrink"
    NONE = "none"


class Basis(StrEnum):
    """What a figure is counted from."""

    CONTACTS = "contacts"
    RATINGS = "ratings"
    REQUESTS = "requests"
    SHIFTS = "shifts"


class Public(StrEnum):
    """What may be said of it in a channel."""

    TOP = "top"
    TEAM = "team"
    TOTAL = "total"
    NEVER = "never"


Value = float | Mapping[str, float] | None


@dataclass(frozen=True, slots=True)
class Metric:
    """One KPI: what it is called, how its parts are made and join, and who may see it."""

    key: str
    title: str
    unit: str
    """`stars`, `share`, `points` (of 100), `seconds` or `count`: how views print the value."""
    better: Better
    basis: Basis
    public: Public
    merge: Merge = Merge.SUM
    adjust: Adjust = Adjust.NONE
    scale: int = 1
    """What the numerator of the parts is multiplied by."""
    factor: int = 1
    """What numerator / denominator is multiplied by for the value."""
    ratio: bool = True
    """False where the value is the numerator itself."""
    target: float | None = None
    own_median_weeks: int = 0
    """Where there is no fixed target: against the person's own median of so many weeks."""
    listed: bool = True
    """False where even an admin's list has no places."""
    leads_see: bool = True
    """False where the named value is for the agent alone (KPIS.md, "named value is seen by")."""
    refusal: str = ""
    """Why it cannot stand on a posted board of people; empty where it can."""
    of_contacts: Callable[[Sequence[Interaction]], Parts | None] | None = None
    of_ratings: Callable[[Sequence[Feedback]], Parts | None] | None = None

    def value(self, parts: Parts) -> Value:
        """Return the value in the metric's unit, null where the denominator is zero or nothing is known.

        A histogram's value is its median and 90th percentile, in seconds.
        """
        if self.merge is Merge.HISTOGRAM:
            median, p90 = percentile(parts, 0.5), percentile(parts, 0.9)
            return None if median is None or p90 is None else {"median": median, "p90": p90}
        if not self.ratio:
            return parts.numerator if parts.count or self.merge is Merge.SUM else None
        if not parts.denominator:
            return None
        return parts.numerator * self.factor / (parts.denominator * self.scale)

    def plain_numerator(self, parts: Parts) -> int | float | None:
        """Return the numerator in its natural unit (stars, seconds, contacts), None for a histogram or no value."""
        if self.merge is Merge.HISTOGRAM or self.value(parts) is None:
            return None
        whole, rest = divmod(parts.numerator, self.scale)
        return parts.numerator / self.scale if rest else whole


def _volume(contacts: Sequence[Interaction]) -> Parts:
    return Parts(len(contacts), None, len(contacts))


def _handle_time(contacts: Sequence[Interaction]) -> Parts | None:
    known = [
        (c.talk_seconds or 0) + (c.hold_seconds or 0) + (c.after_contact_seconds or 0)
        for c in contacts
        if c.talk_seconds is not None
    ]
    return Parts(sum(known), len(known), len(known)) if known else None


def _longest_contact(contacts: Sequence[Interaction]) -> Parts | None:
    known = [c.talk_seconds for c in contacts if c.talk_seconds is not None]
    return Parts(max(known), None, len(known)) if known else None


def _first_response(contacts: Sequence[Interaction]) -> Parts | None:
    known = [c.reply_seconds for c in contacts if c.reply_seconds is not None]
    return histogram(known) if known else None


def _csat(ratings: Sequence[Feedback]) -> Parts | None:
    stars = [r.stars for r in ratings if r.stars is not None]
    return Parts(sum(stars), len(stars), len(stars)) if stars else None


def _positive(ratings: Sequence[Feedback]) -> Parts | None:
    stars = [r.stars for r in ratings if r.stars is not None]
    return Parts(sum(s >= 4 * SCORE_SCALE for s in stars), len(stars), len(stars)) if stars else None


def _nps(ratings: Sequence[Feedback]) -> Parts | None:
    answers = [r.recommend for r in ratings if r.recommend is not None]
    promoters, detractors = sum(a >= 9 for a in answers), sum(a <= 6 for a in answers)
    return Parts(promoters - detractors, len(answers), len(answers)) if answers else None


def _response_rate(requests: Sequence[Feedback]) -> Parts | None:
    sent = [r for r in requests if r.requested is not None]
    return Parts(sum(_is_answered(r) for r in sent), len(sent), len(sent)) if sent else None


def _is_answered(survey: Feedback) -> bool:
    """Whether a survey came back; a source may tell the answer and not its time."""
    told = (survey.responded, survey.stars, survey.recommend, survey.resolved)
    return any(answer is not None for answer in told)


def team_wait(contacts: Sequence[Interaction]) -> Parts | None:
    """Return the first response as customers waited for it in the queue: a figure of a team, never of an agent.

    A customer who left before anybody was assigned had no response, so that wait is none either.
    """
    answered = [c for c in contacts if c.agent is not None and c.reply_seconds is None]
    known = [c.wait_seconds for c in answered if c.wait_seconds is not None]
    return histogram(known) if known else None


_TEAM_ONLY = "it is a figure of the team, and its named value is for the agent and their leads"
_RAW_COUNT = "it counts how much somebody did, not how well a customer was served"

_ROWS: Final = (
    Metric("csat", "Customer stars", "stars", Better.HIGHER, Basis.RATINGS, Public.TOP,
           adjust=Adjust.SHRINK, scale=SCORE_SCALE, own_median_weeks=12, of_ratings=_csat),
    Metric("positive", "4 and 5 stars", "share", Better.HIGHER, Basis.RATINGS, Public.TOP,
           adjust=Adjust.WILSON, of_ratings=_positive),
    Metric("nps", "Net promoter score", "points", Better.HIGHER, Basis.RATINGS, Public.TEAM,
           adjust=Adjust.SHRINK, factor=100, refusal=_TEAM_ONLY, of_ratings=_nps),
    Metric("response_rate", "Surveys answered", "share", Better.HIGHER, Basis.REQUESTS, Public.TEAM,
           adjust=Adjust.WILSON, refusal=_TEAM_ONLY, of_ratings=_response_rate),
    Metric("service_level", "Time with customers", "share", Better.HIGHER, Basis.SHIFTS, Public.TOTAL, target=0.80,
           refusal="above its target more is not better; a board may say how many reached it, never who did not"),
    Metric("volume", "Contacts", "count", Better.NEITHER, Basis.CONTACTS, Public.TOTAL,
           ratio=False, refusal=_RAW_COUNT, of_contacts=_volume),
    Metric("handle_time", "Handle time", "seconds", Better.NEITHER, Basis.CONTACTS, Public.NEVER, listed=False,
           leads_see=False, refusal="a long contact is never a fault: handle time is never ranked",
           of_contacts=_handle_time),
    Metric("longest_contact", "Longest contact", "seconds", Better.NEITHER, Basis.CONTACTS, Public.NEVER,
           merge=Merge.MAX, ratio=False, leads_see=False,
           refusal="a record is told with the agent's consent and its story, not listed",
           of_contacts=_longest_contact),
    Metric("first_response", "First response", "seconds", Better.LOWER, Basis.CONTACTS, Public.TEAM,
           merge=Merge.HISTOGRAM, ratio=False, refusal=_TEAM_ONLY, of_contacts=_first_response),
)  # fmt: skip

METRICS: Final[Mapping[str, Metric]] = MappingProxyType({row.key: row for row in _ROWS})

MEASURED_LATER: Final[Mapping[str, str]] = MappingProxyType(
    {
        "idle_chat_seconds": "what could shame is private",
        "idle_chats": "what could shame is private",
        "attendance": "attendance is between a person and their lead",
        "returning": _TEAM_ONLY,
        "qa": "a score of a review is for coaching",
        "wow_moments": "the moments themselves are told; how many somebody has is for the agent and their leads",
        "fcr": _TEAM_ONLY,
        "own_decisions": "it is a figure of the team",
        "agent_happiness": "it is never kept per person",
        "praise_ratio": "it is between a lead and the lead's own lead",
        "coaching_coverage": "it is between a lead and the lead's own lead",
        "recovery": "it is a figure of the team",
        "attrition": "it is for sponsors, and names nobody",
    }
)
"""Names of KPIS.md that no board may ever carry, so that the refusal can say why before they are measured."""


def metric(key: str) -> Metric:
    """Return the row of that key; NotFoundError, with the nearest keys, where there is none."""
    try:
        return METRICS[key]
    except KeyError:
        raise NotFoundError(
            f"There is no metric “{key}”. Known are: {', '.join(METRICS)}.", nearest=list(METRICS)
        ) from None
