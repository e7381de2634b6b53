"""Requests for rewards: as whoever asked sees them, as whoever decides does, and what everybody is told of the way."""

from collections.abc import Mapping
from dataclasses import replace
from string import Formatter
from types import MappingProxyType
from typing import Final

from bot.domain.pots import Pot, Status
from bot.domain.rewards import Case, Moved, Requests, State, Step
from bot.views.blocks import actions, button, confirm, context, fitting, header, plain, rich_text, run
from bot.views.figures import INTERNATIONAL, count_words, date_words
from bot.views.form import Form, text_field
from bot.views.message import Block, Message
from bot.views.names import SOMEBODY, among_words, escaped, name_of, one_line, team_words
from bot.views.paging import paged, turn
from bot.views.prices import amount_words, points_words
from bot.views.words import Words

_BOLD: Final = frozenset({"asker", "title"})
_MOST_OF_A_TITLE: Final = 60
_MOST_OF_A_QUESTION: Final = 25
_MOST_OF_WORDS: Final = 500
_LENGTHS: Final = (_MOST_OF_WORDS, 150)
"""Characters of what somebody wrote, the most that fit."""

_OUTCOMES: Final = MappingProxyType(
    {
        State.ASKED: "it waits for a decision.",
        State.APPROVED: "{} approved it.",
        State.DECLINED: "{} declined it.",
        State.CANCELLED: "{} cancelled it.",
        State.DONE: "{} handed it over.",
        State.GIVEN_BACK: "{} gave the price back.",
        State.EXPIRED: "nobody decided it in time.",
    }
)
_REQUEST: Final = MappingProxyType(
    {
        State.ASKED: "{asker} asks for {title}{day} ({price}).",
        State.APPROVED: "{by} approved {title} for {asker}{day} ({price}).",
        State.DECLINED: "{by} declined {title} for {asker}. The {price} are given back.",
        State.CANCELLED: "{asker} cancelled the request for {title}. The {price} are given back.",
        State.DONE: "{by} handed over {title} to {asker}. The {price} are spent.",
        State.GIVEN_BACK: "{by} gave {asker} back the {price} for {title}.",
        State.EXPIRED: "Nobody decided in time about {title} for {asker}. The {price} are given back.",
    }
)
_LATE: Final = "Somebody was quicker than you."
_TOO_LATE: Final = "That comes too late."
_ADVICE: Final = MappingProxyType(
    {
        State.ASKED: "The price is held. Whoever decides first, decides; it can be cancelled until then.",
        State.APPROVED: "Agree with {asker} when. The price is held until you press “Handed over”.",
    }
)
_ADVICE_FOR_A_DAY: Final = "The price is held until you press “Handed over”."
_ADVICE_FOR_A_TEAM: Final = "The team's points are held. Whoever decides first, decides."
_ADVICE_APART: Final = "Whoever hands it over was told. The price is held until then."
_NEWS: Final = MappingProxyType(
    {
        State.APPROVED: "{by} approved {title} for you{day}, and hands it over. Your {price} are held until then.",
        State.DECLINED: "{by} declined your request for {title}. Your {price} are back.",
        State.DONE: "{title} is handed over, says {by}, and your {price} are spent. If it is not, tell {by}.",
        State.GIVEN_BACK: "{title} cannot be had after all: {by} gave your {price} back.",
        State.EXPIRED: "Nobody decided in time about {title}, and your {price} are back. You can ask for it again.",
    }
)
_NEWS_APART: Final = "{by} approved {title} for you{day}. Your {price} are held until it is handed over."
_HAND_OVER: Final = MappingProxyType(
    {
        (True, False): "to be handed over, and yours to cancel until then.",
        (False, False): "approved, and to be handed over. What was approved, only they can take back who hand it over.",
        (False, True): "approved, and to be handed over.",
    }
)
"""Where a request is that only has to be handed over, by whether it can be cancelled, and whether it is a team's."""
_FORMS: Final = MappingProxyType(
    {
        Step.APPROVE: ("reward_approve", "Approve a request", "Approve", "Approve {title} for {asker}{day} ({price})?"),
        Step.DECLINE: ("reward_decline", "Decline a request", "Decline", "Decline {title} for {asker}? The {price} are given back."),
        Step.GIVE_BACK: (
            "reward_give_back", "Give the price back", "Give back", "{title} cannot be handed over to {asker}? The {price} are given back."
        ),
    }
)  # fmt: skip
"""What a form says in which a step is taken with words: its name, title, button and question."""


