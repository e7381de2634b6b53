"""The drawer with the page's tools: the inspector, bad days on request, the workspace's switches, how strict it is."""

from typing import Final
from zlib import crc32

from bot.sandbox.faults import ANY, TIMED, TITLES
from bot.sandbox.page.deeds import DEEDS, FAULTS, FORGET, MOST_SECONDS, MOST_TIMES, SWITCHES, Deed, Switch, why_not
from bot.sandbox.page.inspector import draw_entries
from bot.sandbox.page.markup import NOTHING, Html, esc, icon, join, tag
from bot.sandbox.page.reader import Reader
from bot.sandbox.page.strictness import draw_strictness
from bot.sandbox.page.workbench import Workbench

ALWAYS_OFFERED: Final = "chat.postMessage"
FILTERS: Final = {"all": "All", "to": "To the app", "from": "From the app", "failed": "Went wrong"}


def draw_tool_links() -> Html:
    """Draw what the tools need in the page's head."""
    return join(
        [
            tag("link", rel="stylesheet", href="static/tools.css"),
            tag("script", src="static/tools.js", type="module"),
            tag("script", src="static/tour.js", type="module"),
        ]
    )


def draw_tools_button() -> Html:
    """Draw the button that opens the drawer; it stands in the line above the messages."""
    return tag(
        "button",
        icon("gauge"),
        tag("span", esc("Tools")),
        type="button",
        id="open-tools",
        class_="quiet",
        aria_controls="tools",
        aria_expanded="false",
    )


def draw_closed_drawer() -> Html:
    """Draw the empty drawer; it is filled when it is opened."""
    return tag("aside", id="tools", aria_label="Tools", hidden=True)


def draw_drawer(workbench: Workbench, reader: Reader) -> Html:
    """Draw what is in the drawer."""
    panels = {
        "inspector": ("Inspector", _inspector(workbench, reader)),
        "faults": ("Bad days", _bad_days(workbench, reader)),
        "switches": ("Switches", _switches(workbench, reader)),
        "strict": ("How strict", tag("div", draw_strictness(workbench), data_live="strict")),
    }
    tabs = [
        tag(
            "button",
            esc(title),
            type="button",
            role="tab",
            id=f"tab-{name}",
            aria_controls=f"panel-{name}",
            aria_selected="true" if name == "inspector" else "false",
            tabindex=0 if name == "inspector" else -1,
        )
        for name, (title, _) in panels.items()
    ]
    again = tag("button", esc("Show the tour"), type="button", class_="quiet", id="tour-again")
    return join(
        [
            tag(
                "div",
                tag("h2", esc("Tools")),
                again if workbench.tour else NOTHING,
                tag("button", icon("close"), type="button", id="close-tools", aria_label="Close the tools"),
                class_="tools-head",
            ),
            tag("div", *tabs, role="tablist", aria_label="Tools", class_="tabs"),
            *[
                tag(
                    "div",
                    drawn,
                    role="tabpanel",
                    id=f"panel-{name}",
                    aria_labelledby=f"tab-{name}",
                    hidden=name != "inspector",
                    tabindex=0,
                    class_="panel",
                )
                for name, (_, drawn) in panels.items()
            ],
            tag("p", id="tools-said", role="status"),
        ]
    )


def living_parts(workbench: Workbench, reader: Reader) -> dict[str, Html]:
    """Return the parts of the drawer that change by themselves, by name."""
    return {
        "calls": draw_calls(workbench),
        "waiting": draw_waiting(workbench, reader),
        "switches": draw_switches(workbench, reader),
        "way": _way(workbench),
        "strict": draw_strictness(workbench),
    }


def mark_of(parts: dict[str, Html]) -> str:
    """Return a mark that changes whenever one of these parts does."""
    return str(crc32("\0".join(parts.values()).encode()))


def draw_calls(workbench: Workbench) -> Html:
    """Draw the calls that can be chosen: any, and those the app has made."""
    made = {entry.title for entry in workbench.record if entry.direction == "from the app"}
    names = sorted(made | {ALWAYS_OFFERED})
    return join([tag("option", esc("any call"), value=ANY), *[tag("option", esc(name), value=name) for name in names]])


def draw_waiting(workbench: Workbench, reader: Reader) -> Html:
    """Draw what still waits to go wrong."""
    waiting = workbench.faults.waiting()
    if not waiting:
        return tag("p", esc("Nothing: all goes well."), class_="tools-note")
    rows = [tag("li", icon("bug"), tag("span", esc(what))) for what in waiting]
    forget = tag("button", esc(FORGET.label), name="do", value="forget", class_="quiet")
    return join([tag("ul", *rows, class_="waiting"), _form(reader, forget)])


