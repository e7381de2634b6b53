"""Bonuses and corrections by hand: the form, the request to a second admin, and what whoever gets it is told."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from bot.domain.adjustments import MOST_PEOPLE, MOST_WORDS, NEW, Bar, Case, News, State
from bot.domain.ledger import MOST, Unit
from bot.domain.praise import listed
from bot.views.blocks import actions, button, confirm, context, divider, fitting, plain, rich_text, run
from bot.views.form import Form, choice_field, number_field, people_field, text_field
from bot.views.message import Block, Message
from bot.views.names import among_words, either, escaped, name_of, one_line
from bot.views.points import amount_words, entry_words
from bot.views.words import Words

FORM: Final = "adjustment_bonus"
OPERATOR: Final = "Somebody on the command line"

_MOST_NAMED: Final = 3
_MOST_LISTED: Final = (10, 6, 3, 1)
"""How many requests a list has, the most that fit."""
_MOST_IN_A_LIST: Final = 150
"""Characters of a reason there."""
_ERASED: Final = "(the words are no longer kept)"
_WANTS: Final = MappingProxyType(
    {
        State.WAITING: "{asker} wants to {deed}.",
        State.DONE: "{asker} wanted to {deed}. {by} approved it, and it is done.",
        State.DECLINED: "{asker} wanted to {deed}. {by} declined it, and nothing happened.",
        State.REFUSED: "{asker} wanted to {deed}. That is no longer possible: it was taken back, or spent, meanwhile.",
    }
)
_WITHDRAWN: Final = "{asker} wanted to {deed}, and withdrew that: nothing happened."
_UNASKED: Final = MappingProxyType(
    {
        State.DONE: "Done: you {deed}.",
        State.REFUSED: "That is not possible, and nothing happened: it was taken back, or spent, already.",
    }
)
_LATE: Final = "Somebody was quicker than you."
_BARRED: Final = MappingProxyType(
    {
        Bar.OWN: "You asked for this yourself",
        Bar.GETS: "You get some of this yourself",
        Bar.NEW: f"Whoever asks made you an admin in the last {NEW.days} days",
    }
)
_NOBODY: Final = (
    f"no other admin in Slack can decide yet. One whom you make in /encore setup can after {NEW.days} days: "
    "/encore approvals shows them what waits."
)


class Listed(NamedTuple):
    """What waits for a second admin, as one admin sees it: why they may not approve it, and the names of who may."""

    case: Case
    words: Words
    bar: Bar | None = None
    deciders: Sequence[str] = ()


def bonus_form(limits: Mapping[str, int], locale: str) -> Form:
    """Return the form for a bonus; `limits`, by unit, are what one admin gives in a day without a second."""
    points, minutes = (amount_words(unit, limits[unit], locale) for unit in (Unit.POINTS, Unit.MINUTES))
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
            context(
                plain(
                    f"A second admin decides what goes beyond {points} or {minutes} of paid time in a day, and always "
                    "a bonus to yourself."
                )
            ),
        ],
        submit="Give",
    )  # fmt: skip


def asked(case: Case, words: Words, deciders: Sequence[str]) -> Message:
    """Tell whoever asked what came of it."""
    if case.state is not State.WAITING:
        return _said(_UNASKED.get(case.state, _WANTS[case.state]), case, words)
    wait = "It is more than one admin gives or takes in a day, and waits for a second one"
    if case.of is None and case.asked_by in case.person_ids:
        wait = "A bonus to yourself always waits for a second admin"
    said = f"{wait}: {_who_can(deciders)}"
    return Message(escaped(said), [rich_text(run(said))])


def request(case: Case, words: Words, *, late: bool = False, bar: Bar | None = None) -> Message:
    """Return a request as a second admin sees it, with what they can do.

    `late` where it was not they who decided; `bar` is why they may not.
    """
    message = _said(_pattern(case), case, words)
    small = refused(bar) if bar is not None else _LATE if late else ""
    blocks = [*message.blocks, *([context(plain(small))] if small else []), *_decisions(case, bar)]
    return Message(f"{escaped(small)} {message.text}".strip(), blocks)


def decided(case: Case, words: Words) -> Message:
    """Return what whoever asked is told of the second admin's decision."""
    return _said(_pattern(case), case, words)


def refused(bar: Bar) -> str:
    """Return why an admin may not approve something."""
    return f"{_BARRED[bar]}: another admin has to say yes."


def waiting(found: Sequence[Listed], *, said: str = "") -> Message:
    """Return everything that waits for a second admin; `said` is what came of the button that was pressed in it."""
    if not found:
        nothing = "Nothing waits for a second admin." if not said else "Nothing else waits for a second admin."
        return Message(escaped(f"{said} {nothing}".strip()), [rich_text(run(one)) for one in (said, nothing) if one])
    return fitting(lambda most: _listing(found, said, most), _MOST_LISTED)


