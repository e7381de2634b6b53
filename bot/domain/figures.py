"""From the facts of one day to the parts of every figure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from bot.domain.facts import Feedback, Interaction
from bot.domain.metrics import METRICS, Basis, team_wait
from bot.domain.parts import Parts

Fact = TypeVar("Fact", Interaction, Feedback)
Figures = dict[tuple[str, str], Parts]
"""Parts by (metric, channel)."""


def of_person(contacts: Sequence[Interaction], ratings: Sequence[Feedback], requests: Sequence[Feedback]) -> Figures:
    """Return a person's parts of one day: the day's contacts, its scores, and the surveys that were sent on it.

    A rating about delivery, product, policy or system is the team's (KPIS.md, "Whose rating is it?"); a disputed one
    waits until it is decided.
    """
    figures = of_contacts(contacts)
    figures.update(of_feedback([r for r in ratings if is_the_agents(r)], requests))
    return figures


def of_site(contacts: Sequence[Interaction], ratings: Sequence[Feedback], requests: Sequence[Feedback]) -> Figures:
    """Return the parts of one day that belong to a site and to nobody in it.

    Waiting in the queue counts for all contacts; of ratings and requests only those may be given that have no agent,
    or are not about the agent.
    """
    figures = of_feedback(ratings, requests)
    for channel, group in _by_channel(contacts).items():
        waited = team_wait(group)
        if waited is not None:
            figures["first_response", channel] = waited
    return figures


def of_contacts(contacts: Sequence[Interaction]) -> Figures:
    """Return the parts of every metric that is counted from contacts."""
    figures: Figures = {}
    for channel, group in _by_channel(contacts).items():
        for row in _CONTACT_ROWS:
            parts = row.of_contacts(group) if row.of_contacts is not None else None
            if parts is not None:
                figures[row.key, channel] = parts
    return figures


def of_feedback(ratings: Sequence[Feedback], requests: Sequence[Feedback]) -> Figures:
    """Return the parts of every metric that is counted from surveys; disputed ratings are left out."""
    figures: Figures = {}
    decided = [r for r in ratings if not r.disputed]
    for basis, facts in ((Basis.RATINGS, decided), (Basis.REQUESTS, requests)):
        for channel, group in _by_channel(facts).items():
            for row in _FEEDBACK_ROWS:
                parts = row.of_ratings(group) if row.basis is basis and row.of_ratings is not None else None
                if parts is not None:
                    figures[row.key, channel] = parts
    return figures


def is_the_agents(rating: Feedback) -> bool:
    """Whether a rating is about the agent, and not about something the agent could not help."""
    return rating.cause in {None, "agent"}


_CONTACT_ROWS = [row for row in METRICS.values() if row.of_contacts is not None]
_FEEDBACK_ROWS = [row for row in METRICS.values() if row.of_ratings is not None]


def _by_channel(facts: Iterable[Fact]) -> Mapping[str, list[Fact]]:
    groups: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[fact.channel].append(fact)
    return groups
