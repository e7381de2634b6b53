"""Kudos: what everybody reads in the channel, and what the giver is told."""

from datetime import datetime
from typing import Final

from bot.domain.praise import Allowance, Given, KudosPost
from bot.views.blocks import context, plain, rich_text, run
from bot.views.figures import count_words, date_words
from bot.views.message import Block, Message
from bot.views.names import among_words, escaped, name_of, one_line
from bot.views.words import Words

_ERASED: Final = "(the words are no longer kept)"
_MOST_OF_WORDS: Final = 1_000


def post(praise: KudosPost, words: Words) -> Message:
    """Return a praise for its channel; every workspace has these blocks."""
    giver = among_words(name_of(praise.giver, words.names))
    receivers = _listed([among_words(name_of(person_id, words.names)) for person_id in praise.receivers])
    body = one_line(words.texts.get(praise.text_id, _ERASED), _MOST_OF_WORDS)
    values = " ".join(f"#{value}" for value in praise.values)
    blocks = [
        rich_text(run("👏 "), run(giver, bold=True), run(" thanks "), run(receivers, bold=True), run(f": {body}"))
    ]
    small = "  ·  ".join(filter(None, (values, _points(praise))))
    if small:
        blocks.append(context(plain(small)))
    sentence = f"{giver} thanks {receivers}: {body}" + (f" ({small})" if small else "")
    return Message(escaped(sentence), blocks)


def given(told: Given) -> Message:
    """Tell the giver where it is posted, and what is left to give."""
    receivers = _listed([among_words(one_line(name)) for name in told.receivers])
    first = f"Your kudos for {receivers} are on their way to "
    rest = ""
    left = count_words(told.left, told.locale)
    if told.points_each:
        each = f"{count_words(told.points_each, told.locale)} points" + (" each" if len(told.receivers) > 1 else "")
        rest = f"\nThey bring {each}. You have {left} points left to give; {_renewal(told.renews_at, told.locale)}."
    elif told.wanted_each:
        rest = f"\nThey come without points: you have {left} left to give, and {_renewal(told.renews_at, told.locale)}."
    where, mention = _channel(told.channel)
    return Message(f"{escaped(first)}{mention}.{escaped(rest)}", [rich_text(run(first), where, run(f".{rest}"))])


def _channel(named: str) -> tuple[Block, str]:
    """Return a channel for rich text and for mrkdwn; one known by its name alone stays a name."""
    if named.startswith("#"):
        return run(one_line(named)), escaped(one_line(named))
    return {"type": "channel", "channel_id": named}, f"<#{named}>"


def usage(allowance: Allowance | None, problem: str = "") -> Message:
    """Say how kudos are given, and what is left to give."""
    lines = [problem] if problem else []
    lines += [
        "Thank somebody: /kudos @name what they did",
        "Several at once, with a value: /kudos @ana @ben stayed late for the big order #teamwork",
    ]
    if allowance is not None and allowance.whole:
        left = count_words(allowance.left, allowance.locale)
        whole = count_words(allowance.whole, allowance.locale)
        lines.append(
            f"You have {left} of {whole} points left to give; {_renewal(allowance.renews_at, allowance.locale)}."
        )
    return _sentences(lines)


def _sentences(lines: list[str]) -> Message:
    words = "\n".join(lines)
    return Message(escaped(words), [rich_text(run(words))])


def _renewal(at: datetime, locale: str) -> str:
    return f"your allowance is new on {date_words(at.date(), locale)}"


def _points(praise: KudosPost) -> str:
    if not praise.points_each:
        return ""
    return f"+{praise.points_each:,} points" + (" each" if len(praise.receivers) > 1 else "")


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
