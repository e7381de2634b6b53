"""Questions about an entry of one's points: asked once, answered once, by a lead who has no part in it, or an admin."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.domain import adjustments
from bot.domain.people import Role, Who
from bot.domain.points import Asked, Entry

MOST_WORDS: Final = 500


@dataclass(frozen=True, slots=True)
class Case:
    """A question as messages tell of it; ids of people and texts, no words of theirs."""

    id: int
    person_id: int
    entry: Entry
    text_id: int
    """What they asked."""
    state: Asked
    by: int | None = None
    """Who answered."""
    answer_text_id: int | None = None
    correction: adjustments.State | None = None
    """Where the correction is that came of it; None where there is none."""

    def people(self) -> set[int]:
        """Return whose names are needed."""
        return {self.person_id} | self.entry.person_ids() | (set() if self.by is None else {self.by})

    def text_ids(self) -> set[int]:
        """Return which words are needed."""
        return {self.text_id} | (set() if self.answer_text_id is None else {self.answer_text_id})


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of a step. Without a case it is not for this person; not `taken`, somebody else was quicker."""

    case: Case | None
    taken: bool = False
    may_correct: bool = False
    """Whether whoever looks may take the entry back with the answer."""
    deciders: Sequence[str] = ()
    """The names of those it was sent to."""
    names: Mapping[int, str] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)


def may_answer(who: Who, asked_by: int, made_by: int | None, team_id: int | None) -> bool:
    """Whether somebody may answer: a lead of the person's team who did not make the entry, or an admin; nobody their own."""
    if who.person_id == asked_by:
        return False
    leads_them = team_id is not None and team_id in who.leads
    return (leads_them and made_by != who.person_id) or who.may(Role.ADMIN)


def deciders(person_id: int, entry: Entry, leads: Iterable[int], admins: Iterable[int]) -> tuple[list[int], Asked]:
    """Return who is to answer, by id: the leads without a part in it; where there are none, the admins.

    An admin who made the entry is asked only where there is no other.
    """
    free = [lead for lead in leads if lead not in {person_id, entry.by}]
    if free:
        return free, Asked.LEAD
    others = [admin for admin in admins if admin != person_id]
    return [admin for admin in others if admin != entry.by] or others, Asked.ADMINS
