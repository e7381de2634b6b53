"""Rewards: what somebody can have for their points, and what came of asking. Requests are in `redemptions`."""

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Final

from bot.domain.offers import Offer, Shelf
from bot.domain.rewards import Bid, PaidIn, RewardKind, State
from bot.views.blocks import (
    actions,
    bullets,
    button,
    card,
    carousel,
    context,
    divider,
    fitting,
    header,
    image,
    plain,
    rich_text,
    run,
    section,
)
from bot.views.figures import count_words, moment_words
from bot.views.form import Form, date_field, text_field
from bot.views.message import Block, Message
from bot.views.names import among_words, either, escaped, one_line
from bot.views.paging import paged, turn
from bot.views.pots import bar
from bot.views.prices import amount_words, minutes_words
from bot.views.redemptions import own_part, own_request, progress, quoted

_MOST_OF_A_TITLE: Final = 60
_MOST_OF_A_BODY: Final = 200
_MOST_OF_A_NOTE: Final = 500
_REQUESTS: Final = (3, 1, 0)
"""So many own requests stand on the shelf, the most that fit; the others are a button away."""

KINDS: Final = MappingProxyType(
    {
        RewardKind.PERK: "Perk", RewardKind.PRODUCT: "Product", RewardKind.TIME_OFF: "Time off",
        RewardKind.RECOGNITION: "Recognition", RewardKind.TEAM: "For the team",
    }
)  # fmt: skip
_PROMISE: Final = "Only you see this. A price is held until the reward is handed over, and given back if it is not."
_NO_HOURS: Final = "I do not know your contracted hours; ask your admin"
_YEAR: Final = 365
_SPANS: Final = ((60, 30, "months"), (14, 7, "weeks"), (0, 1, "days"))
"""From how many days on they are counted in months, weeks and days, and how many days those have."""
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
    """Return the same in blocks that every workspace has, without pictures: Slack may not have been able to fetch one."""
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


def asking(offer: Offer, shelf: Shelf) -> Form:
    """Return the form in which a reward is asked for, that can be had: what becomes of the price, a day, a note."""
    assert offer.price is not None
    price = amount_words(offer.price, offer.unit, shelf.locale)
    keeps = amount_words(shelf.has(offer.unit) - offer.price, offer.unit, shelf.locale)
    until = "decided and handed over" if offer.needs_approval else "handed over"
    held = f"{quoted(offer.title)} costs {price}, held until it is {until}. You keep {keeps}."
    return Form(
        "reward_ask", "Ask for a reward",
        [
            rich_text(run(held)),
            *([] if offer.kind is RewardKind.PRODUCT else [_day_field(offer)]),
            text_field(
                "note", "Anything they should know?", lines=True, most=_MOST_OF_A_NOTE, optional=True,
                hint="Whoever decides or hands it over reads it.",
            ),
        ],
        submit="Ask for it" if offer.needs_approval else "Get it", note=_asked_for(offer),
    )  # fmt: skip


def _day_field(offer: Offer) -> Block:
    hint = "The day that you want off." if offer.needs_day else "If it is for a certain day."
    return date_field("on", "Which day?", optional=not offer.needs_day, hint=hint)


def receipt(bid: Bid, locale: str) -> Message:
    """Return what came of asking for a reward, and what is left."""
    words = asked(bid, locale)
    if bid.case is not None and bid.case.state in {State.ASKED, State.APPROVED}:
        words += f" You have {amount_words(bid.left, bid.unit, locale)} left."
    return Message(escaped(words), [rich_text(run(words)), context(plain("/redeem requests shows where it is."))])