def request(case: Case, words: Words, *, late: bool = False) -> Message:
    """Return a request as those who decide see it, with what they can do; `late` where somebody else was quicker.

    Where others hand it over, there is nothing to do for them any more once it is approved.
    """
    return _request(case, words, late=late, theirs=case.state is State.ASKED or not case.apart)


def handover(case: Case, words: Words) -> Message:
    """Return what was approved as those see it who hand it over, where others decided."""
    return _request(case, words, late=False, theirs=True)


def news(case: Case, words: Words) -> Message:
    """Return what whoever asked is told of a step that somebody else took, or that nobody took."""
    apart = case.apart and case.state is State.APPROVED
    runs, sentence = _told(_NEWS_APART if apart else _NEWS[case.state], case, words)
    return Message(escaped(sentence), [rich_text(*runs)])


def moved(came: Moved, locale: str) -> Message:
    """Return what stands instead of the message of which a button was pressed."""
    assert came.case is not None
    return request(came.case, Words(came.names, came.texts, locale=locale), late=not came.taken)


def came_of(came: Moved, locale: str) -> str:
    """Return what came of a step, in words."""
    assert came.case is not None
    _, sentence = _told(_pattern(came.case), came.case, Words(came.names, came.texts, locale=locale))
    return sentence if came.taken else f"{_late(came.case)} {sentence}"


def cancelled(came: Moved, locale: str) -> str:
    """Return what came of cancelling a request."""
    assert came.case is not None
    title = quoted(came.case.title)
    if came.taken:
        return f"You cancelled {title}. Your {amount_words(came.case.price, came.case.unit, locale)} are back."
    return f"It was too late to cancel {title}: {outcome(came.case, came.names)}"


def with_words(came: Moved, step: Step, locale: str) -> Form:
    """Return the form in which whoever takes a step may write something to whoever asked."""
    assert came.case is not None
    name, title, submit, question = _FORMS[step]
    runs, _ = _told(question, came.case, Words(came.names, locale=locale))
    field = text_field("words", "What shall they read?", lines=True, most=_MOST_OF_WORDS, optional=True)
    return Form(name, title, [rich_text(*runs), field], submit=submit, note=str(came.case.id))


def requests(waiting: Requests, *, said: str = "", page: int = 0) -> Message:
    """Return somebody's own requests and those that wait for them, with what they can do; `page` counts from 0."""
    items = [
        ("What you asked for", [own_request(case, waiting.locale, waiting.texts.get(case.note_id or 0, ""))])
        for case in waiting.own
    ]
    items += [("Pots with a part of yours", [own_part(pot, waiting.locale)]) for pot in waiting.pots]
    items += [("What waits for you", _others_request(case, waiting)) for case in waiting.to_decide]
    pages = paged(items, lambda item: item[1])
    page = min(page, len(pages) - 1)
    blocks = [rich_text(run(said))] if said else []
    title = ""
    for part, shown in pages[page]:
        blocks += shown if part == title else [header(part), *shown]
        title = part
    others = f"Requests of others that wait for you: {len(waiting.to_decide)}. " if waiting.to_decide else ""
    told = f"Open requests of yours: {len(waiting.own)}. {others}/redeem requests shows them again."
    read = [block["text"]["text"] for _, shown in pages[page] for block in shown if block["type"] == "section"]
    shelf = actions(button("reward_page:all", "See what you can have", "0"))
    blocks += [*turn("reward_requests", page, len(pages)), shelf, context(plain(told))]
    return Message(escaped(" ".join(filter(None, (said, *read, told)))), blocks)


