"""Encore's Home: who one is, what one has, and the way to everything else."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from bot.domain.home import Home, Waits
from bot.domain.people import Role, Who
from bot.domain.periods import zone
from bot.domain.points import Statement
from bot.views import points
from bot.views.blocks import actions, button, context, divider, header, plain, rich_text, run
from bot.views.figures import count_words, moment_words
from bot.views.message import Block, Message
from bot.views.names import among_words, one_line

LOOK: Final = "home_look"

_DOORS: Final = (
    (button("kudos_write", "Thank somebody"), Role.AGENT),
    (button("mystats_look", "Your figures"), Role.AGENT),
    (button("reward_page", "Rewards", "0"), Role.AGENT),
    (button("reward_requests", "Requests", "0"), Role.AGENT),
    (button("preferences_look", "Settings"), Role.AGENT),
    (button("adjustment_look", "Approvals"), Role.ADMIN),
    (button("setup_look", "Setup"), Role.ADMIN),
)
"""The ways to other things, and for whom each is."""

_HELP: Final = button("encore_look", "What you can type")


def native(home: Home) -> Block:
    """Return a Home, with the entries as a table (since 2026-05)."""
    return _home(home, points.native)


def classic(home: Home) -> Block:
    """Return the same where Slack does not take tables."""
    return _home(home, points.classic)


def only(message: Message) -> Block:
    """Return a Home that is nothing but these words."""
    return {"type": "home", "blocks": message.blocks}


def _home(home: Home, show: Callable[[Statement, date], Message]) -> Block:
    reader = home.reader
    as_of = f"As of {moment_words(home.at, reader.zone, reader.locale)}."
    blocks: list[Block] = [header("Encore")]
    if home.who is not None:
        blocks.append(rich_text(run(_who(home.who))))
    waits = _waits(home.waits, reader.locale)
    if waits:
        blocks.append(rich_text(run(" ".join(waits), bold=True)))
    if home.lacking:
        blocks.append(rich_text(run(home.lacking)))
    blocks += [actions(*_doors(home.who)), context(plain(as_of))]
    if home.statement is not None:
        blocks += [divider(), *show(home.statement, home.at.astimezone(zone(reader.zone)).date()).blocks]
    return {"type": "home", "blocks": blocks}


def _who(who: Who) -> str:
    name, team, site = (among_words(one_line(words)) for words in (who.name, who.team or "", who.site or ""))
    of = f", of team {team}" if team else ""
    return f"You are {name}{of}{f' at {site}' if site else ''}."


def _waits(waits: Waits, locale: str) -> list[str]:
    """Return a sentence for each thing that somebody is to decide."""
    told = (
        (waits.requests, "request for a reward waits", "requests for rewards wait", "for you."),
        (waits.questions, "question about points waits", "questions about points wait", "for you, in your messages."),
        (waits.approvals, "bonus or correction waits", "bonuses or corrections wait", "for a second admin."),
    )
    return [f"{count_words(n, locale)} {one if n == 1 else many} {whom}" for n, one, many, whom in told if n]


def _doors(who: Who | None) -> Sequence[Block]:
    there = [] if who is None else [door for door, role in _DOORS if who.may(role)]
    return [button(LOOK, "Refresh"), *there, _HELP]
