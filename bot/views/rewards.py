"""Rewards: what somebody can have for their points, and what came of asking. Requests are in `redemptions`."""

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Final

from bot.domain.rewards import Bid, Moved, Offer, RewardKind, Shelf, State
from bot.views.blocks import (
    actions,
    bullets,
    button,
    card,
    carousel,
    confirm,
    context,
    divider,
    header,
    plain,
    rich_text,
    run,
    section,
)
from bot.views.figures import count_words
from bot.views.message import Block, Message
from bot.views.names import among_words, escaped, one_line
from bot.views.redemptions import either, outcome, own_request, paged, points_words, quoted, turn

_MOST_OF_A_TITLE: Final = 60
_MOST_OF_A_BODY: Final = 200
_MOST_REQUESTS: Final = 3
"""Own requests that stand on the shelf; the others are a button away."""

_KINDS: Final = MappingProxyType(
    {
        RewardKind.PERK: "Perk", RewardKind.PRODUCT: "Product", RewardKind.TIME_OFF: "Time off",
        RewardKind.RECOGNITION: "Recognition",
    }
)  # fmt: skip
_PROMISE: Final = "Only you see this. A price is held until the reward is handed over, and given back if it is not."
_COMMANDS: Final = (
    ("/redeem", "what you can have for your points"),
    ("/redeem late start", "one reward, by its name"),
    ("/redeem requests", "what you asked for, and what waits for your decision"),
)

_Show = Callable[[Sequence[Offer]], list[Block]]
"""Shows offers, each with its button."""


def native(shelf: Shelf, *, said: str = "", page: int = 0, only: Offer | None = None) -> Message:
    """Return what somebody can have as cards, for workspaces that have the blocks of 2026.

    `said` is what has just come of something; `page` counts from 0; `only` is the one reward that was asked for.
    """
    return _shelf(shelf, said, page, only, lambda offers: [carousel([_card(offer, shelf) for offer in offers])])


def classic(shelf: Shelf, *, said: str = "", page: int = 0, only: Offer | None = None) -> Message:
    """Return the same in blocks that every workspace has."""
    return _shelf(shelf, said, page, only, lambda offers: [_line(offer, shelf) for offer in offers])


def usage() -> Message:
    """Say what the command can do."""
    lead = "/redeem is for what your points can get you. These are its words:"
    items = [(run(typed, code=True), run(f"  {meaning}")) for typed, meaning in _COMMANDS]
    choices = "; ".join(f"`{typed}` for {meaning}" for typed, meaning in _COMMANDS)
    return Message(f"{lead} {choices}. {_PROMISE}", [rich_text(run(lead)), bullets(*items), context(plain(_PROMISE))])


def unknown(typed: str, near: Sequence[str]) -> str:
    """Return what is said where a reward was not found."""
    hint = f" Did you mean {either([quoted(title) for title in near])}?" if near else ""
    return f"There is no reward {quoted(typed)} here.{hint} This is what there is:"


def asked(bid: Bid, locale: str) -> str:
    """Return what came of asking for a reward."""
    title, price = quoted(bid.title), points_words(bid.price, locale)
    if bid.case is None and bid.missing:
        return f"{title} costs {price}, {count_words(bid.missing, locale)} more than you have. Nothing was taken."
    if bid.case is None:
        return f"{title} is sold out. Nothing was taken."
    who = either([among_words(one_line(name)) for name in bid.deciders])
    match bid.case.state:
        case State.ASKED if who:
            rest = f"{who} decides, and I tell you what."
        case State.ASKED:
            rest = "There is nobody yet who could decide it, so it waits until there is, or until you cancel it."
        case State.APPROVED if who:
            return f"You get {title}: {who} hands it over. Your {price} are held until then."
        case State.APPROVED:
            return (
                f"You get {title}. There is nobody yet who could hand it over, so it waits, and your {price} are held."
            )
        case _:
            return f"You asked for {title} before, and that is over."
    return f"You asked for {title}. Your {price} are held. {rest}"


def cancelled(moved: Moved, locale: str) -> str:
    """Return what came of cancelling a request."""
    assert moved.case is not None
    title = quoted(moved.case.title)
    if moved.taken:
        return f"You cancelled {title}. Your {points_words(moved.case.price, locale)} are back."
    return f"It was too late to cancel {title}: {outcome(moved.case, moved.names)}"


