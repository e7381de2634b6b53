"""Bonuses and corrections by hand: the form, the request to a second admin, and what whoever gets it is told."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bot.domain.adjustments import MOST_PEOPLE, MOST_WORDS, NEW, Case, News, State
from bot.domain.ledger import MOST, Unit
from bot.domain.praise import listed
from bot.views.blocks import actions, button, confirm, context, divider, plain, rich_text, run
from bot.views.figures import ENGLISH
from bot.views.form import Form, choice_field, number_field, people_field, text_field
from bot.views.message import Block, Message
from bot.views.names import among_words, either, escaped, name_of, one_line
from bot.views.points import amount_words, entry_words
from bot.views.words import Words

FORM: Final = "adjustment_bonus"
OPERATOR: Final = "Somebody on the command line"

_MOST_NAMED: Final = 3
_ERASED: Final = "(the words are no longer kept)"
_WANTS: Final = MappingProxyType(
    {
        State.WAITING: "{asker} wants to {deed}.",
        State.DONE: "{asker} wanted to {deed}. {by} approved it, and it is done.",
        State.DECLINED: "{asker} wanted to {deed}. {by} declined it, and nothing happened.",
        State.REFUSED: "{asker} wanted to {deed}. That is no longer possible: it was taken back, or spent, meanwhile.",
    }
)
_UNASKED: Final = MappingProxyType(
    {
        State.DONE: "Done: you {deed}.",
        State.REFUSED: "That is not possible, and nothing happened: it was taken back, or spent, already.",
    }
)
_LATE: Final = "Somebody was quicker than you."
_NOT_YOU: Final = (
    f"You asked for this, get some of it, or were made an admin in the last {NEW.days} days by whoever asks: "
    "another admin has to say yes."
)


def bonus_form() -> Form:
    """Return the form for a bonus."""
    return Form(
        FORM,
        "Give a bonus",
        [
            people_field("people", "Who gets it?", most=MOST_PEOPLE),
            number_field("amount", "How many for each?", least=1, most=MOST),
            choice_field(
                "unit", "Of what?", {Unit.POINTS.value: "Points", Unit.MINUTES.value: "Minutes of paid time off"},
                initial=Unit.POINTS.value, radio=True,
            ),
            text_field(
                "reason", "What for?", lines=True, most=MOST_WORDS, hint="They read it, with your name, in their statement."
            ),
            context(plain("Above a limit of your programme a second admin decides.")),
        ],
        submit="Give",
    )  # fmt: skip


def asked(case: Case, words: Words, deciders: Sequence[str]) -> Message:
    """Tell whoever asked what came of it."""
    if case.state is not State.WAITING:
        return _said(_UNASKED.get(case.state, _WANTS[case.state]), case, words)
    wait = "It is more than one admin gives or takes in a day, and waits for a second one: "
    whom = f"{either([among_words(one_line(name)) for name in deciders])} can decide."
    nobody = (
        f"no other admin in Slack can decide yet. One whom you make in /encore setup can after {NEW.days} days: "
        "/encore approvals shows them what waits."
    )
    said = wait + (whom if deciders else nobody)
    return Message(escaped(said), [rich_text(run(said))])


def request(case: Case, words: Words, *, late: bool = False) -> Message:
    """Return a request as a second admin sees it, with what they can do; `late` where it was not they who decided."""
    message = _said(_WANTS[case.state], case, words)
    small = (_NOT_YOU if case.state is State.WAITING else _LATE) if late else ""
    blocks = [*message.blocks, *([context(plain(small))] if small else []), *_decisions(case)]
    return Message(f"{escaped(small)} {message.text}".strip(), blocks)


def decided(case: Case, words: Words) -> Message:
    """Return what whoever asked is told of the second admin's decision."""
    return _said(_WANTS[case.state], case, words)


def waiting(cases: Sequence[tuple[Case, Words]]) -> Message:
    """Return everything that waits for a second admin."""
    if not cases:
        said = "Nothing waits for a second admin."
        return Message(said, [rich_text(run(said))])
    blocks: list[Block] = []
    lines = []
    for case, words in cases[:10]:
        message = _said(_WANTS[case.state], case, words)
        blocks += [*message.blocks, *_decisions(case, which=f":{case.id}"), divider()]
        lines.append(message.text)
    more = len(cases) - len(lines)
    if more > 0:
        blocks.append(context(plain(f"{more} more wait behind these.")))
    return Message(" ".join(lines), blocks)


def news(told: News, words: Words) -> Message:
    """Return what one person is told of a bonus or a correction of theirs."""
    why = _words(told.text_id, words)
    if told.amount > 0:
        said = f"You get a bonus of {amount_words(told.unit, told.amount, ENGLISH)}: {why}"
        if told.paid:
            said += f"\n{amount_words(told.unit, told.paid, ENGLISH)} of it settle what you owed from a correction."
    else:
        what = f" ({entry_words(told.of, words)})" if told.of is not None else ""
        said = f"{amount_words(told.unit, -told.amount, ENGLISH)}{what} were taken back: {why}"
        if told.owed:
            owed = amount_words(told.unit, told.owed, ENGLISH)
            said += f"\nYou had spent {owed} of that already; it is taken from what you get next."
    small = "/encore points shows every entry of yours. If one is wrong, you can ask about it there."
    return Message(escaped(f"{said}\n{small}"), [rich_text(run(said)), context(plain(small))])


def came_of(case: Case, words: Words) -> str:
    """Return what came of a request, in words."""
    return _sentence(_WANTS[case.state], case, words)


def _said(pattern: str, case: Case, words: Words) -> Message:
    sentence = _sentence(pattern, case, words)
    why = f"The reason: {_words(case.text_id, words)}"
    return Message(escaped(f"{sentence} {why}"), [rich_text(run(sentence)), rich_text(run(why))])


def _sentence(pattern: str, case: Case, words: Words) -> str:
    asker = OPERATOR if case.asked_by is None else _name(case.asked_by, words.names)
    by = "Nobody" if case.by is None else _name(case.by, words.names)
    return pattern.format(asker=asker, by=by, deed=_deed(case, words))


def _deed(case: Case, words: Words) -> str:
    whom = _names(case.person_ids, words.names)
    amount = amount_words(case.unit, case.amount, ENGLISH)
    each = " each" if len(case.person_ids) > 1 else ""
    if case.of is None:
        return f"give {whom} {amount}{each} as a bonus"
    return f"take {amount}{each} back from {whom} ({entry_words(case.of, words)})"


def _names(person_ids: Sequence[int], names: Mapping[int, str]) -> str:
    shown = [_name(number, names) for number in person_ids[:_MOST_NAMED]]
    more = len(person_ids) - len(shown)
    return listed([*shown, f"{more} more"] if more else shown)


def _decisions(case: Case, which: str = "") -> list[Block]:
    if case.state is not State.WAITING:
        return []
    question = confirm("Approve it?", "Then it is done, with your name and theirs written down.", yes="Approve")
    yes = button(f"adjustment_approve{which}", "Approve", str(case.id), style="primary", confirm=question)
    return [actions(yes, button(f"adjustment_decline{which}", "Decline", str(case.id)))]


def _name(person_id: int, names: Mapping[int, str]) -> str:
    return among_words(name_of(person_id, names))


def _words(text_id: int, words: Words) -> str:
    return one_line(words.texts.get(text_id, ""), MOST_WORDS) or _ERASED
