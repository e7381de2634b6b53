"""Short ways to say what happened on one made-up day, Monday the 2nd of March 2026."""

from datetime import UTC, datetime

from hypothesis import HealthCheck, settings

from bot.domain.facts import Feedback, Interaction, Presence, Shift

MONDAY = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())

# A slow machine is no defect, so no single example is held against a clock.
many_examples = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
some_examples = settings(many_examples, max_examples=60)


def at(clock: str) -> int:
    """Return a time of Monday in UTC as epoch seconds; 24:00 and later lie on Tuesday."""
    hours, minutes = clock.split(":")
    return MONDAY + int(hours) * 3600 + int(minutes) * 60


def phone(
    start: str | int, talk: int | None = None, hold: int | None = None, wrap_up: int | None = None
) -> Interaction:
    """Return a call; its end is where talk and hold end, and is not known without them."""
    begin = _moment(start)
    end = None if talk is None else begin + talk + (hold or 0)
    return Interaction("call", "ada", "phone", begin, end, None, talk, hold, wrap_up)


def chat(
    start: str | int, messages: str | None, end: str | None = None, customer_left: str | None = None
) -> Interaction:
    """Return a chat; `messages` are seconds after its start."""
    return Interaction(
        "chat", "ada", "chat", _moment(start), None if end is None else at(end), messages=messages,
        customer_left=None if customer_left is None else at(customer_left),
    )  # fmt: skip


def email(start: str, end: str | None = None, editing: int | None = None) -> Interaction:
    """Return an e-mail opened at `start` and sent at `end`."""
    return Interaction("mail", "ada", "email", at(start), None if end is None else at(end), editing_seconds=editing)


def shift(start: str, end: str, activity: str = "work") -> Shift:
    """Return a stretch of the roster."""
    return Shift("shift", "ada", at(start), at(end), activity)


def present(start: str, end: str, state: str = "queue") -> Presence:
    """Return what the agent was really doing for a while."""
    return Presence("presence", "ada", at(start), at(end), state)


def survey(
    stars: float | None = None, recommend: int | None = None, cause: str | None = None, *,
    disputed: bool = False, sent: bool = True, answered: bool = True, channel: str = "phone",
) -> Feedback:  # fmt: skip
    """Return a survey, with stars as a customer gives them."""
    return Feedback(
        "survey", "ada", None, channel, at("10:00") if sent else None, at("11:00") if answered else None,
        None if stars is None else round(stars * 1000), recommend, None, cause, int(disputed),
    )  # fmt: skip


def _moment(start: str | int) -> int:
    return at(start) if isinstance(start, str) else start