def asked(bid: Bid, locale: str) -> str:
    """Return what came of asking for a reward."""
    title, price = quoted(bid.title), amount_words(bid.price, bid.unit, locale)
    if bid.case is None and bid.missing:
        more = count_words(bid.missing, locale) if bid.unit is PaidIn.POINTS else minutes_words(bid.missing)
        return f"{title} costs {price}, {more} more than you have. Nothing was taken."
    if bid.case is None:
        return f"{title} is sold out. Nothing was taken."
    who = either([among_words(one_line(name)) for name in bid.deciders])
    match bid.case.state:
        case State.ASKED if who:
            rest = f"{who} decides, and I tell you what.{_when(bid, locale)}"
        case State.ASKED:
            rest = "There is nobody yet who could decide it, so it waits until there is, or until you cancel it."
        case State.APPROVED if who:
            return f"You get {title}: {who} hands it over. Your {price} are held until then.{_when(bid, locale)}"
        case State.APPROVED:
            return (
                f"You get {title}. There is nobody yet who could hand it over, so it waits, and your {price} are held."
            )
        case _:
            return f"You asked for {title} before, and that is over."
    return f"You asked for {title}. Your {price} are held. {rest}"


def changed(offer: Offer | None, shelf: Shelf) -> str:
    """Return why a reward cannot be asked for as it stood on its button."""
    if offer is None:
        return "That is not offered any more. Nothing was taken."
    title = quoted(offer.title)
    if offer.sold_out:
        return f"{title} is sold out. Nothing was taken."
    if offer.price is None:
        return f"{_NO_HOURS}. Nothing was taken."
    if offer.for_team:
        return _changed_pot(offer, shelf)
    if offer.missing:
        price = amount_words(offer.price, offer.unit, shelf.locale)
        return f"{title} costs {price}, {_missing(offer, shelf.locale)} more than you have. Nothing was taken."
    return f"The price of {title} has changed, and nothing was taken."


def _changed_pot(offer: Offer, shelf: Shelf) -> str:
    title = quoted(offer.title)
    if not offer.to_come:
        return f"The pot for {title} is full. Nothing was taken."
    return f"The pot for {title} has changed, and nothing was taken." if shelf.balance else "You have no points yet."


def _shelf(shelf: Shelf, said: str, page: int, only: Offer | None, show: _Show) -> Message:
    return fitting(lambda most: _one_shelf(shelf, said, page, only, show, most), _REQUESTS)


def _one_shelf(shelf: Shelf, said: str, page: int, only: Offer | None, show: _Show, most: int) -> Message:
    """Return the shelf with `most` own requests; an offer stands in the blocks, and once more in the text."""
    offered = shelf.offers if only is None else [only]
    pages = paged(offered, lambda offer: (show([offer]), _listed([offer], shelf.locale)))
    page = min(page, len(pages) - 1)
    offers, balance = pages[page], _balance(shelf)
    own = [] if only else _own(shelf)[:most]
    everything = [actions(button("reward_page:all", "See everything", "0"))]
    blocks = [
        header("Rewards"), *([rich_text(run(said))] if said else []), rich_text(*balance),
        *own, *([] if only else _further(shelf, most)), *([divider()] if own else []),
        *(show(offers) if offers else [rich_text(run("Nothing is offered at your site for now."))]),
        *(everything if only else turn("reward_page", page, len(pages))), context(plain(_PROMISE)),
    ]  # fmt: skip
    sentences = [said, "".join(part["text"] for part in balance), *_listed(offers, shelf.locale)]
    return Message(escaped(" ".join(filter(None, sentences))), blocks)


def _when(bid: Bid, locale: str) -> str:
    if bid.seen_at is None:
        return ""
    return f" They are not at work now, and read it from {moment_words(bid.seen_at, bid.zone, locale)} on."


def _balance(shelf: Shelf) -> list[Block]:
    runs = [run("You have "), run(amount_words(shelf.balance, PaidIn.POINTS, shelf.locale), bold=True)]
    if shelf.minutes or shelf.held_minutes:
        runs += [run(" and "), run(amount_words(shelf.minutes, PaidIn.MINUTES, shelf.locale), bold=True)]
    amounts = ((shelf.held, PaidIn.POINTS), (shelf.held_minutes, PaidIn.MINUTES))
    held = [amount_words(amount, unit, shelf.locale) for amount, unit in amounts if amount]
    if held:
        runs.append(run(f", and another {' and '.join(held)} are held for what you asked for"))
    return [*runs, run(".")]


