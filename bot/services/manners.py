"""Messages to one person: to whom in Slack they go, and whether now, later, in a card or not at all."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from pydantic import TypeAdapter
from sqlmodel import Session

from bot.domain.manners import (
    Card,
    IntoCard,
    Later,
    Messages,
    Now,
    Unwanted,
    Verdict,
    WorkDay,
    conversation,
    current,
    decide,
    decide_card,
    next_opening,
    queue_of_card,
    whom,
    work_days,
)
from bot.domain.periods import epoch, zone
from bot.domain.programme import Manners, SiteMode
from bot.services import programme as programmes
from bot.services import standing
from bot.store import facts, outbox, people
from bot.store import manners as store
from bot.store.manners import Recipient
from bot.store.outbox import Said, Waiting

CARD: Final = "card"
"""The view of a card."""

OVER: Final = "over"
"""The view of the last word in a message that asked somebody, where others are asked instead."""

NOT_LINKED: Final = "not_in_slack"
SILENT: Final = frozenset({NOT_LINKED, "has_left", "nobody"})
"""Why a message to a person cannot be said at all; nobody is told, since there is nothing to mend."""

NOT_THEIRS: Final = "said_to_another_account"
"""Why an edit goes nowhere: its message stands with an account that is not this person's any more."""

SILENT_SITE: Final = "site_is_silent"
"""Why nobody is told, although it was queued: the site is off or in shadow by now."""

BACK: Final = timedelta(days=1)
AHEAD: Final = timedelta(days=31)
"""How far rosters are looked at: the longest that somebody is away and still waits for the next shift."""

LOOK_AGAIN: Final = timedelta(hours=1)
"""So often it is looked again at what waits for somebody's hours: the roster may have changed."""

MOMENT: Final = timedelta(seconds=1)

_CARDS: Final = TypeAdapter(Card)


def last_word(message: Waiting) -> Waiting | None:
    """Return a message with its account, where it is the last word in one: that goes wherever the message stands.

    It says nothing of anybody, and just who is to read no more may not be in Slack any more.
    """
    if message.view != OVER or message.edits is None or message.edits.to is None:
        return None
    return replace(message, to=message.edits.to)


def prepare(session: Session, at: datetime, message: Waiting, workspace_id: str) -> Waiting | None:
    """Return a message to a person with their id in Slack, if it may be sent now.

    Else None: it waits, is part of a card now, or is given up for one of the reasons in SILENT.
    """
    person_id = whom(message.channel)
    assert person_id is not None
    someone = store.find_recipient(session, person_id, workspace_id, at.date())
    hindrance = _hindrance(someone, at)
    if hindrance is not None:
        # Somebody may just link them, or take their leave back: either that is seen now, or it sees what is given up here.
        store.take(session, person_id)
        someone = store.find_recipient(session, person_id, workspace_id, at.date())
        hindrance = _hindrance(someone, at)
    if someone is None or someone.slack_id is None or hindrance is not None:
        outbox.bury(session, message.id, error=hindrance or "nobody")
        return None
    ready = replace(message, to=someone.slack_id)
    if message.edits is not None:
        # Slack shows an edit without a word: no hour is a wrong one for it.
        return _where_it_stands(session, ready, message.edits, someone, workspace_id)
    if _is_silent(session, at, someone):
        _silence(session, at, message)
        return None
    verdict = _judge(session, at, message, someone)
    if message.uncertain and not isinstance(verdict, Later):
        # It may be in Slack already: nothing else can say it any more.
        return _filled(session, ready, someone)
    match verdict:
        case Now():
            return _filled(session, ready, someone)
        case Later(until):
            _wait(session, message, min(until, at + LOOK_AGAIN), "waits_for_their_hours")
        case IntoCard(on, when):
            _into_card(session, at, message, someone.person_id, on, when)
        case Unwanted():
            outbox.fold(session, message.id, None, error="unwanted")
    return None


def _where_it_stands(
    session: Session, ready: Waiting, said: Said, someone: Recipient, workspace_id: str
) -> Waiting | None:  # fmt: skip
    """Return an edit, to the account that has its message; None where that is not this person's any more."""
    if said.to is not None and people.find_by_slack(session, workspace_id, said.to) != someone.person_id:
        outbox.fold(session, ready.id, None, error=NOT_THEIRS)
        return None
    return replace(ready, to=said.to or ready.to)


