"""The catalogue as admins see it: every reward with what goes for it, and the form of one."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.domain.catalogue import OWN_DAY, Catalogue, Reward, Shelved, mark
from bot.domain.rewards import Approver, PaidIn, RewardKind
from bot.views.blocks import actions, button, confirm, context, divider, plain, rich_text, run
from bot.views.figures import count_words, date_words
from bot.views.form import (
    Form,
    choice_field,
    date_field,
    number_field,
    several_field,
    text_field,
    ticks_field,
)
from bot.views.message import Block
from bot.views.names import one_line
from bot.views.prices import amount_words
from bot.views.redemptions import quoted
from bot.views.rewards import KINDS

_MOST_OF_A_QUESTION: Final = 60
PER_PAGE: Final = 30
"""A modal has 100 blocks at most, and each reward takes three."""
MOST_OF_A_TITLE: Final = 60
MOST_OF_WORDS: Final = 180
MOST_OF_PICTURE_WORDS: Final = 200
MOST_OF_AN_ADDRESS: Final = 3_000
MOST_OF_A_PRICE: Final = 12
MOST: Final = 1_000_000

YES: Final = "yes"
_WHO: Final[Mapping[Approver, str]] = MappingProxyType(
    {Approver.LEAD: "a lead of their team", Approver.ADMIN: "an admin"}
)
_UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {PaidIn.POINTS.value: "Points", PaidIn.MINUTES.value: "Minutes of paid time"}
)
_SAME: Final = "same"
_INTRO: Final = "What people can have for their points. Each change counts at once, for whoever asks from now on."


def listing(catalogue: Catalogue, *, page: int = 0, said: str = "") -> Form:
    """Return every reward with what can be done about it; `page` counts from 0, `said` is what has just come of it."""
    pages = max(1, -(-len(catalogue.rewards) // PER_PAGE))
    page = min(page, pages - 1)
    blocks = [rich_text(run(said or _INTRO)), actions(button("catalogue_edit", "Add a reward")), divider()]
    for shelved in catalogue.rewards[page * PER_PAGE : (page + 1) * PER_PAGE]:
        blocks += [rich_text(*_told(shelved, catalogue)), _doors(shelved.reward), divider()]
    if not catalogue.rewards:
        blocks.append(rich_text(run("There is nothing in the catalogue yet.")))
    ways = [("Earlier", page - 1), ("More", page + 1)]
    turning = [button(f"catalogue_look:{to}", words, str(to)) for words, to in ways if 0 <= to < pages]
    return Form("", "Rewards", [*blocks, *([actions(*turning)] if turning else [])], close="Close")


def form(reward: Reward | None, catalogue: Catalogue) -> Form:
    """Return the form of a reward, or of a new one."""
    return Form(
        "catalogue_edit", "Add a reward" if reward is None else "Change a reward",
        [*_what(reward), *_terms(reward), *_where_and_when(reward, catalogue), *_picture(reward)],
        submit="Save", note="" if reward is None else f"{reward.key} {mark(reward)}",
    )  # fmt: skip


def saved(reward: Reward, catalogue: Catalogue) -> str:
    """Say that a reward stands in the catalogue as it was written."""
    return f"{quoted(reward.title)} is saved.{_season(reward, catalogue)}"


def shelved(reward: Reward) -> str:
    """Say that a reward was taken off the shelf, or put back."""
    if reward.on_shelf:
        return f"{quoted(reward.title)} is on the shelf again."
    return f"{quoted(reward.title)} is off the shelf. What was asked for already goes its way."


def _told(shelved: Shelved, catalogue: Catalogue) -> list[Block]:
    reward, locale = shelved.reward, catalogue.locale
    price = "one own day" if reward.price == OWN_DAY else amount_words(int(reward.price), reward.unit, locale)
    parts = [price, KINDS[reward.kind]]
    if reward.stock is not None and shelved.left is not None:
        parts.append(f"{count_words(shelved.left, locale)} of {count_words(reward.stock, locale)} left")
    parts.append("everywhere" if reward.sites is None else ", ".join(map(one_line, reward.sites)))
    state = "" if reward.on_shelf else "Off the shelf. "
    runs = [
        run(reward.title, bold=True), run(f"\n{' · '.join(parts)}\n{state}{_who(reward)}."),
        run(_season(reward, catalogue)),
    ]  # fmt: skip
    return [part for part in runs if part["text"]]


def _who(reward: Reward) -> str:
    hands = _WHO[reward.handed_over_by]
    if not reward.needs_approval:
        return f"Needs no decision, handed over by {hands}"
    if reward.handed_over_by is reward.approver:
        return f"Decided and handed over by {hands}"
    return f"Decided by {_WHO[reward.approver]}, handed over by {hands}"


def _season(reward: Reward, catalogue: Catalogue) -> str:
    first, last, locale = reward.offered_from, reward.offered_until, catalogue.locale
    parts = [
        *([f"from {date_words(first, locale)}"] if first else []),
        *([f"until {date_words(last, locale)}"] if last else []),
    ]
    now = "" if reward.is_in_season(catalogue.today) else ", and so not today"
    return f" It is offered {' '.join(parts)}{now}." if parts else ""


def _doors(reward: Reward) -> Block:
    change, shelve = button(f"catalogue_edit:{reward.key}", "Change", reward.key), f"catalogue_shelve:{reward.key}"
    if not reward.on_shelf:
        return actions(change, button(shelve, "Put back on the shelf", f"{reward.key} on"))
    told = "Nobody can ask for it until you put it back. What was asked for already goes its way."
    question = confirm(f"Take “{one_line(reward.title, _MOST_OF_A_QUESTION)}” off?", told, yes="Take it off")
    return actions(change, button(shelve, "Take off the shelf", f"{reward.key} off", confirm=question))


def _what(reward: Reward | None) -> list[Block]:
    kind = RewardKind.PERK if reward is None else reward.kind
    return [
        text_field("title", "Title", most=MOST_OF_A_TITLE, initial=reward.title if reward else "", placeholder="Late start"),
        text_field(
            "words", "What does one get?", most=MOST_OF_WORDS, initial=reward.words if reward else "", optional=True,
            hint="A plain sentence.",
        ),
        choice_field("kind", "Kind", {k.value: words for k, words in KINDS.items()}, initial=kind.value),
    ]  # fmt: skip


def _terms(reward: Reward | None) -> list[Block]:
    same = {_SAME: "Whoever may decide"} | {who.value: _capital(words) for who, words in _WHO.items()}
    return [
        text_field(
            "price", "Price", most=MOST_OF_A_PRICE, initial=str(reward.price) if reward else "",
            hint=f"A whole number. For time off in paid minutes also “{OWN_DAY}”: one contracted day of whoever asks.",
        ),
        choice_field("unit", "Paid in", _UNITS, initial=reward.unit.value if reward else PaidIn.POINTS.value),
        number_field(
            "stock", "How many in all", least=0, most=MOST, initial=reward.stock if reward else None, optional=True,
            hint="With those that were taken. Left empty, there is no limit.",
        ),
        ticks_field(
            "needs_approval", "Approval", {YES: "Somebody decides about each request"},
            initial=[YES] if reward is None or reward.needs_approval else [],
        ),
        choice_field(
            "approver", "Who decides", {who.value: _capital(words) for who, words in _WHO.items()},
            initial=reward.approver.value if reward else Approver.LEAD.value,
        ),
        choice_field(
            "hands_over", "Who hands it over", same,
            initial=reward.hands_over.value if reward and reward.hands_over else _SAME,
        ),
    ]  # fmt: skip


def _where_and_when(reward: Reward | None, catalogue: Catalogue) -> list[Block]:
    sites = {str(number): one_line(name) or f"Site {number}" for number, name in catalogue.sites.items()}
    chosen = [str(number) for number, name in catalogue.sites.items() if reward and name in (reward.sites or ())]
    where = several_field("sites", "Sites", sites, initial=chosen, hint="Left empty, it is offered everywhere.")
    return [
        *([where] if sites else []),
        date_field("offered_from", "From", initial=reward.offered_from if reward else None, optional=True),
        date_field(
            "offered_until", "Until", initial=reward.offered_until if reward else None, optional=True,
            hint="The last day. Both are on the clock of whoever looks.",
        ),
    ]  # fmt: skip


def _picture(reward: Reward | None) -> list[Block]:
    return [
        text_field(
            "picture", "Address of a picture", most=MOST_OF_AN_ADDRESS, optional=True,
            initial=reward.picture or "" if reward else "", placeholder="https://",
            hint="Slack fetches it, so it must be open to everybody. Where it cannot be had, people see the words alone.",
        ),
        text_field(
            "picture_words", "What the picture shows", most=MOST_OF_PICTURE_WORDS, optional=True,
            initial=reward.picture_words if reward else "", hint="For whoever does not see it.",
        ),
        context(plain("Whoever asked already keeps the terms of that day.")),
    ]  # fmt: skip


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