def _own(shelf: Shelf) -> list[Block]:
    asked_for = [own_request(case, shelf.locale) for case in shelf.requests]
    return [*asked_for, *(own_part(pot, shelf.locale) for pot in shelf.pots)]


def _further(shelf: Shelf, most: int) -> list[Block]:
    """Return the way to what does not stand on the shelf."""
    buttons = []
    requests = len(shelf.requests) + len(shelf.pots)
    if requests > most:
        every = "Your request" if requests == 1 else f"All {requests} requests"
        buttons.append(button("reward_requests:own", every, "0"))
    if shelf.to_decide:
        buttons.append(button("reward_requests:others", f"Waiting for you: {shelf.to_decide}", "0"))
    return [actions(*buttons)] if buttons else []


def _card(offer: Offer, shelf: Shelf) -> Block:
    title, words = _fitting(offer.title, _MOST_OF_A_TITLE), _fitting(offer.words, _MOST_OF_A_BODY)
    picture = None if offer.picture is None else image(offer.picture, one_line(offer.picture_words, _MOST_OF_A_BODY))
    return card(title, _terms(offer, shelf.locale, drawn=True), words, *_ask(offer, shelf), picture=picture)


def _line(offer: Offer, shelf: Shelf) -> Block:
    title, words = _fitting(offer.title, _MOST_OF_A_TITLE), _fitting(offer.words, _MOST_OF_A_BODY)
    terms = _terms(offer, shelf.locale, drawn=True)
    return section("\n".join(filter(None, (f"*{title}*", terms, words))), *_ask(offer, shelf))


def _terms(offer: Offer, locale: str, *, drawn: bool = False) -> str:
    """Return what a reward costs and what stands in the way; `drawn` shows a pot as a bar, besides the words."""
    if offer.price is None:
        return f"One day of yours · {KINDS[offer.kind]} · {_NO_HOURS}"
    parts = [amount_words(offer.price, offer.unit, locale), KINDS[offer.kind]]
    if offer.sold_out:
        return " · ".join([*parts, "sold out"])
    if offer.left is not None:
        parts.append(f"{count_words(offer.left, locale)} left")
    if offer.pot is not None:
        own = f"{count_words(offer.pot.own, locale)} of them yours" if offer.pot.own else ""
        full = "" if offer.to_come else "full"
        shown = f"{bar(offer.pot)} " if drawn else ""
        return " · ".join(filter(None, [KINDS[offer.kind], shown + progress(offer.pot, locale), own, full]))
    pace = "" if offer.days is None else pace_words(offer.days)
    if offer.missing:
        parts.append(f"{_missing(offer, locale)} to go{f', {pace} at your pace' if pace else ''}")
    return " · ".join(parts)


def pace_words(days: int) -> str:
    """Return “about a day”, “about 9 days”, “about 3 weeks”, “about 4 months”, “more than a year”."""
    if days <= 1:
        return "about a day"
    if days > _YEAR:
        return "more than a year"
    each, what = next((each, what) for least, each, what in _SPANS if days >= least)
    return f"about {round(days / each)} {what}"


def _missing(offer: Offer, locale: str) -> str:
    return count_words(offer.missing, locale) if offer.unit is PaidIn.POINTS else minutes_words(offer.missing)


def _asked_for(offer: Offer) -> str:
    return f"{offer.key} {offer.price}"


def _ask(offer: Offer, shelf: Shelf) -> list[Block]:
    if offer.to_come and shelf.balance > 0:
        return [button(f"pot_chip:{offer.key}", "Chip in", _asked_for(offer))]
    if not offer.can_be_had:
        return []
    return [button(f"reward_ask:{offer.key}", "Ask for it" if offer.needs_approval else "Get it", _asked_for(offer))]


def _listed(offers: Sequence[Offer], locale: str) -> list[str]:
    parts = (
        ("You can have", [offer for offer in offers if offer.can_be_had]),
        ("Together", [offer for offer in offers if offer.for_team]),
        ("Next", [o for o in offers if not (o.can_be_had or o.sold_out or o.for_team)]),
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
