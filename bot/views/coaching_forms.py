"""The forms of coaching: whom, about what, what went well, how they see it, one thing, the next step; and the answer."""

import json
from typing import Final

from bot.domain.coaching import (
    CONTACT,
    FORMAL_DAYS,
    FRESH_DAYS,
    MOST_CHARACTERS,
    OTHER,
    Agent,
    Conversation,
    Draft,
    Figure,
    Sheet,
    Team,
)
from bot.domain.people import Reader
from bot.views.blocks import actions, button, rich_text, run
from bot.views.coaching import ANSWER, PRIVACY, about_words, called, day_words, figure_words
from bot.views.figures import count_words, date_words, days_words
from bot.views.form import MOST_CHOICES, MOST_OF_A_CHOICE, Form, choice_field, date_field, text_field
from bot.views.message import Block
from bot.views.words import Words

PAST: Final = "past:"
"""What stands before the id of somebody who is not in the lead's team any more."""

_TITLE: Final = "Coaching"
_MOST_OF_A_NAME: Final = 36


def choose(team: Team, locale: str) -> Form:
    """Return the form in which a lead chooses whom it is about; for the lead alone."""
    choices = {
        f"{'' if agent.now else PAST}{agent.person_id}": f"{called(agent.name, _MOST_OF_A_NAME)} · {_last(agent, locale)}"
        for agent in team.agents
    }
    most = f"The list has {MOST_CHOICES} names. For anybody else of your team, type /coach and @ with the name."
    blocks = [
        rich_text(run(_coverage(team, locale))),
        choice_field("agent", "With whom?", choices, hint=most if len(choices) > MOST_CHOICES else ""),
    ]
    return Form("coaching_choose", _TITLE, blocks, submit="Continue")


def write(sheet: Sheet, draft: Draft | None = None) -> Form:
    """Return the form for one conversation; with what was typed before, where a figure has changed meanwhile."""
    name = called(sheet.name)
    typed = draft or Draft()
    blocks = [rich_text(run("A record of your conversation with "), run(name, bold=True), run(f". {PRIVACY}"))]
    if sheet.written_before:
        blocks.append(actions(button("coaching_earlier", "What you wrote before", str(sheet.agent_id))))
    if draft is not None:
        blocks.append(rich_text(run(_changed(sheet, draft), bold=True)))
    blocks += [
        choice_field(
            "about", "What is it about?", _subjects(sheet), initial=typed.about, hint=_figures_hint(sheet, name)
        ),
        _text("what", "Which contact, or what else?", typed, lines=False, optional=True,
              hint=f"The contact's id or link, from the last {FRESH_DAYS} days. For a figure it can stay empty."),
        _text("went_well", "What went well?", typed, hint="What they did, and what it did for the customer."),
        _text("own_view", "How do they see it?", typed,
              hint="Ask before you advise, and write what they said, in their words."),
        _text("one_thing", "One thing to do differently", typed, optional=True,
              hint="One, not two. Leave it empty to congratulate."),
        _text("next_step", "Next step", typed, lines=False, optional=True, hint="What the two of you agreed on."),
        date_field("next_on", "By when?", initial=typed.next_on, optional=True, hint="Today or later."),
    ]  # fmt: skip
    note = {"agent": sheet.agent_id, "shown": {figure.metric: figure.digest() for figure in sheet.figures}}
    return Form("coaching_write", _TITLE, blocks, submit="Send", note=json.dumps(note))


def write_answer(conversation: Conversation, reader: Reader, words: Words) -> Form:
    """Return the form for the agent's own words."""
    lead = called(words.names.get(conversation.lead, ""))
    blocks = [
        rich_text(
            run(f"{lead}, {day_words(conversation.at, reader)}\n", bold=True), run(about_words(conversation, reader, words))
        ),
        text_field(
            "answer", "Your answer", lines=True, most=MOST_CHARACTERS["answer"],
            hint=f"{lead} gets it in private. You can answer once.",
        ),
    ]  # fmt: skip
    return Form(ANSWER, "Your answer", blocks, submit="Send", note=str(conversation.id))


def _coverage(team: Team, locale: str) -> str:
    of, often, formal = (count_words(n, locale) for n in (team.of, team.in_fresh_days, team.in_formal_days))
    if not team.of:
        return "Nobody is in a team that you lead today. What you wrote before can still be read."
    return (
        f"Of {of} in your team, {often} had coaching in the last {FRESH_DAYS} days and {formal} in the last "
        f"{FORMAL_DAYS}. Whoever has waited longest stands first. Only you see this list."
    )


def _last(agent: Agent, locale: str) -> str:
    if not agent.now:
        return "what you wrote before"
    return "nothing yet" if agent.last_on is None else f"last on {date_words(agent.last_on, locale)}"


def _subjects(sheet: Sheet) -> dict[str, str]:
    figures = {figure.metric: _choice_words(figure, sheet.reader.locale) for figure in sheet.figures}
    return figures | {CONTACT: "A contact", OTHER: "Something else"}


def _choice_words(figure: Figure, locale: str) -> str:
    words = figure_words(figure, locale)
    return words if len(words) <= MOST_OF_A_CHOICE else figure_words(figure, locale, short=True)


def _figures_hint(sheet: Sheet, name: str) -> str:
    if not sheet.figures:
        return f"There are no figures of {name} to choose from the last {FRESH_DAYS} finished days."
    days = days_words(*sheet.days, sheet.reader.locale)
    return f"The figures are of the last {FRESH_DAYS} finished days, {days}. {name} sees the same."


def _changed(sheet: Sheet, draft: Draft) -> str:
    now = next((figure for figure in sheet.figures if figure.metric == draft.about), None)
    if now is None:
        return "Nothing was sent yet: the figure you chose is not there any more. Choose again."
    return (
        f"Nothing was sent yet: the figure has changed meanwhile. It is now {figure_words(now, sheet.reader.locale)}. "
        "Send it again if it still says what you mean."
    )


def _text(
    name: str, label: str, typed: Draft, *, hint: str, lines: bool = True, optional: bool = False
) -> Block:  # fmt: skip
    return text_field(
        name, label, lines=lines, most=MOST_CHARACTERS[name], initial=getattr(typed, name), hint=hint, optional=optional
    )
