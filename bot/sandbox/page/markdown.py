"""The markdown block: the part of Markdown that Slack draws, as HTML.

Lines become parts by the first row of PARTS whose pattern fits; words within them by SPANS.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from bot.sandbox.page.markup import NOTHING, Html, esc, join, tag
from bot.sandbox.page.reader import Reader, lines

BLANK: Final = re.compile(r"\s*$")
FENCE: Final = re.compile(r"\s{0,3}(?:```|~~~)")
HEADING: Final = re.compile(r"\s{0,3}#{1,6}\s+\S")
RULE: Final = re.compile(r"\s{0,3}([-*_])(?:\s*\1){2,}\s*$")
QUOTE: Final = re.compile(r"\s{0,3}>\s?(.*)$")
ITEM: Final = re.compile(r"(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$")
BOX: Final = re.compile(r"\[([ xX])\]\s+(.*)$")
TABLE_LINE: Final = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
CELLS: Final = re.compile(r"(?<!\\)\|")
SPAN: Final = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|!?\[(?P<label>[^\[\]\n]*)\]\((?P<url>[^\s()]+(?:\([^\s()]*\))?)(?:\s+\"[^\"]*\")?\)"
    r"|<(?P<plain_url>https?://[^<>\s]+)>"
    r"|(?P<bare_url>https?://[^\s<>()]+[^\s<>().,;:!?\"'*_~])"
    r"|\*\*\*(?P<both>[^\s*](?:.*?[^\s])?)\*\*\*"
    r"|\*\*(?P<bold>[^\s](?:.*?[^\s])?)\*\*"
    r"|(?<!\w)__(?P<bold_too>[^\s](?:.*?[^\s])?)__(?!\w)"
    r"|\*(?P<italic>[^\s*](?:[^*]*[^\s*])?)\*"
    r"|(?<!\w)_(?P<italic_too>[^\s_](?:[^_]*[^\s_])?)_(?!\w)"
    r"|~~(?P<strike>[^\s~](?:.*?[^\s])?)~~",
    re.DOTALL,
)
STYLES: Final = {"bold": "strong", "bold_too": "strong", "italic": "em", "italic_too": "em", "strike": "s"}
DEEPEST: Final = 6

Part = tuple[Html, int]
"""What was drawn, and the row at which it goes on."""


def draw(text: str, reader: Reader) -> Html:
    """Draw Markdown: headings, lists, quotes, code, tables, rules and paragraphs; anything else stays as typed."""
    return join(list(_parts(text.expandtabs(4).split("\n"), reader, 0)))


def _parts(rows: Sequence[str], reader: Reader, depth: int) -> Iterator[Html]:
    at = 0
    while at < len(rows):
        read = next(read for pattern, read in PARTS if pattern.match(rows[at]))
        drawn, at = read(rows, at, reader, depth)
        yield drawn


def _blank(_: Sequence[str], at: int, __: Reader, ___: int) -> Part:
    return NOTHING, at + 1


def _fence(rows: Sequence[str], at: int, _: Reader, __: int) -> Part:
    mark, end = rows[at].strip()[:3], at + 1
    while end < len(rows) and not rows[end].strip().startswith(mark):
        end += 1
    return tag("pre", tag("code", esc("\n".join(rows[at + 1 : end])))), end + 1


def _heading(rows: Sequence[str], at: int, reader: Reader, _: int) -> Part:
    # Slack draws headings of every level alike.
    return tag("h4", _inline(rows[at].strip().strip("#").strip(), reader), class_="markdown-heading"), at + 1


def _rule(_: Sequence[str], at: int, __: Reader, ___: int) -> Part:
    return tag("hr"), at + 1


def _quote(rows: Sequence[str], at: int, reader: Reader, depth: int) -> Part:
    if depth == DEEPEST:
        return _paragraph(rows, at, reader, depth)
    end = at
    while end < len(rows) and QUOTE.match(rows[end]):
        end += 1
    return tag("blockquote", *_parts([QUOTE.sub(r"\1", row) for row in rows[at:end]], reader, depth + 1)), end


def _list(rows: Sequence[str], at: int, reader: Reader, depth: int) -> Part:
    if depth == DEEPEST:
        return _paragraph(rows, at, reader, depth)
    end = _end_of_list(rows, at)
    first = rows[at].strip()
    indent = len(rows[at]) - len(rows[at].lstrip())
    items: list[list[str]] = []
    for row in rows[at:end]:
        match = ITEM.match(row)
        if match and len(match[1]) <= indent + 1:
            items.append([match[3]])
        else:
            items[-1].append(row)
    drawn = [_item(item, reader, depth) for item in items]
    number = re.match(r"\d+", first)
    return (tag("ol", *drawn, start=int(number[0])) if number else tag("ul", *drawn)), end


def _paragraph(rows: Sequence[str], at: int, reader: Reader, _: int) -> Part:
    end = at + 1
    if "|" in rows[at] and end < len(rows) and TABLE_LINE.match(rows[end]) and "|" in rows[end]:
        while end < len(rows) and "|" in rows[end]:
            end += 1
        return _table(rows[at:end], reader), end
    while end < len(rows) and rows[end].strip() and not _starts_part(rows[end]):
        end += 1
    return tag("p", _inline("\n".join(row.strip() for row in rows[at:end]), reader)), end


def _starts_part(row: str) -> bool:
    return any(pattern.match(row) for pattern, _ in PARTS[:-1])


def _end_of_list(rows: Sequence[str], at: int) -> int:
    """Return where a list ends: at an empty line that no further item follows, or at a line of another kind."""
    end = at + 1
    while end < len(rows):
        row = rows[end]
        belongs = ITEM.match(row) or (row.startswith(" ") and row.strip())
        follows = (
            not row.strip() and end + 1 < len(rows) and (ITEM.match(rows[end + 1]) or rows[end + 1].startswith("  "))
        )
        if not belongs and not follows:
            break
        end += 1
    return end


def _item(rows: Sequence[str], reader: Reader, depth: int) -> Html:
    box = BOX.match(rows[0])
    checked = tag("input", type="checkbox", checked=box[1] != " ", disabled=True, aria_label="Done") if box else NOTHING
    said = _inline(box[2] if box else rows[0], reader)
    return tag(
        "li", checked, said, *_parts(_outdented(rows[1:]), reader, depth + 1), class_="task-item" if box else None
    )


def _outdented(rows: Sequence[str]) -> list[str]:
    by = min((len(row) - len(row.lstrip()) for row in rows if row.strip()), default=0)
    return [row[by:] for row in rows]


def _table(rows: Sequence[str], reader: Reader) -> Html:
    sides = [_side(cell) for cell in _cells(rows[1])]
    head = tag("tr", *[_cell("th", cell, sides, at, reader) for at, cell in enumerate(_cells(rows[0]))])
    body = [
        tag("tr", *[_cell("td", cell, sides, at, reader) for at, cell in enumerate(_cells(row))]) for row in rows[2:]
    ]
    table = tag("table", tag("thead", head), tag("tbody", *body))
    return tag("div", table, class_="table-frame", tabindex="0", role="group", aria_label="Table")


def _cells(row: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in CELLS.split(row.strip().removeprefix("|").removesuffix("|"))]


def _cell(element: str, cell: str, sides: Sequence[str | None], at: int, reader: Reader) -> Html:
    side = sides[at] if at < len(sides) else None
    return tag(element, _inline(cell, reader), scope="col" if element == "th" else None, class_=side)


def _side(cell: str) -> str | None:
    marks = (cell.startswith(":"), cell.endswith(":"))
    return {(True, True): "align-center", (False, True): "align-right"}.get(marks)


def _inline(text: str, reader: Reader) -> Html:
    parts: list[Html] = []
    place = 0
    for match in SPAN.finditer(text):
        parts += [reader.plain(text[place : match.start()]), _span(match, reader)]
        place = match.end()
    return join([*parts, reader.plain(text[place:])])


def _span(match: re.Match[str], reader: Reader) -> Html:
    found = {name: value for name, value in match.groupdict().items() if value is not None}
    if "escaped" in found:
        return esc(found["escaped"])
    if "code" in found:
        return tag("code", lines(found["code"].strip(" ") or found["code"]))
    if "url" in found:
        return reader.link(found["url"], _inline(found["label"], reader) if found["label"] else esc(found["url"]))
    for name in ("plain_url", "bare_url"):
        if name in found:
            return reader.link(found[name], esc(found[name]))
    if "both" in found:
        return tag("strong", tag("em", _inline(found["both"], reader)))
    name, inner = next((name, value) for name, value in found.items() if name in STYLES)
    return tag(STYLES[name], _inline(inner, reader))


PARTS: Final[list[tuple[re.Pattern[str], Callable[[Sequence[str], int, Reader, int], Part]]]] = [
    (BLANK, _blank),
    (FENCE, _fence),
    (HEADING, _heading),
    (RULE, _rule),
    (QUOTE, _quote),
    (ITEM, _list),
    (re.compile(""), _paragraph),
]