def own_request(case: Case, locale: str, note: str = "") -> Block:
    """Return a request as whoever asked sees it, with a button to cancel it as long as that is possible."""
    waits = "waits for a decision." if case.state is State.ASKED else _HAND_OVER[case.can_be_cancelled, bool(case.team)]
    price = amount_words(case.price, case.unit, locale)
    whose = f" for {team_words(case.team)}" if case.team else ""
    note = one_line(note, _MOST_OF_WORDS)
    wrote = f"\n“{note}”" if note else ""
    shown = plain(f"{quoted(case.title)}{whose}{_day(case, locale)}, {price} held: {waits}{wrote}")
    if not case.can_be_cancelled:
        return {"type": "section", "text": shown}
    question = confirm(
        f"Cancel “{_short(case.title)}”?", "Then what is held is yours again.", yes="Cancel it", no="Keep it"
    )
    cancel = button(f"reward_cancel:{case.id}", "Cancel", str(case.id), confirm=question)
    return {"type": "section", "text": shown, "accessory": cancel}


def own_part(pot: Pot, locale: str) -> Block:
    """Return an open pot as somebody sees it who has a part in it, with a button to take that back."""
    part = points_words(pot.own, locale)
    words = f"{quoted(pot.title)} for {team_words(pot.team)}, {part} of yours in its pot: {progress(pot, locale)}."
    question = confirm("Take your part back?", f"Then your {part} are yours again.", yes="Take it back", no="Leave it")
    take = button(f"pot_take_back:{pot.id}", "Take back", str(pot.id), confirm=question)
    return {"type": "section", "text": plain(words), "accessory": take}


def progress(pot: Pot, locale: str) -> str:
    """Return how far a pot is: “60 of 100 points from 3 people, until 5 April 2026”."""
    people = f"{count_words(pot.people, locale)} {'person' if pot.people == 1 else 'people'}"
    until = f", until {date_words(pot.ends_on, locale)}" if pot.status is Status.OPEN else ""
    return f"{count_words(pot.held, locale)} of {points_words(pot.price, locale)} from {people}{until}"


def outcome(case: Case, names: Mapping[int, str]) -> str:
    """Return where a request is, as the end of a sentence."""
    return _OUTCOMES[case.state].format(_name(case.by, names))


def quoted(title: str) -> str:
    """Return a reward's title as it stands in a sentence."""
    return f"“{one_line(title, _MOST_OF_A_TITLE)}”"


def _others_request(case: Case, waiting: Requests) -> list[Block]:
    state = "waits for your decision" if case.state is State.ASKED else "approved, and to be handed over"
    price = amount_words(case.price, case.unit, waiting.locale)
    words = f"{_asker(case, waiting.names)}, {quoted(case.title)}{_day(case, waiting.locale)}, {price}: {state}."
    note = one_line(waiting.texts.get(case.note_id or 0, ""), _MOST_OF_WORDS)
    words += f"\n“{note}”" if note else ""
    return [{"type": "section", "text": plain(words)}, *_decisions(case, waiting.names, which=f":{case.id}")]


def _decisions(case: Case, names: Mapping[int, str], *, which: str = "") -> list[Block]:
    """Return the buttons of who decides; none where it is over. `which` tells those of several requests apart."""
    if case.state is State.ASKED:
        told = f"{_short(_asker(case, names))}: they are told that they get it"
        told += "." if case.team else ", and cannot cancel it any more."
        sure = confirm(f"Approve “{_short(case.title)}”?", told, yes="Approve")
        approve = button(f"reward_approve{which}", "Approve", str(case.id), style="primary", confirm=sure)
        worded = button(f"reward_words{which}", "Approve with words…", str(case.id))
        return [actions(approve, worded, button(f"reward_decline{which}", "Decline", str(case.id)))]
    if case.state is State.APPROVED:
        told = f"{_short(_asker(case, names))}: then the price is spent, and it is over."
        question = confirm(f"Was “{_short(case.title)}” handed over?", told, yes="Handed over")
        done = button(f"reward_done{which}", "Handed over", str(case.id), style="primary", confirm=question)
        return [actions(done, button(f"reward_give_back{which}", "Give the price back", str(case.id)))]
    return []


