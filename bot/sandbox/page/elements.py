"""Interactive elements drawn as HTML: RENDERERS has one row for each type of element.

Each is wrapped with its action's id and its type, and carries the words of its confirmation; the page's script
`blocks.js` gathers the values and acts.
"""

from collections.abc import Callable
from typing import Any, Final

from bot.sandbox.model import Json
from bot.sandbox.page import fields, menus
from bot.sandbox.page.icons import ICONS
from bot.sandbox.page.markup import NOTHING, Html, esc, icon, tag
from bot.sandbox.page.place import Place
from bot.sandbox.page.reader import SAFE_LINK, Reader
from bot.sandbox.page.texts import draw_text, picture, words

Renderer = Callable[[Json, Place], Html]

STILL: Final = frozenset({"image", "plain_text", "mrkdwn"})
"""Elements that nobody can press or fill in."""
STYLES: Final = frozenset({"primary", "danger"})


def draw_element(element: Json, place: Place) -> Html:
    """Draw one element with its wrapper. Raises what a wrong shape leads to, as the drawing of blocks expects."""
    kind = str(element.get("type", ""))
    drawn = RENDERERS.get(kind, _unknown)(element, place)
    if kind in STILL or drawn == NOTHING:
        return drawn
    return tag(
        "div" if kind in BLOCKISH else "span",
        drawn,
        _confirm(element["confirm"], place.reader) if element.get("confirm") else NOTHING,
        class_=f"element element-{kind.replace('_', '-')}",
        data_action=str(element.get("action_id", "")),
        data_kind=kind,
    )


def _button(element: Json, place: Place) -> Html:
    label = draw_text(element["text"], place.reader)
    spoken = element.get("accessibility_label")
    marks = f"button button-{_style(element)}"
    address = str(element.get("url") or "")
    if SAFE_LINK.match(address):
        leads = {"href": address, "target": "_blank", "rel": "noopener noreferrer nofollow"}
        return tag("a", label, class_=marks, aria_label=spoken, **leads)
    return tag("button", label, type="button", class_=marks, aria_label=spoken)


def _workflow_button(element: Json, place: Place) -> Html:
    label = draw_text(element["text"], place.reader)
    return tag(
        "span",
        tag("button", label, type="button", class_=f"button button-{_style(element)}", disabled=True),
        fields.remark("Workflows do not run here."),
        class_="with-remark",
    )


def _icon_button(element: Json, place: Place) -> Html:
    chosen = element.get("visible_to_user_ids")
    if chosen and place.reader.person.slack_id not in chosen:
        return NOTHING
    name = str(element.get("icon", ""))
    return _icon_only(name if name in ICONS else "more", words(element["text"]), element.get("accessibility_label"))


def _feedback_buttons(element: Json, _: Place) -> Html:
    pair = [("positive_button", "thumbs-up"), ("negative_button", "thumbs-down")]
    return tag("span", *[_feedback(element[name], sign) for name, sign in pair], class_="feedback")


def _feedback(button: Json, sign: str) -> Html:
    said = words(button["text"])
    return _icon_only(sign, said, button.get("accessibility_label"), value=str(button.get("value", "")))


def _icon_only(sign: str, said: str, spoken: str | None, *, value: str | None = None) -> Html:
    return tag(
        "button",
        icon(sign),
        type="button",
        class_="icon-button",
        aria_label=spoken or said,
        title=said,
        data_value=value,
        aria_pressed=None if value is None else "false",
    )


def _image(element: Json, _: Place) -> Html:
    return picture(element)


def _text(element: Json, place: Place) -> Html:
    return tag("span", draw_text(element, place.reader), class_="context-text")


def _unknown(element: Json, _: Place) -> Html:
    return tag("span", esc(f"An element of type {element.get('type')} that this page cannot draw."), class_="undrawn")


def _style(element: Json) -> str:
    style = str(element.get("style"))
    return style if style in STYLES else "default"


def _confirm(confirm: Json, reader: Reader) -> Html:
    """Draw what the dialog says; the safer button has the focus when the deed is a dangerous one."""
    danger = confirm.get("style") == "danger"
    deny = _answer("deny", confirm.get("deny"), "Cancel", "default", first=danger)
    agree = _answer("confirm", confirm.get("confirm"), "Yes", "danger" if danger else "primary", first=not danger)
    return tag(
        "template",
        tag("h2", esc(words(confirm.get("title"), "Are you sure?"))),
        tag("div", draw_text(confirm.get("text"), reader), class_="confirm-words"),
        tag("div", deny, agree, class_="confirm-answers"),
        class_="confirm",
    )


def _answer(value: str, text: Any, otherwise: str, style: str, *, first: bool) -> Html:
    said = esc(words(text, otherwise))
    return tag("button", said, type="button", value=value, class_=f"button button-{style}", autofocus=first)


RENDERERS: Final[dict[str, Renderer]] = {
    "button": _button,
    "channels_select": menus.draw_select,
    "checkboxes": menus.draw_checkboxes,
    "conversations_select": menus.draw_select,
    "datepicker": fields.draw_picker,
    "datetimepicker": fields.draw_picker,
    "email_text_input": fields.draw_text_input,
    "external_select": menus.draw_combobox,
    "feedback_buttons": _feedback_buttons,
    "file_input": fields.draw_file_input,
    "icon_button": _icon_button,
    "image": _image,
    "mrkdwn": _text,
    "multi_channels_select": menus.draw_combobox,
    "multi_conversations_select": menus.draw_combobox,
    "multi_external_select": menus.draw_combobox,
    "multi_static_select": menus.draw_combobox,
    "multi_users_select": menus.draw_combobox,
    "number_input": fields.draw_text_input,
    "overflow": menus.draw_overflow,
    "plain_text": _text,
    "plain_text_input": fields.draw_text_input,
    "radio_buttons": menus.draw_radio_buttons,
    "rich_text_input": fields.draw_rich_text_input,
    "static_select": menus.draw_select,
    "timepicker": fields.draw_picker,
    "url_text_input": fields.draw_text_input,
    "users_select": menus.draw_select,
    "workflow_button": _workflow_button,
}
BLOCKISH: Final = frozenset(RENDERERS) - STILL - {"button", "icon_button", "workflow_button", "feedback_buttons"}
