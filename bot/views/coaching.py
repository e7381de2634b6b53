"""Coaching as the two of it read it: a record of their conversation, its answer, what was written before."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from bot.domain.coaching import (
    CONTACT,
    Agent,
    CoachingPost,
    Conversation,
    Figure,
)
from bot.domain.metrics import METRICS
from bot.domain.people import Reader
from bot.domain.periods import zone
from bot.views.blocks import actions, bullets, button, context, divider, header, plain, rich_text, run
from bot.views.figures import date_words, days_words, made_of, value_words
from bot.views.form import Form, page
from bot.views.message import Block, Message
from bot.views.names import MOST_OF_A_NAME, among_words, either, escaped, name_of, one_line
from bot.views.words import Words

ANSWER: Final = "coaching_answer"
"""The agent's button, and the form it opens."""

START: Final = "coaching_start"
"""The button that begins with somebody."""

NOBODY: Final = "You lead no team with anybody in it, as far as I know."

_ERASED: Final = "(the words are no longer kept)"
_MOST_OF_A_LINE: Final = 1_000
_MOST_MEANT: Final = 5
_OF_LEADS: Final = (
    ("/coach @name", "write down a conversation with somebody of your team"),
    ("/coach", "choose from your team, or read what you wrote before"),
)
_OF_EVERYBODY: Final = (("/coach mine", "what was written for you, and your answers"),)
PRIVACY: Final = "Encore shows what is written to the two of you alone, not even to admins."


def post(told: CoachingPost, words: Words) -> Message:
    """Return what the agent gets in private; every workspace has these blocks."""
    conversation, reader = told.conversation, told.reader
    lead = called(words.names.get(conversation.lead, ""))
    blocks = [
        header(f"Coaching with {lead}"), *_parts(conversation, reader, words, mine=True),
        *_answered(conversation, reader, words, title="Your answer"),
    ]  # fmt: skip
    if conversation.answer is None:
        blocks.append(actions(button(ANSWER, "Answer", str(conversation.id), style="primary")))
    blocks.append(context(plain(f"Encore shows this to you and {lead} alone. It stays under /coach mine.")))
    if conversation.answer is None:
        blocks.append(context(plain(_disagree(conversation, lead))))
    return Message(_sentences(conversation, reader, words, lead), blocks)


def answer_post(told: CoachingPost, words: Words) -> Message:
    """Return what the lead gets in private once the agent has answered."""
    conversation, reader = told.conversation, told.reader
    agent = called(words.names.get(conversation.agent, ""))
    about = about_words(conversation, reader, words)
    said = _words(conversation.answer, words)
    on = day_words(conversation.at, reader)
    blocks = [
        rich_text(run(agent, bold=True), run(f" answered your coaching of {on} ({about}):")), rich_text(run(said)),
        context(plain(f"Encore shows this to you and {agent} alone. The whole of it stays under /coach.")),
    ]  # fmt: skip
    return Message(escaped(f"{agent} answered your coaching of {on} ({about}): {said}"), blocks)


def received(conversations: Sequence[Conversation], reader: Reader, words: Words) -> Form:
    """Return the page with what was written for somebody, each with its answer or the button for one."""
    blocks: list[Block] = []
    for conversation in conversations:
        lead = called(words.names.get(conversation.lead, ""))
        blocks += [
            header(f"{day_words(conversation.at, reader)} · with {lead}"), *_parts(conversation, reader, words, mine=True),
            *_answered(conversation, reader, words, title="Your answer"),
        ]  # fmt: skip
        if conversation.answer is None:
            blocks.append(actions(button(f"{ANSWER}:{conversation.id}", "Answer", str(conversation.id))))
        blocks.append(divider())
    blocks.append(context(plain(PRIVACY)))
    return page("Your coaching", Message("Your coaching.", blocks))


