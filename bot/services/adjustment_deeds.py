"""What a bonus or a correction does to the ledger, and what is told of it."""

from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.domain.adjustments import News
from bot.domain.ledger import ISSUER, Deed, person, transfer
from bot.domain.periods import zone
from bot.domain.programme import SiteMode
from bot.services import owing, points
from bot.services import programme as programmes
from bot.store import coaching, ledger
from bot.store import points as entries
from bot.store.adjustments import Kept

OPERATOR: Final = "command line"

_TOLD: Final = frozenset({SiteMode.PRIVATE, SiteMode.LIVE})
"""Where Encore speaks to agents at all."""


def carry_out(
    session: Session, at: datetime, kept: Kept, person_ids: list[int], reason: str
) -> dict[int, News] | None:  # fmt: skip
    """Do what was asked for these people (as they are now), and return what each is told; None where the ledger refuses."""
    did = _give if kept.of_key is None else _take_back
    return did(session, at, kept, person_ids, reason)


def actor_of(asked_by: int | None) -> str:
    """Return how the ledger and the audit call whoever asked."""
    return OPERATOR if asked_by is None else person(asked_by)


def is_told(session: Session, at: datetime, person_id: int) -> bool:
    """Whether Encore speaks to somebody at all: not where their site is only being tried out."""
    stays = coaching.list_seats(session, person_id)
    here = next((s for s in stays if s.covers(at.astimezone(zone(s.zone)).date())), None)
    return here is not None and programmes.current(session, at).site(here.site).mode in _TOLD


def _give(session: Session, at: datetime, kept: Kept, person_ids: list[int], reason: str) -> dict[int, News] | None:
    """Give each their bonus, a transaction each, so that each can be taken back alone."""
    news = {}
    for number in person_ids:
        key = kept.key if len(kept.person_ids) == 1 else f"{kept.key}:{number}"
        postings = transfer(kept.unit, kept.amount, source=ISSUER, target=person(number))
        request = {"to": person(number), kept.unit: kept.amount, "reason": reason}
        receipt = ledger.append(session, at, Deed(key, "bonus", actor_of(kept.asked_by), postings, request, reason))
        if not receipt.done:
            return None
        paid = owing.pay(session, at, number, key=key)
        news[number] = News(kept.amount, kept.unit, kept.text_id, paid=paid)
    return news


def _take_back(
    session: Session, at: datetime, kept: Kept, person_ids: list[int], reason: str
) -> dict[int, News] | None:
    """Take a whole transaction back; what one person spent of it is owed where the programme says so."""
    assert kept.of_key is not None
    actor, before = actor_of(kept.asked_by), {n: _owes(session, n, kept.unit) for n in person_ids}
    clawback = programmes.current(session, at).points.clawback
    receipt = owing.take_back(
        session, at, key=kept.key, of=kept.of_key, actor=actor, reason=reason,
        lends=clawback and len(person_ids) == 1,
    )  # fmt: skip
    if receipt is None:
        return None
    now, got = owing.people_of(session, kept.of_key), entries.list_of_txn(session, kept.of_key)
    news = {}
    for n in person_ids:
        theirs = [row for row in got if now.get(row.owner) == n]
        news[n] = News(
            -sum(row.amount for row in theirs), kept.unit, kept.text_id, points.entries_of(session, theirs[:1])[0],
            owed=_owes(session, n, kept.unit) - before[n],
        )  # fmt: skip
    return news


def _owes(session: Session, person_id: int, unit: str) -> int:
    return ledger.balance(session, person(person_id), owing.OWED_OF[unit])
