"""Kudos: the form, what everybody reads in the channel, what the receivers read, and what the giver is told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.domain.praise import (
    MOST_CHARACTERS,
    MOST_RECEIVERS,
    Allowance,
    Given,
    KudosPost,
    KudosReceived,
    Opening,
    listed,
)
from bot.views.blocks import channel, context, link, plain, rich_text, run
from bot.views.figures import count_words, date_words
from bot.views.form import Form, choice_field, people_field, several_field, text_field
from bot.views.message import Block, Message
from bot.views.names import among_words, escaped, is_channel_id, name_of, one_line
from bot.views.typed import lines, runs
from bot.views.words import Words

FORM: Final = "kudos"
"""The form's name, by which its submission is known."""
PUBLIC: Final = "public"
PRIVATE: Final = "private"

BY_ONESELF: Final = "You wrote this message yourself: choose whom you thank."
FROM_ELSEWHERE: Final = "Whoever wrote this message belongs to another company: choose whom you thank."
BY_AN_APP: Final = "An app wrote this message, and it names nobody whom Encore could fill in: choose whom you thank."
OF_THOSE_NAMED: Final = "Filled in is who is named in this message."
"""Who stands in the form of a message, or why nobody does."""

_MOST_OF_A_CHANNEL: Final = 24
_ERASED: Final = "(the words are no longer kept)"


def form(before: Opening, receivers: Sequence[str] = (), *, note: str = "", why: str = "") -> Form:
    """Return the form, with `receivers` (Slack ids) filled in; `note` is the message it is for, `why` says who is in it."""
    blocks = [
        people_field(
            "to", "To whom", most=MOST_RECEIVERS, initial=receivers,
            hint=f"Up to {MOST_RECEIVERS} people.",
        ),
        text_field(
            "words", "What they did", lines=True, most=MOST_CHARACTERS,
            placeholder="What they did, and what came of it",
        ),
    ]  # fmt: skip
    if note:
        about = (
            "For the message you chose. Its words are not repeated: readers get a link to it, where Encore can see it."
        )
        blocks.insert(0, context(plain(" ".join(filter(None, [about, why])))))
    if before.values:
        named = {value: f"#{value}" for value in before.values}
        blocks.append(several_field("values", "It stands for", named, optional=True))
    readers = {PUBLIC: _readers(before), PRIVATE: "Only those I thank"}
    blocks.append(choice_field("seen_by", "Who reads it", readers, initial=PUBLIC, radio=True, marked=True))
    allowance = before.allowance
    if allowance.each:
        each = _points(allowance.each, allowance.locale)
        blocks.append(context(plain(f"Everybody you thank gets {each}. {_left(allowance)}")))
    return Form(FORM, "Give kudos", blocks, submit="Give kudos", note=note)


def post(praise: KudosPost, words: Words) -> Message:
    """Return a praise for its channel; every workspace has these blocks."""
    receivers = listed([_name(person_id, words) for person_id in praise.receivers])
    small = [*_values(praise.values), *_bring(praise.points_each, len(praise.receivers))]
    return _thanks(praise.giver, run(receivers, bold=True), praise.link, praise.text_id, small, words)


def received(praise: KudosReceived, words: Words) -> Message:
    """Return a praise for the one who is thanked."""
    small = [*_values(praise.values), *_bring(praise.points, 1), *(["for you alone"] if praise.private else [])]
    return _thanks(praise.giver, run("you"), praise.link, praise.text_id, small, words)


def given(told: Given, near: Mapping[str, str]) -> Message:
    """Tell the giver who reads it where, and what is left to give; `near` are #words that are almost values."""
    announced, privately = ([_called(name) for name in names] for names in (told.announced, told.privately))
    first, last = f"Your kudos for {listed(announced or privately)} ", "go to them privately"
    where: list[Block] = []
    mention = ""
    if announced:
        first += "are on their way to "
        last = f"; {listed(privately)} {'get' if len(privately) > 1 else 'gets'} them privately" if privately else ""
        where, mention = _channel(told.channel)
    further = [_brought(told), *(f"“#{one_line(word)}” is no value here; did you mean #{near[word]}?" for word in near)]
    rest = "\n".join(filter(None, [f"{last}.", *further]))
    return Message(f"{escaped(first)}{mention}{escaped(rest)}", [rich_text(run(first), *where, run(rest))])