def _request(case: Case, words: Words, *, late: bool, theirs: bool) -> Message:
    """Return a request with what both wrote, cut where Slack would not take all of it."""

    def cut(most: int) -> Words:
        return replace(words, texts={number: one_line(text, most) for number, text in words.texts.items()})

    return fitting(lambda most: _one_request(case, cut(most), late=late, theirs=theirs), _LENGTHS)


def _one_request(case: Case, words: Words, *, late: bool, theirs: bool) -> Message:
    runs, sentence = _told(_pattern(case), case, words)
    note = one_line(words.texts.get(case.note_id or 0, ""), _MOST_OF_WORDS) if case.state in _ADVICE else ""
    if note:
        runs = [*runs, run(f"\n“{note}”")]
        sentence = f"{sentence}\n“{note}”"
    small = [*([_late(case)] if late else []), *_advice(case, words, theirs=theirs)]
    blocks = [
        rich_text(*runs), *([context(plain(" ".join(small)))] if small else []), *(_decisions(case, words.names) if theirs else [])
    ]  # fmt: skip
    return Message(escaped(f"{_late(case)} {sentence}" if late else sentence), blocks)


def _late(case: Case) -> str:
    return _TOO_LATE if case.state is State.EXPIRED else _LATE


def _advice(case: Case, words: Words, *, theirs: bool) -> list[str]:
    if case.state not in _ADVICE:
        return []
    if not theirs:
        return [_ADVICE_APART]
    if case.state is State.APPROVED and case.on is not None:
        return [_ADVICE_FOR_A_DAY]
    if case.state is State.ASKED and case.team:
        return [_ADVICE_FOR_A_TEAM]
    return [_ADVICE[case.state].format(asker=_asker(case, words.names))]


def _pattern(case: Case) -> str:
    unasked = case.state is State.APPROVED and case.by is None
    return "{asker} gets {title}{day} ({price})." if unasked else _REQUEST[case.state]


def _told(pattern: str, case: Case, words: Words) -> tuple[list[Block], str]:
    """Return a sentence about a request, with what was written to whoever asked: as runs, and as words."""
    parts = {
        "asker": _asker(case, words.names), "by": _name(case.by, words.names),
        "title": quoted(case.title), "price": amount_words(case.price, case.unit, words.locale),
        "day": _day(case, INTERNATIONAL),
    }  # fmt: skip
    return filled(pattern, parts, words.texts.get(case.text_id or 0, ""))


def filled(pattern: str, parts: Mapping[str, str], written: str) -> tuple[list[Block], str]:
    """Return a sentence with its parts put in, and what somebody wrote under it: as runs, and as words."""
    runs: list[Block] = []
    for literal, part, _, _ in Formatter().parse(pattern):
        runs += [run(literal)] if literal else []
        runs += [run(parts[part], bold=part in _BOLD)] if part and parts[part] else []
    words = one_line(written, _MOST_OF_WORDS)
    if words:
        runs.append(run(f"\n“{words}”"))
    return runs, "".join(part["text"] for part in runs)


def _short(words: str) -> str:
    """Return a title or a name as a question has it: a message with many buttons must fit Slack's limit."""
    return one_line(words, _MOST_OF_A_QUESTION)


def _asker(case: Case, names: Mapping[int, str]) -> str:
    return team_words(case.team) if case.team else _name(case.person_id, names)


def _day(case: Case, locale: str) -> str:
    return "" if case.on is None else f" for {date_words(case.on, locale)}"


def _name(person_id: int | None, names: Mapping[int, str]) -> str:
    return SOMEBODY if person_id is None else among_words(name_of(person_id, names))
