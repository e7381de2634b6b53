"""Questions about entries of one's points: each step once, whoever is first, and everybody concerned sees it.

Who was answered may ask again, a few times: then the earlier answers stand above the question.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from sqlmodel import Session

from bot.domain import disputes as domain
from bot.domain.asking import Reach, Round
from bot.domain.disputes import Case, Earlier, Moved
from bot.domain.ledger import person, sha256
from bot.domain.people import Role, Who
from bot.domain.periods import zone
from bot.domain.points import Asked, Entry, Made
from bot.errors import FormError, RefusedError
from bot.services import adjustments, asking, outbox, owing, points
from bot.services.adjustments import CORRECTED, Correction
from bot.store import adjustments as adjustment_store
from bot.store import audit, merging, people, texts
from bot.store import disputes as store
from bot.store import outbox as outbox_store
from bot.store import points as entries
from bot.store.disputes import Kept
from bot.store.points import Row

_WORDS: Final = "words"


@dataclass(frozen=True, slots=True)
class Asking:
    """An entry that somebody is about to ask about, with the names and texts that are still kept."""

    entry: Entry
    names: Mapping[int, str]
    texts: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to know about an entry of theirs."""

    key: str
    who: Who
    entry_id: int
    words: str

    def request_hash(self) -> str:
        """Return the hash by which a repeat is known."""
        return sha256(self.words)


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answers; `correct`: the entry is taken back, for which it takes an admin."""

    who: Who
    dispute_id: int
    words: str
    correct: bool = False


def entry_of(session: Session, who: Who, entry_id: int) -> tuple[Asking, Moved | None]:
    """Return an entry of somebody's, and their latest question about it, if any. NotFoundError where it is not theirs."""
    entry = points.entry_of(session, who.person_id, entry_id)
    kept = store.find_of(session, entry_id)
    names, bodies = people.list_names(session, entry.person_ids()), texts.list_bodies(session, entry.text_ids())
    return Asking(entry, names, bodies), None if kept is None else _moved(session, kept, taken=False)


def ask(session: Session, at: datetime, question: Question) -> Moved:
    """Keep a question, and send it to whoever is to answer; while one is open, that is the answer.

    So is the last one where there were as many as there may be.

    FormError where it has no words; NotFoundError where the entry is not one of theirs.
    """
    _check_words(question.words)
    who = question.who
    merging.hold(session, [who.person_id])
    entry = points.entry_of(session, who.person_id, question.entry_id)
    on = at.astimezone(zone(who.zone)).date()
    leads = store.list_leads(session, who.team_id, on)
    sent_to, state = domain.deciders(who.person_id, entry, leads, adjustment_store.list_admins(session, on))
    kept = store.find_of(session, question.entry_id)
    if kept is None or (kept.key != question.key and _case(session, kept).may_ask_again):
        text_id = texts.add(session, at, kind="dispute", body=question.words)
        new = store.add(
            session, at, key=question.key, request_hash=question.request_hash(), entry_id=question.entry_id,
            number=1 if kept is None else kept.number + 1, person_id=who.person_id, text_id=text_id, sent_to=sent_to,
            state=state,
        )  # fmt: skip
        before, kept = kept, _found(store.find_of(session, question.entry_id))
        if not new:
            # Another transaction has just asked the same.
            texts.remove(session, text_id)
        else:
            _send(session, at, kept, sent_to)
            if before is not None:
                # Who asks again has read the answer in the statement.
                outbox_store.withdraw(session, _answer_key(before))
            audit.append(session, at, actor=person(who.person_id), deed="dispute.ask", subject=f"entry {entry.id}")
    return _moved(session, kept, taken=kept.request_hash == question.request_hash())


def look(session: Session, at: datetime, who: Who, dispute_id: int) -> Moved:
    """Return a question for whoever may answer it; without a case where they may not, which is written down."""
    kept = _found(store.look(session, dispute_id))
    return _refused(session, at, who, kept) or _seen(session, who, kept)


def count_open(session: Session, who: Who) -> int:
    """Return how many questions somebody was asked that nobody has answered."""
    return sum(who.person_id in kept.sent_to for kept in store.list_open(session))


