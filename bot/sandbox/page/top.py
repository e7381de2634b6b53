"""The line above the messages: where one is, and the sandbox's clock."""

from bot.sandbox.model import Channel
from bot.sandbox.page.composer import hidden_fields
from bot.sandbox.page.markup import Html, esc, icon, join, tag
from bot.sandbox.page.people import avatar
from bot.sandbox.page.scene import Scene, other_in, title_of
from bot.sandbox.page.tools import draw_tools_button


def draw_top(scene: Scene) -> Html:
    """Draw the line. Its parts have ids, so that only what has changed is put in anew."""
    return join([_open_side(), _where(scene), _clock(scene), _moves(scene), draw_tools_button()])


def _open_side() -> Html:
    return tag(
        "button",
        icon("menu"),
        type="button",
        id="open-side",
        class_="icon-button",
        aria_controls="side",
        aria_expanded="false",
        aria_label="Channels and people",
    )


def _where(scene: Scene) -> Html:
    channel = scene.channel
    sign = avatar(other_in(channel, scene)) if channel.is_im else Html("")
    words = tag(
        "div",
        tag("h1", esc(title_of(channel, scene))),
        tag("p", esc(_about(channel, scene))),
        class_="where-words",
    )
    return tag("div", sign, words, class_="where", id="where")


def _about(channel: Channel, scene: Scene) -> str:
    if channel.is_im:
        return "App · just you and it" if scene.is_app else other_in(channel, scene).title or "Direct message"
    count = f"{len(channel.members)} {'member' if len(channel.members) == 1 else 'members'}"
    return f"{count} · {channel.topic}" if channel.topic else count


def _clock(scene: Scene) -> Html:
    reader = scene.reader
    return tag(
        "div",
        tag("span", esc("Sandbox time"), class_="clock-label"),
        tag(
            "time",
            esc(f"{reader.now.astimezone(reader.zone):%a %-d %b %Y, %H:%M}"),
            id="clock",
            datetime=reader.now.isoformat(),
            data_zone=reader.zone.key,
            title=reader.zone.key,
        ),
        class_="clock",
        id="clock-face",
    )


def _moves(scene: Scene) -> Html:
    return tag(
        "form",
        hidden_fields(scene),
        _skip("hour", "Skip an hour", "+1 h"),
        _skip("tomorrow", "Skip to tomorrow 09:00", "Tomorrow 9:00"),
        *(_skip(move.name, move.words, move.short) for move in scene.workspace.moves),
        method="post",
        action="clock",
        id="move",
        aria_label="The sandbox's clock",
    )


def _skip(step: str, words: str, short: str) -> Html:
    return tag(
        "button",
        tag("span", esc(words), class_="wide"),
        tag("span", esc(short), class_="narrow", aria_hidden="true"),
        name="move",
        value=step,
        class_="quiet",
        aria_label=words,
    )
