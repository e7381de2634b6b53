"""Bonuses and corrections by hand: done once for each key; above the programme's limit another admin decides.

What one admin moves within a day counts together. Whoever decides locks the request, so that of two one does; nobody
approves what they asked for or what they get themselves (RELIABILITY.md, 46).
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Final

from sqlmodel import Session

from bot.domain import adjustments as domain
from bot.domain.adjustments import Bar, Case, State, Step
from bot.domain.asking import Reach, Round
from bot.domain.ledger import AccountName, person, sha256
from bot.domain.people import Who
from bot.domain.periods import zone
from bot.domain.points import TOLD, Made, made
from bot.errors import FormError, NotFoundError, RefusedError
from bot.services import adjustment_deeds as deeds
from bot.services import asking, outbox, owing, points, roles
from bot.services import people as persons
from bot.services import programme as programmes
from bot.services import who as whos
from bot.store import adjustments as store
from bot.store import audit, ledger, merging, people, texts
from bot.store import points as entries
from bot.store.adjustments import Kept

CORRECTED: Final = frozenset({Made.KUDOS, Made.EARNED, Made.BONUS})
"""What can be taken back by hand: everything else has steps of its own that end it."""


@dataclass(frozen=True, slots=True)
class Bonus:
    """A bonus as it was asked for: by whom (None: the command line), to whom, how many of which unit each, and why."""

    key: str
    who: Who | None
    person_ids: tuple[int, ...]
    unit: str
    amount: int
    reason: str

    def request_hash(self) -> str:
        """Return the hash by which a repeat is known."""
        return sha256(repr((sorted(self.person_ids), self.unit, self.amount, self.reason)))


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction as it was asked for: the entry that is wrong, and why."""

    key: str
    who: Who | None
    entry_id: int
    reason: str

    def request_hash(self) -> str:
        """Return the hash by which a repeat is known."""
        return sha256(repr((self.entry_id, self.reason)))


@dataclass(frozen=True, slots=True)
class Came:
    """What came of it: not `taken`, somebody else was quicker, or it had been done before under this key."""

    case: Case
    taken: bool
    names: Mapping[int, str] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)
    deciders: Sequence[str] = ()
    """The names of the admins it was sent to."""
    bar: Bar | None = None
    """Why whoever looks at it, or wanted to decide it, may not approve it."""


def limits(session: Session, at: datetime) -> Mapping[str, int]:
    """Return above how many, within a day, a second admin decides, by unit."""
    current = programmes.current(session, at).points
    return {unit: domain.limit_of(current, unit) for unit in TOLD}


def named(session: Session, at: datetime, workspace_id: str, slack_ids: Sequence[str]) -> tuple[int, ...]:
    """Return who these people in Slack are, by id. FormError where Encore does not know somebody."""
    found = [whos.find(session, at, workspace_id, slack_id) for slack_id in slack_ids]
    if None in found:
        unknown = "Somebody you chose is" if found.count(None) == 1 else f"{found.count(None)} of whom you chose are"
        raise FormError({"people": f"{unknown} not linked to Encore. /encore setup links them."})
    return tuple(dict.fromkeys(who.person_id for who in found if who is not None))


def bonus(session: Session, at: datetime, asked: Bonus) -> Came:
    """Give a bonus, or ask a second admin; asked again under the key, it answers the same.

    FormError where something in it cannot be; RefusedError where who asks is no admin, or the key stands for another.
    """
    store.alone(session, _id(asked.who))
    kept = store.find(session, asked.key)
    if kept is not None:
        return _again(session, kept, asked.request_hash())
    _check_admin(session, at, asked.who)
    wrong = domain.problems(asked.amount, asked.person_ids, asked.reason)
    if wrong:
        raise FormError(wrong)
    if merged := [words for number in asked.person_ids if (words := persons.merged_words(session, number))]:
        raise FormError({"people": " ".join(merged)})
    merging.hold(session, asked.person_ids)
    _check_people(session, at, asked.person_ids)
    return _ask(
        session, at, key=asked.key, request_hash=asked.request_hash(), who=asked.who, person_ids=asked.person_ids,
        unit=asked.unit, amount=asked.amount, total=asked.amount * len(asked.person_ids), of_key=None,
        reason=asked.reason,
    )  # fmt: skip


