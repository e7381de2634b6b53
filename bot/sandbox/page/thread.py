"""A thread: a message, the replies to it, and a box to answer in."""

from bot.sandbox.model import Message
from bot.sandbox.page.composer import draw_composer
from bot.sandbox.page.markup import NOTHING, Html, esc, icon, join, tag
from bot.sandbox.page.message import draw_message
from bot.sandbox.page.messages import stands_with
from bot.sandbox.page.scene import Scene, title_of
from bot.sandbox.shapes import replies_to


def draw_thread(scene: Scene) -> Html:
    """Draw the pane around an open thread; nothing if none is open."""
    if scene.thread is None:
        return NOTHING
    where = "Direct message" if scene.channel.is_im else title_of(scene.channel, scene)
    close = tag(
        "a", icon("close"), href=scene.address(), class_="icon-button", id="close-thread", aria_label="Close the thread"
    )
    return tag(
        "section",
        tag("header", tag("div", tag("h2", esc("Thread")), tag("p", esc(where))), close, class_="pane-head"),
        tag(
            "ol",
            draw_replies(scene),
            class_="messages",
            id="replies",
            tabindex=0,
            aria_label="Thread",
            aria_live="polite",
        ),
        draw_composer(scene, in_thread=True),
        class_="pane",
        id=f"thread-{scene.thread.ts}",
        data_thread=scene.thread.ts,
    )


def draw_replies(scene: Scene) -> Html:
    """Draw the message that the open thread is about, and what was answered."""
    parent = scene.thread
    if parent is None:
        return NOTHING
    count = len(replies_to(parent, scene.channel))
    words = f"{count} {'reply' if count == 1 else 'replies'}"
    rows = [draw_message(parent, scene, in_thread=True)]
    rows += [tag("li", tag("span", esc(words)), class_="count", id="reply-count")] if count else []
    before = None
    for reply in _seen(parent, scene):
        rows.append(draw_message(reply, scene, in_thread=True, follows=stands_with(reply, before)))
        before = reply
    return join(rows)


def _seen(parent: Message, scene: Scene) -> list[Message]:
    """Return the replies that the person looking sees."""
    return [
        message
        for message in scene.channel.messages
        if message.is_reply and message.thread_ts == parent.ts and message.ephemeral_to in {None, scene.person.slack_id}
    ]