def answer(session: Session, at: datetime, given: Answer) -> Moved:
    """Answer a question, and correct the entry where an admin says so; who comes later learns what was answered.

    FormError where there are no words; RefusedError where the entry cannot be taken back.
    """
    _check_words(given.words)
    # Whoever merges entries takes the people before their questions, and so does this.
    merging.hold(session, _concerned(session, _found(store.look(session, given.dispute_id))))
    kept = _found(store.take(session, given.dispute_id))
    refused = _refused(session, at, given.who, kept)
    if refused is not None:
        return refused
    if kept.state is Asked.ANSWERED:
        same = texts.list_bodies(session, [kept.answer_text_id or 0]).get(kept.answer_text_id or 0) == given.words
        return _moved(session, kept, taken=kept.by == given.who.person_id and same)
    adjustment_id = None
    if given.correct:
        asked = Correction(f"{kept.key}:correct", given.who, kept.entry_id, given.words)
        adjustment_id = adjustments.correct(session, at, asked).case.id
    text_id = texts.add(session, at, kind="dispute", body=given.words)
    store.answer(session, at, kept.id, given.who.person_id, text_id, adjustment_id)
    kept = _follow(session, at, kept, given.who)
    outbox.tell(
        session, at, kept.person_id, key=_answer_key(kept), view="dispute_answer", value=_case(session, kept)
    )  # fmt: skip
    return _moved(session, kept, taken=True)


def pass_on(session: Session, at: datetime, who: Who, dispute_id: int) -> Moved:
    """Pass a question on to the admins: a lead can say what was wrong, and only an admin can mend it.

    Whoever did it already has done it; not `taken` is what somebody else was quicker with.
    """
    kept = _found(store.take(session, dispute_id))
    refused = _refused(session, at, who, kept)
    if refused is not None or kept.state is not Asked.LEAD:
        by_me = kept.state is Asked.ADMINS and kept.passed_by == who.person_id
        return refused or _moved(session, kept, taken=by_me)
    on = at.astimezone(zone(who.zone)).date()
    admins = [n for n in adjustment_store.list_admins(session, on) if n not in {kept.person_id, *kept.sent_to}]
    store.pass_on(session, at, kept.id, who.person_id, [*kept.sent_to, *admins])
    passed = _follow(session, at, kept, who)
    _send(session, at, passed, admins)
    return _moved(session, passed, taken=True)


def list_to_hand_on(session: Session, at: datetime) -> list[int]:
    """Return the open questions of which somebody was asked who may not answer any more, or nobody who may."""
    reach = asking.reach(session, at)
    return [kept.id for kept in store.list_open(session) if _round(session, at, kept, reach)[0] is not None]


def hand_on(session: Session, at: datetime, dispute_id: int) -> bool:
    """Ask others instead of those who may not answer a question any more; whether there were any."""
    kept = store.take(session, dispute_id)
    if kept is None or kept.state is Asked.ANSWERED:
        return False
    found, state = _round(session, at, kept, asking.reach(session, at))
    if found is None:
        return False
    asking.release(session, at, found, partial(_message_key, kept))
    store.send_to(session, kept.id, state, found.asked)
    _send(session, at, _found(store.look(session, kept.id)), found.new)
    return True


def _round(session: Session, at: datetime, kept: Kept, reach: Reach) -> tuple[Round | None, Asked]:
    """Return who is to be asked an open question instead of whom, and with whom it is then."""
    entry = points.entries_of(session, [_row(session, kept)])[0]
    leads = reach.leads_of(store.find_team(session, kept.person_id, at.date()))
    able = {number for number in leads if number != entry.by} | set(reach.admins)
    with_lead = kept.state is Asked.LEAD
    deciders, state = domain.deciders(kept.person_id, entry, leads if with_lead else [], reach.admins)
    found = asking.round_now(session, kept.sent_to, able - {kept.person_id}, deciders, partial(_message_key, kept))
    # As long as a lead is asked it is with the leads.
    return found, state if found is not None and found.new else kept.state