def correct(session: Session, at: datetime, asked: Correction) -> Came:
    """Take back what an entry came from, as a whole, or ask a second admin; asked again under the key: the same.

    What was declined or refused before is asked for anew.
    NotFoundError where there is no such entry; RefusedError where it is not one that can be taken back by hand, or was.
    """
    store.alone(session, _id(asked.who))
    asked = _numbered(session, asked)
    kept = store.find(session, asked.key)
    if kept is not None:
        return _again(session, kept, asked.request_hash())
    _check_admin(session, at, asked.who)
    if not asked.reason.strip():
        raise FormError({"reason": "Say what was wrong: they read it in their statement."})
    row = entries.find_entry(session, asked.entry_id)
    if row is None:
        raise NotFoundError(f"There is no entry {asked.entry_id}. `encore points show NAME` shows everybody's.")
    if made(row.kind) not in CORRECTED or row.of_key is not None or row.unit not in TOLD or row.amount <= 0:
        raise RefusedError("That entry is part of something that ends by its own steps; it is not taken back by hand.")
    if ledger.is_taken_back(session, row.key):
        raise RefusedError("That has been taken back already.")
    owners = _owners(session, row.key)
    merging.hold(session, {*owners, *owing.people_of(session, row.key).values()})
    amount = row.amount
    return _ask(
        session, at, key=asked.key, request_hash=asked.request_hash(), who=asked.who, person_ids=tuple(owners),
        unit=row.unit, amount=amount, total=abs(amount) * len(owners), of_key=row.key, reason=asked.reason,
    )  # fmt: skip


def decide(session: Session, at: datetime, who: Who, adjustment_id: int, step: Step) -> Came:
    """Approve or decline: whoever is first does, and the others learn what it came to.

    RefusedError where there is no such request, or this admin may not decide it.
    """
    roles.check_admin(session, at, who.person_id)
    kept = store.take(session, adjustment_id)
    if kept is None:
        raise RefusedError("There is no such request any more.")
    state = State.DECLINED if step is Step.DECLINE else State.DONE
    if kept.state is not State.WAITING:
        return _came(session, kept, taken=_now(session, kept.by) == who.person_id and kept.state is state)
    bar = _bar(session, at, kept.asked_by, kept.person_ids, who.person_id)
    if step is Step.APPROVE and bar is not None:
        audit.append(
            session, at, actor=person(who.person_id), deed="refused", subject="adjustment_approve", after=kept.key
        )
        return replace(_came(session, kept, taken=False), bar=bar)
    if step is Step.APPROVE:
        return _came(session, _carry_out(session, at, kept, who.person_id), taken=True)
    store.decide(session, at, kept.id, State.DECLINED, who.person_id)
    return _came(session, _followed(session, at, kept, who.person_id), taken=True)


def waiting(session: Session, at: datetime, who: Who) -> list[Came]:
    """Return what waits for a second admin. RefusedError where this is none."""
    roles.check_admin(session, at, who.person_id)
    return [
        replace(_came(session, kept, taken=True), bar=_bar(session, at, kept.asked_by, kept.person_ids, who.person_id))
        for kept in store.list_waiting(session)
    ]


def list_to_hand_on(session: Session, at: datetime) -> list[int]:
    """Return what waits for a second admin and was sent to somebody who may not decide it any more, or to nobody who may."""
    reach = asking.reach(session, at)
    return [kept.id for kept in store.list_waiting(session) if _round(session, at, kept, reach) is not None]


def hand_on(session: Session, at: datetime, adjustment_id: int) -> bool:
    """Ask others instead of those who may not decide any more; whether there were any."""
    kept = store.take(session, adjustment_id)
    if kept is None or kept.state is not State.WAITING:
        return False
    found = _round(session, at, kept, asking.reach(session, at))
    if found is None:
        return False
    asking.release(session, at, found, partial(_message_key, kept))
    store.send_to(session, kept.id, found.asked)
    _send(session, at, kept, found.new)
    return True