def _shelf(shelf: Shelf, said: str, page: int, only: Offer | None, show: _Show) -> Message:
    pages = paged(shelf.offers if only is None else [only], lambda offer: show([offer]))
    page = min(page, len(pages) - 1)
    offers, balance = pages[page], _balance(shelf)
    own = [] if only else [own_request(case, shelf.locale) for case in shelf.requests[:_MOST_REQUESTS]]
    everything = [actions(button("reward_page:all", "See everything", "0"))]
    blocks = [
        header("Rewards"), *([rich_text(run(said))] if said else []), rich_text(*balance),
        *own, *([] if only else _further(shelf)), *([divider()] if own else []),
        *(show(offers) if offers else [rich_text(run("Nothing is offered at your site for now."))]),
        *(everything if only else turn("reward_page", page, len(pages))), context(plain(_PROMISE)),
    ]  # fmt: skip
    sentences = [said, "".join(part["text"] for part in balance), *_listed(offers, shelf.locale)]
    return Message(escaped(" ".join(filter(None, sentences))), blocks)


def _balance(shelf: Shelf) -> list[Block]:
    runs = [run("You have "), run(points_words(shelf.balance, shelf.locale), bold=True)]
    if shelf.held:
        runs.append(run(f", and {count_words(shelf.held, shelf.locale)} more are held for what you asked for"))
    return [*runs, run(".")]


def _further(shelf: Shelf) -> list[Block]:
    """Return the way to what does not stand on the shelf."""
    buttons = []
    if len(shelf.requests) > _MOST_REQUESTS:
        buttons.append(button("reward_requests:own", f"All {len(shelf.requests)} requests", "0"))
    if shelf.to_decide:
        buttons.append(button("reward_requests:others", f"Waiting for you: {shelf.to_decide}", "0"))
    return [actions(*buttons)] if buttons else []


def _card(offer: Offer, shelf: Shelf) -> Block:
    title, words = _fitting(offer.title, _MOST_OF_A_TITLE), _fitting(offer.words, _MOST_OF_A_BODY)
    return card(title, _terms(offer, shelf.locale), words, *_ask(offer, shelf))


def _line(offer: Offer, shelf: Shelf) -> Block:
    title, words = _fitting(offer.title, _MOST_OF_A_TITLE), _fitting(offer.words, _MOST_OF_A_BODY)
    return section("\n".join(filter(None, (f"*{title}*", _terms(offer, shelf.locale), words))), *_ask(offer, shelf))


def _terms(offer: Offer, locale: str) -> str:
    parts = [points_words(offer.price, locale), _KINDS[offer.kind]]
    if offer.sold_out:
        return " · ".join([*parts, "sold out"])
    if offer.left is not None:
        parts.append(f"{count_words(offer.left, locale)} left")
    if offer.missing:
        parts.append(f"{count_words(offer.missing, locale)} to go")
    return " · ".join(parts)


def _ask(offer: Offer, shelf: Shelf) -> list[Block]:
    if not offer.can_be_had:
        return []
    price, rest = (points_words(points, shelf.locale) for points in (offer.price, shelf.balance - offer.price))
    words, until = ("Ask for it", "decided and handed over") if offer.needs_approval else ("Get it", "handed over")
    held = f"{price} are held until it is {until}. You keep {rest}."
    question = confirm(one_line(offer.title, _MOST_OF_A_TITLE), held, yes=words)
    return [button(f"reward_ask:{offer.key}", words, f"{offer.key} {offer.price}", confirm=question)]


def _listed(offers: Sequence[Offer], locale: str) -> list[str]:
    parts = (
        ("You can have", [offer for offer in offers if offer.can_be_had]),
        ("Next", [offer for offer in offers if offer.missing and not offer.sold_out]),
        ("Sold out", [offer for offer in offers if offer.sold_out]),
    )
    return [
        f"{lead}: {'; '.join(f'{one_line(offer.title)} ({_terms(offer, locale)})' for offer in found)}."
        for lead, found in parts
        if found
    ]


def _fitting(words: str, most: int) -> str:
    """Return words on one line, escaped, in at most `most` characters as Slack counts them."""
    line = one_line(words, most)
    while len(escaped(line)) > most:
        line = one_line(line, len(line) - 1)
    return escaped(line)