def unnamed(session: Session, at: datetime, person_ids: Iterable[int]) -> set[int]:
    """Return those of these people whom nothing in a channel may name: they chose so, or their site is not live."""
    programme, found = programmes.current(session, at), {}
    for person_id in person_ids:
        found[person_id] = store.find_recipient(session, person_id, "", at.date())
    quiet = people.list_unannounced(session, {someone.person_id for someone in found.values()})
    return {
        person_id
        for person_id, someone in found.items()
        if someone.person_id in quiet
        or (someone.site is not None and programme.site(someone.site).mode is not SiteMode.LIVE)
    }


def seen_at(
    session: Session, at: datetime, rules: Manners, person_ids: Iterable[int], workspace_id: str
) -> datetime | None:
    """Return when the first of these people is at work to read what asks for their decision; None where nobody is there.

    That is the moment itself where one of them is at work.
    """
    moments = []
    for person_id in person_ids:
        someone = store.find_recipient(session, person_id, workspace_id, at.date())
        if _hindrance(someone, at) is None:
            days = _days(session, at, someone, rules, asks=True)
            moments.append(at if current(days, at) else next_opening(days, at))
    return min(moments, default=None)


def _hindrance(someone: Recipient | None, at: datetime) -> str | None:
    if someone is None:
        return "nobody"
    if someone.left_on is not None and someone.left_on <= at.astimezone(zone(someone.zone)).date():
        return "has_left"
    return NOT_LINKED if someone.slack_id is None else None


def _is_silent(session: Session, at: datetime, someone: Recipient) -> bool:
    """Whether the site of somebody is off or in shadow; whoever has to do with every site is written to all the same."""
    if someone.site is None or someone.for_all:
        return False
    return programmes.current(session, at).site(someone.site).mode in {SiteMode.OFF, SiteMode.SHADOW}


def _silence(session: Session, at: datetime, message: Waiting) -> None:
    """Let nobody say news; what asks for a decision waits, and is asked when the site is on again."""
    if message.asks:
        _wait(session, message, at + LOOK_AGAIN, SILENT_SITE)
    else:
        outbox.fold(session, message.id, None, error=SILENT_SITE)


def _wait(session: Session, message: Waiting, until: datetime, why: str) -> None:
    if message.uncertain:
        outbox.doubt(session, message.id, until=until, error=why)
    else:
        outbox.put_back(session, message.id, try_after=until, error=why)


def _judge(session: Session, at: datetime, message: Waiting, someone: Recipient) -> Verdict:
    rules = programmes.current(session, at).manners
    days = _days(session, at, someone, rules, asks=message.asks)
    if message.view == CARD:
        return decide_card(at, days, _CARDS.validate_json(message.value))
    today = current(days, at)
    return decide(
        at, days, asks=message.asks, choice=Messages(someone.messages), limit=rules.daily_limit,
        got=0 if today is None else store.count_got(session, message.channel, today.opens),
        gone=_gone(session, someone.person_id, days),
    )  # fmt: skip


def _days(session: Session, at: datetime, someone: Recipient, rules: Manners, *, asks: bool) -> list[WorkDay]:
    shifts = facts.list_shifts(session, [someone.person_id], epoch(at - BACK), epoch(at + AHEAD))
    return work_days(
        at, [(begins, ends) for _, begins, ends in shifts], zone(someone.zone), rules.quiet_from, rules.quiet_until,
        asks=asks,
    )  # fmt: skip


def _gone(session: Session, person_id: int, days: list[WorkDay]) -> frozenset[date]:
    keys = {_key(person_id, day.on): day.on for day in days}
    return frozenset(keys[key] for key in store.list_gone(session, keys))


def _into_card(session: Session, at: datetime, message: Waiting, person_id: int, on: date, when: datetime) -> None:
    key = _key(person_id, on)
    value = _CARDS.dump_json(Card(person_id, on, when)).decode()
    outbox.add(
        session, at, key=key, channel=conversation(person_id), queue=queue_of_card(person_id, on), view=CARD,
        value=value, not_before=when,
    )  # fmt: skip
    card_id = store.find_open_card(session, key)
    if card_id is None:
        # It has just left; the next look finds another way.
        outbox.put_back(session, message.id, try_after=at + MOMENT, error=None)
    else:
        outbox.fold(session, message.id, card_id)


def _filled(session: Session, message: Waiting, someone: Recipient) -> Waiting | None:
    """Return a message as it is said now, a card with what it says; None where that is nothing."""
    if message.view != CARD:
        return replace(message, value=standing.renewed(session, someone.person_id, message.view, message.value))
    folded = tuple(
        one._replace(value=standing.renewed(session, someone.person_id, one.view, one.value))
        for one in outbox.list_folded(session, message.id)
    )
    if not folded:
        outbox.fold(session, message.id, None, error="nothing_left")
        return None
    return replace(message, folded=folded)


def _key(person_id: int, on: date) -> str:
    return f"card:{person_id}:{on}"