def written(conversations: Sequence[Conversation], reader: Reader, words: Words, *, stacked: bool) -> Form:
    """Return the page with what a lead wrote for somebody, each with the answer to it."""
    blocks: list[Block] = []
    for conversation in conversations:
        agent = called(words.names.get(conversation.agent, ""))
        blocks += [
            header(f"{day_words(conversation.at, reader)} · with {agent}"), *_parts(conversation, reader, words, mine=False),
            *(_answered(conversation, reader, words, title="Their answer") or [context(plain("No answer yet."))]),
            divider(),
        ]  # fmt: skip
    blocks.append(context(plain(f"These are the last you wrote. {PRIVACY}")))
    return page(
        "What you wrote", Message("What you wrote.", blocks), close="Back" if stacked else "Close", stacked=stacked
    )


def sent(name: str) -> Message:
    """Tell the lead that it is kept and on its way."""
    shown = called(name)
    said = f"{shown} gets this in private, in their working hours, and can answer. You find it again under /coach."
    return Message(escaped(said), [rich_text(run(said))])


def answered(lead: str, *, reaches: bool = True) -> Message:
    """Tell the agent that the answer is on its way; or, where it no longer reaches the lead, that it is kept."""
    shown = called(lead)
    said = f"{shown} gets your answer in private. It stands beside the coaching, under /coach mine."
    if not reaches:
        said = (
            "Your answer is kept, and stands beside the coaching, under /coach mine. "
            f"{shown} is no longer here to read it: talk to the lead you have today."
        )
    return Message(escaped(said), [rich_text(run(said))])


def answered_before(conversation: Conversation, reader: Reader, words: Words) -> Message:
    """Say that there is an answer already, and show it."""
    on = "" if conversation.answered_at is None else f" on {day_words(conversation.answered_at, reader)}"
    first = f"You answered this{on} already, and an answer stays as it was given:"
    said = _words(conversation.answer, words)
    rest = "If there is more to say, talk to your lead."
    return Message(
        escaped(f"{first} {said}\n{rest}"), [rich_text(run(first)), rich_text(run(said)), rich_text(run(rest))]
    )


def nothing_received() -> Message:
    """Say that nothing was written for somebody yet."""
    said = "No coaching was written for you yet. When a lead of your team writes some, you get it in private."
    return Message(said, [rich_text(run(said))])


def usage(problem: str = "", *, leads: bool, purpose: bool = True) -> Message:
    """Say what the command can do for somebody who `leads` a team or not; `problem` is what was wrong with what they typed."""
    commands = (*_OF_LEADS, *_OF_EVERYBODY) if leads else _OF_EVERYBODY
    what = f"/coach is for a record of a private conversation between a lead and an agent. {PRIVACY}"
    shown = "\n".join(one_line(line, _MOST_OF_A_LINE) for line in [problem, what if purpose else ""] if line)
    items = [(run(command, code=True), run(f"  {meaning}")) for command, meaning in commands]
    choices = "; ".join(f"`{command}` {meaning}" for command, meaning in commands)
    return Message(f"{escaped(shown)} {choices}.".strip(), [rich_text(run(shown)), bullets(*items)])


def nobody_called(typed: str) -> str:
    """Return what is wrong where something was typed that is nobody's name."""
    if typed.startswith("@"):
        return f"Nobody of your team is called {typed}. Choose the name from the list that Slack offers."
    return f"“{typed}” is nothing that /coach knows."


def did_you_mean(agents: Sequence[Agent]) -> Message:
    """Return who may be meant by a part of a name, each with the button that goes on with them."""
    shown = agents[:_MOST_MEANT]
    said = f"Did you mean {either([called(agent.name) for agent in shown])}?"
    if len(agents) > len(shown):
        said += " Some more of your team are called so, too: /coach lists them all."
    buttons = [
        button(f"{START}:{agent.person_id}", f"Coach {called(agent.name)}", str(agent.person_id)) for agent in shown
    ]
    return Message(escaped(said), [rich_text(run(said)), actions(*buttons)])


