"""How strict this Slack is, in plain words: read from the numbers that the rest of the sandbox goes by."""

from collections.abc import Sequence
from typing import Final

from bot.sandbox import responses, triggers
from bot.sandbox.api.answer import METHODS
from bot.sandbox.blocks import MOST_BLOCKS, MOST_CHARACTERS_IN_BLOCKS, MOST_CHARTS
from bot.sandbox.content import MOST_CHARACTERS
from bot.sandbox.modals import MOST_STACKED
from bot.sandbox.page.markup import NOTHING, Html, esc, icon, join, tag
from bot.sandbox.page.workbench import Workbench
from bot.sandbox.rates import A_MINUTE, BURST, MESSAGES_A_SECOND
from bot.sandbox.record import MOST_ENTRIES
from bot.sandbox.socket_mode import MOST_CONNECTIONS, TICKET_SECONDS
from bot.sandbox.view_content import MOST_BYTES

ABSENT: Final = (
    ("One app, one workspace", "No installing through OAuth, no second app, no Enterprise Grid, no shared channels."),
    (
        "Files only from the app",
        "They can be downloaded here; people upload none, their private addresses lead nowhere, and no file_ events come.",
    ),
    (
        "No search, huddles, calls, canvases, lists or workflows",
        "An app that needs them has to be tried in Slack itself.",
    ),
    ("No conversations of three or more", "There are channels, and conversations of two."),
    ("Nothing is kept", f"All is in memory: it ends with the program. The inspector keeps {MOST_ENTRIES} exchanges."),
    ("Guesses", "Where Slack names no number, such as how long a burst may be, the sandbox takes the strictest one."),
)
"""What the sandbox does not do."""


def draw_strictness(workbench: Workbench) -> Html:
    """Draw the whole list."""
    return join(
        [
            tag("h3", esc("Refused here, as in Slack")),
            _points(refusals(workbench)),
            tag("h3", esc("What the app may do")),
            _scopes(workbench),
            _methods(),
            tag("h3", esc("What this sandbox does not do")),
            _points(ABSENT),
        ]
    )


def refusals(workbench: Workbench) -> list[tuple[str, str]]:
    """Return what is refused, each with its name and its words."""
    tiers = ", ".join(str(count) for count in A_MINUTE.values())
    blocks = (
        f"At most {MOST_BLOCKS['message']} in a message, {MOST_BLOCKS['modal']} in a modal or on Home, "
        f"{MOST_CHARACTERS_IN_BLOCKS:,} characters in all, {MOST_CHARTS} charts, one table of the older kind. "
        "Every field is checked; an unknown one is refused."
    )
    calls = (
        f"By its tier each method {tiers} times in any minute, and {MESSAGES_A_SECOND:g} message a second in a "
        f"channel; {BURST} more may come early. {'On' if workbench.workspace.rates else 'Off'} at present."
    )
    return [
        ("Blocks", blocks),
        ("Words", f"A text is cut after {MOST_CHARACTERS:,} characters."),
        ("Modals", f"At most {MOST_STACKED} on top of each other, each of {MOST_BYTES:,} bytes."),
        ("Acknowledgement", f"Within {_time(workbench.ack_seconds)}; otherwise the person sees a time-out."),
        ("Trigger", f"Opens one modal, within {_time(triggers.LIFE_SECONDS)}."),
        ("Response address", f"Serves {responses.MOST_USES} times, within {_time(responses.LIFE_SECONDS)}."),
        ("Events", f"What is not acknowledged is sent again: {_repeats(workbench.repeats)}."),
        ("Limits of calls", calls),
        (
            "Socket Mode",
            f"At most {MOST_CONNECTIONS} connections; an address opens one, within {_time(TICKET_SECONDS)}.",
        ),
        ("Signatures", "Over HTTP every request is signed and dated, for the app to check."),
        ("Membership", "The bot neither sees nor writes where it is no member; other people's private words stay so."),
    ]


def _points(rows: Sequence[tuple[str, str]]) -> Html:
    pairs = [tag("div", tag("dt", esc(name)), tag("dd", esc(words))) for name, words in rows]
    return tag("dl", *pairs, class_="points")


def _scopes(workbench: Workbench) -> Html:
    scopes = workbench.manifest.scopes
    if scopes is None:
        return tag("p", esc("The app's manifest names no scopes, so every call is let through."))
    refused = sorted(name for name, method in METHODS.items() if method.scope and scopes.isdisjoint(method.scope))
    chips = [tag("li", icon("check"), esc(scope)) for scope in sorted(scopes)]
    return join(
        [
            tag("p", esc("Granted by its manifest:")),
            tag("ul", *chips, class_="chips", aria_label="Granted scopes"),
            tag("p", esc(f"Refused with missing_scope: {', '.join(refused)}.")) if refused else NOTHING,
        ]
    )


def _methods() -> Html:
    rows = [tag("li", esc(name)) for name in sorted(METHODS)]
    summary = tag("summary", icon("caret-right"), esc(f"The {len(rows)} methods of the Web API known here"))
    note = tag("p", esc("Any other is answered unknown_method."))
    return tag("details", summary, note, tag("ul", *rows, class_="chips"), class_="known-methods")


def _repeats(repeats: Sequence[float]) -> str:
    waits = ["at once" if wait == 0 else f"after {_time(wait)}" for wait in repeats]
    return ", ".join(waits) or "never"


def _time(seconds: float) -> str:
    minutes = seconds / 60
    count, unit = (minutes, "minute") if seconds >= 60 and minutes == int(minutes) else (seconds, "second")
    return f"{count:g} {unit}{'' if count == 1 else 's'}"