def _concerned(session: Session, kept: Kept) -> set[int]:
    """Return everybody whom an answer may concern, by id: who asked, and whoever has a part in the entry."""
    return {kept.person_id, *owing.people_of(session, _row(session, kept).key).values()}


def _check_words(words: str) -> None:
    if not words.strip():
        raise FormError({_WORDS: "Write a few words, or close this."})
    if len(words) > domain.MOST_WORDS:
        raise FormError({_WORDS: f"At most {domain.MOST_WORDS:,} characters fit here."})


def _refused(session: Session, at: datetime, who: Who, kept: Kept) -> Moved | None:
    team_id = store.find_team(session, kept.person_id, at.astimezone(zone(who.zone)).date())
    made_by = points.entries_of(session, [_row(session, kept)])[0].by
    if domain.may_answer(who, kept.person_id, made_by, team_id):
        return None
    audit.append(session, at, actor=person(who.person_id), deed="refused", subject="dispute_answer", after=kept.key)
    return Moved(None)


def _send(session: Session, at: datetime, kept: Kept, sent_to: Sequence[int]) -> None:
    case = _case(session, kept)
    for number in sent_to:
        asking.ask(session, at, number, key=_message_key(kept, number), view="dispute_request", value=case)


def _message_key(kept: Kept, number: int) -> str:
    """Return the key of the message that asks somebody."""
    return f"{kept.key}:to:{number}"


def _answer_key(kept: Kept) -> str:
    """Return the key of the message that tells the answer."""
    return f"{kept.key}:answered"


def _follow(session: Session, at: datetime, kept: Kept, who: Who) -> Kept:
    """Write a step down, and let the messages of everybody who was asked show it."""
    now = _found(store.look(session, kept.id))
    audit.append(
        session, at, actor=person(who.person_id), deed="dispute.step", subject=kept.key, before=kept.state.value,
        after=now.state.value,
    )  # fmt: skip
    case = _case(session, now)
    for number in kept.sent_to:
        asking.follow(
            session, at, _message_key(kept, number), state=now.state, view="dispute_request", value=case,
            needless=now.state is Asked.ANSWERED,
        )  # fmt: skip
    return now


def _seen(session: Session, who: Who, kept: Kept) -> Moved:
    seen = _moved(session, kept, taken=kept.state is not Asked.ANSWERED)
    assert seen.case is not None
    entry = seen.case.entry
    may = who.may(Role.ADMIN) and entry.made in CORRECTED and entry.amount > 0
    return replace(seen, may_correct=may)


def _moved(session: Session, kept: Kept, *, taken: bool) -> Moved:
    case = _case(session, kept)
    names = people.list_names(session, case.people() | set(kept.sent_to))
    bodies = texts.list_bodies(session, case.text_ids() | case.entry.text_ids())
    return Moved(
        case, taken, deciders=[names[n] for n in kept.sent_to if n in names], names=names, texts=bodies
    )  # fmt: skip


def _case(session: Session, kept: Kept) -> Case:
    row = _row(session, kept)
    entry = points.entries_of(session, [row])[0]
    if entry.made is Made.KUDOS:
        # What a colleague wrote may have been for them alone; and then so was that they wrote.
        entry = replace(entry, text_id=None, by=None if entries.is_private(session, row.key) else entry.by)
    elif entry.of is Made.EARNED and kept.state is not Asked.LEAD:
        # The reason tells a figure, which leads see of their agents, and admins do not.
        entry = replace(entry, text_id=None)
    correction = None if kept.adjustment_id is None else adjustments.case_of(session, kept.adjustment_id)
    return Case(
        kept.id, kept.person_id, entry, kept.text_id, kept.state, kept.by, kept.answer_text_id,
        None if correction is None else correction.state,
        [Earlier(one.text_id, one.by, one.answer_text_id) for one in store.list_before(session, kept)],
    )  # fmt: skip


def _row(session: Session, kept: Kept) -> Row:
    row = entries.find_entry(session, kept.entry_id)
    assert row is not None
    return row


def _found(kept: Kept | None) -> Kept:
    if kept is None:
        raise RefusedError("There is no such question any more.")
    return kept
