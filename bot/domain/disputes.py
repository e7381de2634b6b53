"""Questions about an entry of one's points: each answered once, by a lead who has no part in it, or an admin."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.domain import adjustments
from bot.domain.people import Role, Who
from bot.domain.points import MOST_QUESTIONS, Asked, Entry

MOST_WORDS: Final = 500


@dataclass(frozen=True, slots=True)
class Earlier:
    """A question that was answered before somebody asked again; ids of people and texts."""

    text_id: int
    by: int | None
    answer_text_id: int | None


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
    earlier: Sequence[Earlier] = ()
    """What the person asked about the entry before, the oldest first."""

    @property
    def may_ask_again(self) -> bool:
        """Whether the person may ask about the entry once more."""
        return self.state is Asked.ANSWERED and len(self.earlier) + 1 < MOST_QUESTIONS

    def people(self) -> set[int]:
        """Return whose names are needed."""
        answered = {one.by for one in self.earlier} | {self.by}
        return {self.person_id} | self.entry.person_ids() | {by for by in answered if by is not None}

    def text_ids(self) -> set[int]:
        """Return which words are needed."""
        written = {self.text_id, self.answer_text_id}
        written |= {text_id for one in self.earlier for text_id in (one.text_id, one.answer_text_id)}
        return {text_id for text_id in written if text_id is not None}

    def exchanges(self) -> Sequence[Earlier]:
        """Return every question with its answer, the oldest first; for one that is answered."""
        return (*self.earlier, Earlier(self.text_id, self.by, self.answer_text_id))


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