def draw_switches(workbench: Workbench, reader: Reader) -> Html:
    """Draw the workspace's switches as they stand."""
    return join([_switch(name, switch, workbench, reader) for name, switch in SWITCHES.items()])


def _inspector(workbench: Workbench, reader: Reader) -> Html:
    choices = [
        tag(
            "label",
            tag("input", type="radio", name="exchange-filter", value=value, checked=value == "all"),
            tag("span", esc(words)),
        )
        for value, words in FILTERS.items()
    ]
    search = tag(
        "input",
        type="search",
        id="exchange-search",
        placeholder="Search by title, such as chat.post",
        aria_label="Search by title",
        autocomplete="off",
    )
    return join(
        [
            tag("fieldset", tag("legend", esc("Show"), class_="visually-hidden"), *choices, class_="filters"),
            search,
            tag("p", id="exchange-count", class_="tools-note"),
            tag("ol", draw_entries(workbench.record, reader), id="exchanges", data_latest=workbench.record.latest),
        ]
    )


def _bad_days(workbench: Workbench, reader: Reader) -> Html:
    return join(
        [
            _fault_form(workbench, reader),
            tag("h3", esc("On the way to the app")),
            *[_deed(name, deed, workbench, reader) for name, deed in DEEDS.items()],
            tag("h3", esc("Still to go wrong"), id="waiting-title", tabindex="-1"),
            tag("div", draw_waiting(workbench, reader), data_live="waiting"),
        ]
    )


def _fault_form(workbench: Workbench, reader: Reader) -> Html:
    kinds = [
        tag(
            "label",
            tag("input", type="radio", name="kind", value=kind, checked=at == 0, data_timed=kind in TIMED),
            tag("span", tag("strong", esc(TITLES[kind])), tag("small", esc(seen))),
        )
        for at, (kind, seen) in enumerate(FAULTS.items())
    ]
    calls = tag("select", draw_calls(workbench), name="method", data_live="calls")
    return tag(
        "form",
        _as(reader),
        tag("h3", esc("When the app calls Slack")),
        tag("label", tag("span", esc("Which call")), calls, class_="tool-field"),
        tag("fieldset", tag("legend", esc("What goes wrong")), *kinds, class_="kinds"),
        tag(
            "div",
            _number("times", "How often", 1, MOST_TIMES),
            _number("seconds", "Seconds", 5, MOST_SECONDS),
            tag("button", esc("Let it go wrong"), name="do", value="fault", class_="tools-go"),
            class_="tool-row",
        ),
        method="post",
        action="tools",
    )


def _deed(name: str, deed: Deed, workbench: Workbench, reader: Reader) -> Html:
    possible = deed.can_be_done(workbench)
    note = f"about-{name}"
    button = tag(
        "button", esc(deed.label), name="do", value=name, class_="quiet", disabled=not possible, aria_describedby=note
    )
    words = tag("p", esc(deed.seen if possible else why_not(deed)), id=note, class_="tools-note")
    return _form(reader, button, words, class_="deed")


def _switches(workbench: Workbench, reader: Reader) -> Html:
    return join(
        [
            tag("div", draw_switches(workbench, reader), data_live="switches"),
            tag("h3", esc("The way to the app")),
            tag("div", _way(workbench), data_live="way"),
        ]
    )


def _switch(name: str, switch: Switch, workbench: Workbench, reader: Reader) -> Html:
    on, note = switch.is_on(workbench), f"about-{name}"
    button = tag(
        "button",
        tag("span", esc(switch.label)),
        tag("span", tag("span", class_="knob"), class_="track", aria_hidden="true"),
        tag("span", esc("on" if on else "off"), class_="switch-word", aria_hidden="true"),
        name="turn",
        value=name,
        role="switch",
        aria_checked="true" if on else "false",
        aria_describedby=note,
        class_="switch",
    )
    return _form(reader, button, tag("p", esc(switch.on if on else switch.off), id=note, class_="tools-note"))


def _way(workbench: Workbench) -> Html:
    if workbench.over_http:
        return tag("p", esc("Signed requests to "), tag("code", esc(workbench.request_url)))
    count = workbench.socket_mode.connected
    words = "no connection" if count == 0 else "one connection" if count == 1 else f"{count} connections"
    return tag("p", esc(f"Socket Mode, {words} at present."))


def _number(name: str, label: str, value: int, most: int) -> Html:
    box = tag("input", type="number", name=name, value=value, min=1, max=most, required=True, inputmode="numeric")
    return tag("label", tag("span", esc(label)), box, class_="tool-field")


def _form(reader: Reader, *children: Html, class_: str | None = None) -> Html:
    return tag("form", _as(reader), *children, method="post", action="tools", class_=class_)


def _as(reader: Reader) -> Html:
    return tag("input", type="hidden", name="as", value=reader.person.slack_id)