def case_of(session: Session, adjustment_id: int) -> Case | None:
    """Return a bonus or a correction as messages tell of it."""
    kept = store.look(session, adjustment_id)
    return None if kept is None else _case(session, kept)


def _ask(
    session: Session, at: datetime, *, key: str, request_hash: str, who: Who | None, person_ids: tuple[int, ...],
    unit: str, amount: int, total: int, of_key: str | None, reason: str,
) -> Came:  # fmt: skip
    asked_by = _id(who)
    limit = domain.limit_of(programmes.current(session, at).points, unit)
    me = [] if asked_by is None else _entries_of(session, asked_by)
    before = store.moved_since(session, me, unit, at - domain.WITHIN)
    # Nobody gives themselves anything alone, however little.
    second = domain.needs_a_second(total, before, limit) or (of_key is None and asked_by in person_ids)
    admins = store.list_admins(session, _today(at, who)) if second else []
    sent_to = [n for n in admins if _bar(session, at, asked_by, person_ids, n) is None]
    store.add(
        session, at, key=key, request_hash=request_hash, asked_by=asked_by, person_ids=person_ids, unit=unit,
        amount=amount, total=total, of_key=of_key, text_id=texts.add(session, at, kind="adjustment", body=reason),
        sent_to=sent_to, state=State.WAITING,
    )  # fmt: skip
    kept = _found(store.find(session, key))
    if not second:
        return _came(session, _carry_out(session, at, kept, None), taken=True)
    audit.append(
        session, at, actor=deeds.actor_of(asked_by), deed="adjustment.ask", subject=key, after=f"{total} {unit}"
    )
    _send(session, at, kept, sent_to)
    return _came(session, kept, taken=True)


def _send(session: Session, at: datetime, kept: Kept, sent_to: Sequence[int]) -> None:
    case = _case(session, kept)
    for number in sent_to:
        asking.ask(session, at, number, key=_message_key(kept, number), view="adjustment_request", value=case)


def _message_key(kept: Kept, number: int) -> str:
    """Return the key of the message that asks somebody."""
    return f"{kept.key}:to:{number}"


def _round(session: Session, at: datetime, kept: Kept, reach: Reach) -> Round | None:
    """Return who is to be asked instead of whom; None where nobody is."""
    able = [number for number in reach.admins if _bar(session, at, kept.asked_by, kept.person_ids, number) is None]
    return asking.round_now(session, kept.sent_to, able, able, partial(_message_key, kept))


def _bar(
    session: Session, at: datetime, asked_by: int | None, person_ids: Sequence[int], decider: int
) -> Bar | None:  # fmt: skip
    """Return why an admin may not approve it, everybody being who they are since their entries were merged."""
    asker = _now(session, asked_by)
    made_by = set() if asker is None else store.list_made_admin(session, _entries_of(session, asker), at - domain.NEW)
    concerned = {now for number in person_ids if (now := _now(session, number)) is not None}
    new = {_now(session, number) for number in made_by}
    return domain.bar(asker, concerned, decider, is_new=decider in new)


def _now(session: Session, person_id: int | None) -> int | None:
    return None if person_id is None else merging.find_kept(session, person_id) or person_id


def _entries_of(session: Session, person_id: int) -> list[int]:
    return [person_id, *merging.list_merged(session, person_id)]