def usage(before: Opening | None, problem: str = "") -> Message:
    """Say how kudos are given, and what is left to give; None where somebody cannot give any."""
    values = () if before is None else before.values
    sentences = [problem] if problem else []
    sentences += [
        "Thank somebody: /kudos @name what they did",
        "Several at once: /kudos @ana @ben stayed late for the big order",
        "With a form, in public or privately: /kudos alone",
    ]
    if values:
        sentences.append(f"What it stands for, where you like: {' '.join(f'#{value}' for value in values)}")
    if before is not None and before.allowance.each:
        sentences.append(_left(before.allowance))
    words = "\n".join(sentences)
    return Message(escaped(words), [rich_text(run(words))])


def left_words(left: int, whole: int, renews_at: datetime, locale: str) -> str:
    """Return what is left to give, of how much, and when it is new; `renews_at` is in the giver's own zone."""
    shown = f"{count_words(left, locale)} of {_points(whole, locale)}" if left <= whole else _points(left, locale)
    new = f"your allowance is new on {date_words(renews_at.date(), locale)}, at midnight your time"
    return f"You have {shown} left to give; {new}."


def _readers(before: Opening) -> str:
    """Return who reads public kudos, for mrkdwn; each site has a channel of its own, unless there is one for all."""
    where = _channel_words(before.channel)
    if before.for_all or not before.channel:
        return f"Everybody in {where}" if where else "Everybody in the channel of their site"
    return f"Everybody in the channel of their site (yours: {where})"


def _thanks(
    giver_id: int, whom: Block, url: str, text_id: int, small: Sequence[str], words: Words
) -> Message:  # fmt: skip
    giver = _name(giver_id, words)
    body = lines(words.texts.get(text_id, _ERASED), MOST_CHARACTERS) or _ERASED
    colon = ":\n" if "\n" in body else ": "
    about = [run(" for "), link(url, "this message")] if url else []
    blocks = [
        rich_text(run("👏 "), run(giver, bold=True), run(" thanks "), whom, *about, run(colon), *runs(body))
    ]  # fmt: skip
    if small:
        blocks.append(context(plain("  ·  ".join(small))))
    sentence = f"{giver} thanks {whom['text']}{' for a message' if url else ''}{colon}{body}"
    return Message(escaped(sentence + (f" ({'  ·  '.join(small)})" if small else "")), blocks)


def _values(values: Sequence[str]) -> list[str]:
    return [" ".join(f"#{value}" for value in values)] if values else []


def _bring(points: int, people: int) -> list[str]:
    return [f"+{_points(points, 'en')}{' each' if people > 1 else ''}"] if points else []


def _brought(told: Given) -> str:
    """Say what points the kudos bring and what is left; nothing where kudos bring no points."""
    allowance, people = told.allowance, len(told.announced) + len(told.privately)
    each = _points(allowance.each, allowance.locale)
    if not allowance.each:
        return ""
    if told.often:
        return f"They come without points: {_often(told, people)} {_left(allowance)}"
    if told.points_each:
        got = _points(told.points_each, allowance.locale)
        return f"They bring {got}{' each' if people > 1 else ''}. {_left(allowance)}"
    if people > 1 and allowance.fits:
        fit = "1 person" if allowance.fits == 1 else f"{allowance.fits} people"
        return f"They come without points: {each} each for {people} people is more than you have. {fit} would fit. {_left(allowance)}"
    return f"They come without points. {_left(allowance)}"


def _often(told: Given, people: int) -> str:
    """Say who got points so often that these kudos bring none, and what would work for the others."""
    times = "once" if told.most == 1 else f"{told.most} times"
    got = f"{listed([_called(name) for name in told.often])} got points from you {times} this month, and that is the most."
    if not told.most:
        got = "kudos bring none here."
    others = people - len(told.often)
    return f"{got} Thanked separately, the others get theirs." if others else got


def _left(allowance: Allowance) -> str:
    return left_words(allowance.left, allowance.whole, allowance.renews_at, allowance.locale)


def _points(count: int, locale: str) -> str:
    return f"{count_words(count, locale)} point{'' if count == 1 else 's'}"


def _name(person_id: int, words: Words) -> str:
    return among_words(name_of(person_id, words.names))


def _called(name: str) -> str:
    return among_words(name_of(0, {0: name}))


def _channel(named: str) -> tuple[list[Block], str]:
    """Return a channel for rich text and for mrkdwn; one known by its name alone stays a name."""
    shown = channel(named) if is_channel_id(named) else run(one_line(named))
    return [shown], _channel_words(named)


def _channel_words(named: str) -> str:
    return f"<#{named}>" if is_channel_id(named) else escaped(one_line(named, _MOST_OF_A_CHANNEL))
