"""What a message to one person says of what they have and owe: as it is when it is sent, not when it was queued.

News wait for the next shift, and what was owed may be settled by then.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from bot.domain.adjustments import News
from bot.domain.earning import Earned
from bot.domain.ledger import Unit, person
from bot.services.owing import OWED_OF
from bot.store import ledger

_Has = Mapping[str, int]


def _news(told: News, has: _Has) -> News:
    owes, held = OWED_OF.get(told.unit, ""), {Unit.POINTS: Unit.HELD, Unit.MINUTES: Unit.HELD_MINUTES}
    return replace(told, owes=has.get(owes, 0), held=has.get(held.get(Unit(told.unit), ""), 0)) if told.owed else told


def _earned(told: Earned, has: _Has) -> Earned:
    return replace(told, owed=has.get(Unit.OWED, 0), owed_minutes=has.get(Unit.OWED_MINUTES, 0))


_ANEW: Final[Mapping[str, tuple[TypeAdapter[Any], Callable[[Any, _Has], Any]]]] = MappingProxyType(
    {"adjustment_news": (TypeAdapter(News), _news), "earned": (TypeAdapter(Earned), _earned)}
)
"""By the view: what its value is read as, and how that is with somebody's balances."""


def renewed(session: Session, person_id: int, view: str, value: str) -> str:
    """Return the frozen value of a message to somebody as it is now; one that cannot be read stays as it is."""
    if view not in _ANEW:
        return value
    adapter, anew = _ANEW[view]
    try:
        told = adapter.validate_json(value)
    except ValidationError:
        # Whoever renders it gives it up, and tells the admins.
        return value
    return adapter.dump_json(anew(told, ledger.balances(session, person(person_id)))).decode()