def _carry_out(session: Session, at: datetime, kept: Kept, by: int | None) -> Kept:
    """Let the ledger follow, and tell everybody concerned; the request is locked, or not seen by others yet."""
    # Whoever was merged into somebody else meanwhile gets it there.
    now = {_now(session, number) or number for number in kept.person_ids}
    of = kept.of_key or ""
    concerned = sorted({*now, *owing.people_of(session, of).values()})
    merging.hold(session, concerned)
    moved = [AccountName(person(number), kept.unit) for number in sorted(now)]
    owed = [account for number in concerned for account in owing.accounts(session, number)]
    ledger.hold(session, [*moved, *owed, *owing.accounts_of(session, of)])
    reason = texts.list_bodies(session, [kept.text_id]).get(kept.text_id, "")
    news = deeds.carry_out(session, at, kept, sorted(now), reason)
    state = State.REFUSED if news is None else State.DONE
    store.decide(session, at, kept.id, state, by)
    for number, told in (news or {}).items():
        if deeds.is_told(session, at, number):
            outbox.tell(session, at, number, key=f"{kept.key}:{number}", view="adjustment_news", value=told)
    return _followed(session, at, kept, by)


def _followed(session: Session, at: datetime, kept: Kept, by: int | None) -> Kept:
    """Write down what became of a request, and let the messages of those who were asked show it."""
    done = _found(store.look(session, kept.id))
    actor = deeds.actor_of(kept.asked_by) if by is None else person(by)
    audit.append(
        session, at, actor=actor, deed=f"adjustment.{done.state}", subject=kept.key, before=kept.state.value,
        after=f"{'correction of ' + kept.of_key if kept.of_key else 'bonus'}: {kept.total} {kept.unit}",
    )  # fmt: skip
    case = _case(session, done)
    for number in kept.sent_to:
        asking.follow(
            session, at, _message_key(kept, number), state=done.state, view="adjustment_request", value=case,
            needless=True,
        )  # fmt: skip
    if kept.asked_by is not None and by is not None and by != kept.asked_by:
        outbox.tell(
            session, at, kept.asked_by, key=f"{kept.key}:{done.state}", view="adjustment_decided", value=case
        )  # fmt: skip
    return done


def _again(session: Session, kept: Kept, request_hash: str) -> Came:
    if kept.request_hash != request_hash:
        raise RefusedError(f"The key “{kept.key}” was used for something else; take another one.")
    return _came(session, kept, taken=False)


def _came(session: Session, kept: Kept, *, taken: bool) -> Came:
    case = _case(session, kept)
    names = people.list_names(session, case.people() | set(kept.sent_to))
    return Came(
        case, taken, names, texts.list_bodies(session, case.text_ids()),
        [names[number] for number in kept.sent_to if number in names],
    )  # fmt: skip


def _case(session: Session, kept: Kept) -> Case:
    of = None
    if kept.of_key is not None:
        rows = entries.list_of_txn(session, kept.of_key)
        of = replace(points.entries_of(session, rows[:1])[0], text_id=None) if rows else None
    return Case(
        kept.id, kept.asked_by, kept.person_ids, kept.unit, kept.amount, kept.text_id, kept.state, kept.by, of
    )  # fmt: skip


def _numbered(session: Session, asked: Correction) -> Correction:
    """Return it under its key, with a number where that was declined or refused before."""
    keys = (asked.key if number == 1 else f"{asked.key}:{number}" for number in itertools.count(1))
    over = {State.DECLINED, State.REFUSED}
    return replace(
        asked, key=next(k for k in keys if (kept := store.find(session, k)) is None or kept.state not in over)
    )


def _owners(session: Session, key: str) -> list[int]:
    """Return who got something by a transaction, by id; who were merged since, as they are now."""
    now = owing.people_of(session, key)
    return sorted({now[row.owner] for row in entries.list_of_txn(session, key) if row.owner in now})


def _check_admin(session: Session, at: datetime, who: Who | None) -> None:
    if who is not None:
        roles.check_admin(session, at, who.person_id)


def _check_people(session: Session, at: datetime, person_ids: Sequence[int]) -> None:
    gone = [n for n in person_ids if people.left_on(session, n, at.date())]
    if gone:
        names = people.list_names(session, gone)
        raise FormError({"people": f"{', '.join(names.values())} does not work here any more."})


def _today(at: datetime, who: Who | None) -> date:
    return at.astimezone(zone("UTC" if who is None else who.zone)).date()


def _found(kept: Kept | None) -> Kept:
    assert kept is not None
    return kept


def _id(who: Who | None) -> int | None:
    return None if who is None else who.person_id
