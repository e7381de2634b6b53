"""One's own settings: the form, and what is so now."""

from types import MappingProxyType
from typing import Final

from bot.domain.manners import Messages
from bot.domain.preferences import Chosen
from bot.domain.programme import BoardChoice
from bot.views.blocks import bullets, context, plain, rich_text, run
from bot.views.figures import locale_of, shift_words, time_words
from bot.views.form import Form, choice_field
from bot.views.message import Message
from bot.views.names import escaped, one_line

YES: Final = "yes"
NO: Final = "no"

_MESSAGES: Final = MappingProxyType(
    {
        Messages.AT_ONCE: "At once, in my hours",
        Messages.AFTER_SHIFT: "One card after my shift",
        Messages.NEVER: "Never",
    }
)
_RULES: Final = MappingProxyType(
    {
        BoardChoice.OPT_OUT: "At {site} everybody is on boards who does not leave them.",
        BoardChoice.OPT_IN: "At {site} only those are on boards who join.",
    }
)
_LEAVING: Final = "Nobody is told who leaves, and your points stay yours."


def form(chosen: Chosen) -> Form:
    """Return the form with the present choices."""
    own = chosen.preferences
    return Form(
        "preferences", "Your settings",
        [
            choice_field(
                "announce", "When I get something, say it in the channel",
                {YES: "Yes", NO: "No, tell me alone"}, initial=YES if own.announce else NO, radio=True,
            ),
            choice_field(
                "messages", "Messages to me", {choice.value: words for choice, words in _MESSAGES.items()},
                initial=own.messages.value, radio=True, hint="What needs your decision comes in your hours in any case.",
            ),
            context(plain(_hours(chosen))),
            choice_field(
                "boards", "Be on boards", {YES: "Yes", NO: "No"}, initial=YES if chosen.is_on_boards else NO, radio=True,
                hint=f"{_rule(chosen)} {_LEAVING}",
            ),
            context(plain(f"Numbers and dates are written for you as in {_language(chosen)}.")),
        ],
        submit="Save",
    )  # fmt: skip


def saved(chosen: Chosen) -> Message:
    """Say what is so now."""
    own = chosen.preferences
    lines = [
        "What you get may be said in the channel." if own.announce else "What you get is told to you alone.",
        _TOLD[own.messages],
        _hours(chosen),
        "You are on boards." if chosen.is_on_boards else f"You are on no board. {_LEAVING}",
    ]
    return Message(
        escaped(" ".join(["That is saved.", *lines])),
        [rich_text(run("That is saved.")), bullets(*[(run(line),) for line in lines])],
    )


_TOLD: Final = MappingProxyType(
    {
        Messages.AT_ONCE: "Encore writes to you at once, in your hours.",
        Messages.AFTER_SHIFT: "Encore writes to you in one card, after your shift.",
        Messages.NEVER: "Encore writes to you only where it needs your decision.",
    }
)


def _hours(chosen: Chosen) -> str:
    """Say which hours are somebody's, and on which clock."""
    hours, locale = chosen.hours, chosen.locale
    if hours.shift is not None:
        return (
            f"Your hours are your shifts: now or next {shift_words(*hours.shift, hours.zone, locale)} ({hours.zone})."
        )
    opens, closes = (time_words(one, locale) for one in (hours.opens, hours.closes))
    return f"Your hours are {opens} – {closes} of every day ({hours.zone}), since no shift of yours is known."


def _rule(chosen: Chosen) -> str:
    return _RULES[chosen.rule].format(site=one_line(chosen.site or "") or "your site")


def _language(chosen: Chosen) -> str:
    return f"{locale_of(chosen.locale).english_name or 'English'} ({one_line(chosen.locale)})"
