"""Those who share a pot: each is told what became of it, with their own part, and nobody what others gave."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from bot.domain.pots import News, Turn
from bot.services import outbox
from bot.store import pots
from bot.store.pots import Part
from bot.store.rewards import Kept


def tell(
    session: Session, at: datetime, key: str, news: News, parts: Iterable[Part], *, but: int | None = None
) -> None:  # fmt: skip
    """Tell each of those who have a part, once; but somebody who reads it elsewhere."""
    shares = Counter[int]()
    for part in parts:
        shares[part.person_id] += part.amount
    for number, points in sorted(shares.items()):
        if number != but:
            outbox.tell(
                session, at, number, key=f"{key}:{number}", view="pot_news", value=replace(news, part=points)
            )  # fmt: skip


def tell_of(session: Session, at: datetime, kept: Kept, *, but: int | None = None) -> None:
    """Tell everybody who shares the pot of a request where that is now."""
    assert kept.pot_id is not None
    news = News(Turn(kept.state), kept.title, kept.team or "", kept.price, kept.price, 0, kept.by, kept.text_id)
    tell(session, at, f"{kept.key}:{kept.state}", news, pots.take_parts(session, kept.pot_id), but=but)
