"""The rules of rich_text: paragraphs, lists, quotes and code, and the runs they consist of."""

from typing import Final

from bot.sandbox.rules import Rule, each, flag, number, one_of, shape, string, typed

_STYLE: Final = shape(
    {},
    dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"), flag),
)
_STYLED: Final[dict[str, Rule]] = {"style": _STYLE}

RUNS: Final[dict[str, Rule]] = {
    "text": shape({"text": string()}, _STYLED),
    "link": shape({"url": string()}, _STYLED | {"text": string(), "unsafe": flag}),
    "emoji": shape({"name": string()}, _STYLED | {"unicode": string(), "url": string(), "skin_tone": number(1, 6)}),
    "user": shape({"user_id": string()}, _STYLED),
    "usergroup": shape({"usergroup_id": string()}, _STYLED),
    "channel": shape({"channel_id": string()}, _STYLED),
    "team": shape({"team_id": string()}, _STYLED),
    "broadcast": shape({"range": one_of("here", "channel", "everyone")}, _STYLED),
    "color": shape({"value": string()}, _STYLED),
    "date": shape(
        {"timestamp": number(whole=True), "format": string()}, _STYLED | {"fallback": string(), "url": string()}
    ),
}

_BORDER: Final = one_of(0, 1)
_SECTION: Final = shape({"elements": each(typed(RUNS))})
PARTS: Final[dict[str, Rule]] = {
    "rich_text_section": _SECTION,
    "rich_text_list": shape(
        {"style": one_of("bullet", "ordered"), "elements": each(typed({"rich_text_section": _SECTION}))},
        {"indent": number(0, 8, whole=True), "offset": number(0, whole=True), "border": _BORDER},
    ),
    "rich_text_preformatted": shape(
        {"elements": each(typed(RUNS, {"text", "link"}))}, {"border": _BORDER, "language": string()}
    ),
    "rich_text_quote": shape({"elements": each(typed(RUNS))}, {"border": _BORDER}),
}

RICH_TEXT: Final = typed({"rich_text": shape({"elements": each(typed(PARTS))}, {"block_id": string(255, least=0)})})