def _listing(found: Sequence[Listed], said: str, most: int) -> Message:
    lines, blocks = ([escaped(said)], [rich_text(run(said))]) if said else ([], [])
    for case, words, bar, deciders in found[:most]:
        message = _said(_pattern(case), case, words, _MOST_IN_A_LIST)
        why = f"{_BARRED[bar]}. It waits for another admin: {_who_can(deciders)}" if bar is not None else ""
        blocks += [*message.blocks, *([context(plain(why))] if why else []), *_decisions(case, bar, f":{case.id}")]
        blocks.append(divider())
        lines += [message.text, *([escaped(why)] if why else [])]
    more = len(found) - most
    if more > 0:
        blocks.append(context(plain(f"{more} more {'waits' if more == 1 else 'wait'} behind these.")))
    return Message(" ".join(lines), blocks)


def news(told: News, words: Words) -> Message:
    """Return what one person is told of a bonus or a correction of theirs."""
    why = _words(told.text_id, words)
    if told.amount > 0:
        said = f"You get a bonus of {amount_words(told.unit, told.amount, words.locale)}: {why}"
        if told.paid:
            said += (
                f"\n{amount_words(told.unit, told.paid, words.locale)} of it settle what you owed from a correction."
            )
    else:
        what = f" ({entry_words(told.of, words)})" if told.of is not None else ""
        said = f"{amount_words(told.unit, -told.amount, words.locale)}{what} were taken back: {why}"
        if told.owed:
            said += f"\n{_owed(told, words)}"
    small = "/encore points shows every entry of yours. If one is wrong, you can ask about it there."
    return Message(escaped(f"{said}\n{small}"), [rich_text(run(said)), context(plain(small))])


def _owed(told: News, words: Words) -> str:
    """Return what of a correction was spent or held already, and what becomes of that."""
    short = f"You had spent or held {amount_words(told.unit, told.owed, words.locale)} of that already"
    owes = told.owed if told.owes is None else told.owes
    if not owes:
        return f"{short}; that is settled by now."
    rest = f"{short}. You owe {amount_words(told.unit, owes, words.locale)}: taken from what you get next"
    held = amount_words(told.unit, told.held, words.locale)
    return f"{rest}, or get back of the {held} that are held, where you cancel that." if told.held else f"{rest}."


def came_of(case: Case, words: Words) -> str:
    """Return what came of a request, in words."""
    return _sentence(_pattern(case), case, words)


def _pattern(case: Case) -> str:
    withdrawn = case.state is State.DECLINED and case.by is not None and case.by == case.asked_by
    return _WITHDRAWN if withdrawn else _WANTS[case.state]


def _who_can(deciders: Sequence[str]) -> str:
    """Return who can decide, as the end of a sentence."""
    whom = either([among_words(one_line(name)) for name in deciders])
    return f"{whom} can decide." if whom else _NOBODY


def _said(pattern: str, case: Case, words: Words, most: int = MOST_WORDS) -> Message:
    sentence = _sentence(pattern, case, words)
    why = f"The reason: {one_line(_words(case.text_id, words), most)}"
    return Message(escaped(f"{sentence} {why}"), [rich_text(run(sentence)), rich_text(run(why))])


def _sentence(pattern: str, case: Case, words: Words) -> str:
    asker = OPERATOR if case.asked_by is None else _name(case.asked_by, words.names)
    by = "Nobody" if case.by is None else _name(case.by, words.names)
    return pattern.format(asker=asker, by=by, deed=_deed(case, words))


def _deed(case: Case, words: Words) -> str:
    whom = _names(case.person_ids, words.names)
    amount = amount_words(case.unit, case.amount, words.locale)
    each = " each" if len(case.person_ids) > 1 else ""
    if case.of is None:
        return f"give {whom} {amount}{each} as a bonus"
    return f"take {amount}{each} back from {whom} ({entry_words(case.of, words)})"


def _names(person_ids: Sequence[int], names: Mapping[int, str]) -> str:
    shown = [_name(number, names) for number in person_ids[:_MOST_NAMED]]
    more = len(person_ids) - len(shown)
    return listed([*shown, f"{more} more"] if more else shown)


def _decisions(case: Case, bar: Bar | None, which: str = "") -> list[Block]:
    """Return the buttons of one admin: nobody approves what they may not, and whoever asked may take it back."""
    if case.state is not State.WAITING:
        return []
    sure = confirm("Approve it?", "Then it is done, with your name and theirs written down.", yes="Approve")
    yes = button(f"adjustment_approve{which}", "Approve", str(case.id), style="primary", confirm=sure)
    word, told = ("Withdraw", "nobody is asked any more") if bar is Bar.OWN else ("Decline", "whoever asked is told")
    sure = confirm(f"{word} it?", f"Then nothing happens, and {told}.", yes=word, no="Keep it")
    no = button(f"adjustment_decline{which}", word, str(case.id), confirm=sure)
    return [actions(*([yes] if bar is None else []), no)]


def _name(person_id: int, names: Mapping[int, str]) -> str:
    return among_words(name_of(person_id, names))


def _words(text_id: int, words: Words) -> str:
    return one_line(words.texts.get(text_id, ""), MOST_WORDS) or _ERASED
