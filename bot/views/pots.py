"""Pots of teams: how full they are, the form to chip in, and what those who did are told."""

from types import MappingProxyType
from typing import Final

from bot.domain.offers import Offer, Shelf
from bot.domain.pots import Chipped, News, Pot, Status, Turn
from bot.views.blocks import context, plain, rich_text, run
from bot.views.figures import count_words
from bot.views.form import Form, number_field
from bot.views.message import Message
from bot.views.names import among_words, escaped, name_of, team_words
from bot.views.prices import points_words
from bot.views.redemptions import filled, progress, quoted
from bot.views.words import Words

_WIDTH: Final = 10
_FULL, _EMPTY = "▓", "░"
_WHEN_FULL: Final = (
    "When the pot is full it goes on as a request like any other. Until then everybody can take their part back."
)
_PRIVATE: Final = "Your team sees how much is in the pot, and never who gave how much."

_NEWS: Final = MappingProxyType(
    {
        Turn.ASKED: "The pot of {team} for {title} is full: {price}. It waits for a decision, and your {part} are held until then.",
        Turn.APPROVED: "{by} approved {title} for {team}. Your {part} in its pot are held until it is handed over.",
        Turn.DECLINED: "{by} declined {title} for {team}. Your {part} are back.",
        Turn.DONE: "{title} is handed over to {team}, says {by}, and your {part} are spent. If it is not, tell {by}.",
        Turn.GIVEN_BACK: "{title} cannot be had after all: {by} gave back what {team} had in the pot. Your {part} are back.",
        Turn.EXPIRED: "Nobody decided in time about {title} for {team}, and your {part} are back.",
        Turn.UNREACHED: "The pot of {team} for {title} was not full in time: {held} of {price}. Your {part} are back.",
        Turn.OFF_SHELF: "{title} is not offered any more. Your {part} in the pot of {team} are back.",
    }
)  # fmt: skip
_UNDECIDED: Final = "The pot of {team} for {title} is full: {price}. Your {part} are held until it is handed over."
"""Where nobody has to approve it."""


def bar(pot: Pot) -> str:
    """Return how full a pot is as ten blocks; only a full one has all of them, and only an empty one none."""
    blocks = min(_WIDTH - 1, -(-pot.held * _WIDTH // pot.price)) if pot.missing else _WIDTH
    return _FULL * blocks + _EMPTY * (_WIDTH - blocks)


def chipping(offer: Offer, shelf: Shelf) -> Form:
    """Return the form in which somebody chips in: at most what is missing, and what they have."""
    most = min(offer.to_come, shelf.balance)
    price = points_words(offer.price or 0, shelf.locale)
    there = (
        f"Its pot holds {progress(offer.pot, shelf.locale)}."
        if offer.pot
        else "Nobody has put anything in its pot yet."
    )
    drawn = f"\n{bar(offer.pot)} {count_words(offer.to_come, shelf.locale)} missing" if offer.pot else ""
    hint = f"From 1 to {count_words(most, shelf.locale)}. You have {points_words(shelf.balance, shelf.locale)}."
    return Form(
        "pot_chip", "Chip in",
        [
            rich_text(run(f"{quoted(offer.title)} costs your team {price}. {there}{drawn}")),
            number_field("amount", "How many points do you put in?", least=1, most=most, hint=hint),
            context(plain(f"{_WHEN_FULL} {_PRIVATE}")),
        ],
        submit="Chip in", note=f"{offer.key} {offer.price}",
    )  # fmt: skip


def receipt(came: Chipped, locale: str) -> Message:
    """Return what came of chipping in."""
    words = chipped(came, locale)
    return Message(escaped(words), [rich_text(run(words)), context(plain("/redeem requests shows where it is."))])


def chipped(came: Chipped, locale: str) -> str:
    """Return what came of chipping in, in words."""
    title = quoted(came.title)
    if came.pot is None:
        return f"You have {points_words(came.short, locale)} too few for that. Nothing was taken."
    if not came.taken:
        return f"The pot for {title} was full before. Nothing was taken."
    put = points_words(came.taken, locale)
    less = "" if came.taken == came.wanted else ", which is all that was missing"
    where = "It is full now, and goes on as a request of your team."
    if came.pot.status is Status.OPEN:
        where = f"It holds {progress(came.pot, locale)}."
    left = points_words(came.left, locale)
    return f"You put {put} into the pot for {title}{less}. {where} You have {left} left."


def taken_back(pot: Pot, points: int, locale: str) -> str:
    """Return what came of taking one's part back."""
    if points:
        return f"Your {points_words(points, locale)} from the pot for {quoted(pot.title)} are back."
    if pot.own and pot.status is Status.FULL:
        return f"The pot for {quoted(pot.title)} is full. What is in it stays until it is decided."
    return f"There is nothing of yours in the pot for {quoted(pot.title)} any more."


def news(said: News, words: Words) -> Message:
    """Return what one of those who chipped in is told of their pot."""
    undecided = said.turn is Turn.APPROVED and said.by is None
    parts = {
        "team": team_words(said.team), "title": quoted(said.title), "price": points_words(said.price, words.locale),
        "held": count_words(said.held, words.locale), "part": points_words(said.part, words.locale),
        "by": "" if said.by is None else among_words(name_of(said.by, words.names)),
    }  # fmt: skip
    runs, sentence = filled(
        _UNDECIDED if undecided else _NEWS[said.turn], parts, words.texts.get(said.text_id or 0, "")
    )  # fmt: skip
    return Message(escaped(sentence), [rich_text(*runs)])