def called(name: str, most: int = MOST_OF_A_NAME) -> str:
    """Return a name for use inside a line; who has none is somebody."""
    return among_words(one_line(name_of(0, {0: name}), most))


def figure_words(figure: Figure, locale: str, *, short: bool = False) -> str:
    """Return a figure with what it was made of, such as “Customer stars: 4.62 ★ from 41 answers”."""
    row = METRICS[figure.metric]
    words = f"{row.title}: {value_words(row, figure.value, locale)}"
    # A count says itself what it was made of.
    if short or not (row.ratio or row.unit != "count"):
        return words
    return f"{words} from {made_of(row, figure.count, locale)}"


def about_words(conversation: Conversation, reader: Reader, words: Words) -> str:
    """Return what a conversation was about: the figure as it was then, which contact, or what else."""
    named = None if conversation.what is None else _words(conversation.what, words)
    if conversation.figure is None:
        return f"Contact {named}" if conversation.about == CONTACT else named or _ERASED
    figure = conversation.figure
    days = days_words(figure.first, figure.last, reader.locale)
    return f"{figure_words(figure, reader.locale)}, {days}" + (f" ({named})" if named else "")


def day_words(at: datetime, reader: Reader) -> str:
    """Return the reader's own day of a moment."""
    return date_words(at.astimezone(zone(reader.zone)).date(), reader.locale)


def _parts(conversation: Conversation, reader: Reader, words: Words, *, mine: bool) -> list[Block]:
    """Return what the conversation came to; `mine` where the agent reads it."""
    return [
        rich_text(run(f"{title}\n", bold=True), run(said))
        for title, said in _told(conversation, reader, words, mine=mine)
    ]


def _told(conversation: Conversation, reader: Reader, words: Words, *, mine: bool) -> list[tuple[str, str]]:
    told = [
        ("About", about_words(conversation, reader, words)),
        ("What went well", _words(conversation.went_well, words)),
        ("How you see it" if mine else "How they see it", _words(conversation.own_view, words)),
    ]
    if conversation.one_thing is not None:
        told.append(("One thing to do differently", _words(conversation.one_thing, words)))
    if conversation.next_step is not None:
        told.append(("Next step", f"{_words(conversation.next_step, words)}{_by(conversation.next_on, reader)}"))
    return told


def _answered(conversation: Conversation, reader: Reader, words: Words, *, title: str) -> list[Block]:
    if conversation.answer is None:
        return []
    on = "" if conversation.answered_at is None else f", {day_words(conversation.answered_at, reader)}"
    return [rich_text(run(f"{title}{on}\n", bold=True), run(_words(conversation.answer, words)))]


def _sentences(conversation: Conversation, reader: Reader, words: Words, lead: str) -> str:
    """Return it in sentences, for notifications and screen readers."""
    parts = "\n".join(f"{title}: {said}" for title, said in _told(conversation, reader, words, mine=True))
    answer = "Press Answer to say what you think of it."
    if conversation.answer is not None:
        answer = f"Your answer: {_words(conversation.answer, words)}"
    return escaped(f"{lead} wrote down your coaching conversation, for the two of you alone.\n{parts}\n{answer}")


def _disagree(conversation: Conversation, lead: str) -> str:
    wrong = "Do you see it differently"
    wrong += ", or does the figure look wrong?" if conversation.figure is not None else "?"
    return f"{wrong} Say so in your answer: {lead} gets it, and it stays beside these words."


def _words(text_id: int | None, words: Words) -> str:
    """Return what somebody wrote, line by line; of what was erased, that it was."""
    body = words.texts.get(text_id, "") if text_id is not None else ""
    lines = [one_line(line, _MOST_OF_A_LINE) for line in body.splitlines()]
    return "\n".join(line for line in lines if line) or _ERASED


def _by(day: date | None, reader: Reader) -> str:
    return "" if day is None else f"\nBy {date_words(day, reader.locale)}"
