"""Slack's own markup, mrkdwn, drawn as HTML."""

import re
from collections.abc import Iterator

from bot.sandbox.page.markup import Html, esc, join, tag
from bot.sandbox.page.reader import Reader, lines

FENCE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
PIECE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<entity>[^<>\n]+)>"
    r"|:(?P<emoji>[a-z0-9_+'-]+(?:::[a-z0-9-]+)?):"
    r"|(?<![\w*])\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>[^\s_](?:[^_\n]*[^\s_])?)_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])"
)
DATE = re.compile(r"!date\^(?P<seconds>-?\d{1,12})\^(?P<pattern>[^^|]*)(?:\^(?P<link>[^|]*))?(?:\|(?P<fallback>.*))?")
QUOTE = ("&gt;", ">")
STYLES = {"bold": "strong", "italic": "em", "strike": "s"}


def draw(text: str, reader: Reader) -> Html:
    """Draw `text`. In it & < > of people's words are written as &amp; &lt; &gt;, as everywhere in mrkdwn."""
    parts: list[Html] = []
    place = 0
    for match in FENCE.finditer(text):
        parts += _paragraphs(text[place : match.start()].removesuffix("\n"), reader)
        parts.append(tag("pre", tag("code", esc(plain(match.group(1))))))
        place = match.end()
    parts += _paragraphs(text[place:].removeprefix("\n") if place else text, reader)
    return join(parts)


def plain(text: str) -> str:
    """Return mrkdwn's three escapes as the characters they stand for."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _paragraphs(text: str, reader: Reader) -> Iterator[Html]:
    if not text:
        return
    quoted: list[Html] = []
    said: list[Html] = []
    for line in text.split("\n"):
        mark = next((sign for sign in QUOTE if line.startswith(sign)), None)
        if mark is not None:
            if said:
                yield _broken(said)
                said = []
            quoted.append(_inline(line.removeprefix(mark).lstrip(), reader))
        else:
            if quoted:
                yield tag("blockquote", _broken(quoted))
                quoted = []
            said.append(_inline(line, reader))
    if quoted:
        yield tag("blockquote", _broken(quoted))
    if said:
        yield _broken(said)


def _broken(drawn: list[Html]) -> Html:
    return Html("<br>".join(drawn))


def _inline(text: str, reader: Reader) -> Html:
    parts: list[Html] = []
    place = 0
    for match in PIECE.finditer(text):
        parts += [lines(plain(text[place : match.start()])), _piece(match, reader)]
        place = match.end()
    return join([*parts, lines(plain(text[place:]))])


def _piece(match: re.Match[str], reader: Reader) -> Html:
    kind, content = str(match.lastgroup), match.group(str(match.lastgroup))
    if kind == "code":
        return tag("code", esc(plain(content)))
    if kind == "entity":
        return _entity(content, reader)
    if kind == "emoji":
        return reader.emoji(content)
    return tag(STYLES[kind], _inline(content, reader))


def _entity(content: str, reader: Reader) -> Html:
    target, _, label = content.partition("|")
    label = plain(label)
    if target.startswith("@"):
        return reader.user(target[1:], label)
    if target.startswith("#"):
        return reader.channel(target[1:], label)
    if target.startswith("!"):
        return _special(content, target, label, reader)
    return reader.link(plain(target), esc(label or plain(target).removeprefix("mailto:")))


def _special(content: str, target: str, label: str, reader: Reader) -> Html:
    date = DATE.fullmatch(content)
    if date is None:
        word, _, group_id = target[1:].partition("^")
        shown = label.removeprefix("@")
        if word == "subteam":
            return reader.usergroup(group_id, shown)
        return reader.broadcast(word if word in {"here", "channel", "everyone"} else shown or word)
    drawn = reader.moment(int(date["seconds"]), plain(date["pattern"]), plain(date["fallback"] or ""))
    return reader.link(plain(date["link"]), drawn) if date["link"] else drawn
