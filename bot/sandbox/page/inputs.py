"""The input block: a label, an element, a hint, and room for what was wrong."""

from typing import Final

from bot.sandbox.model import Json
from bot.sandbox.page.elements import draw_element
from bot.sandbox.page.fields import SINGLE_LINES
from bot.sandbox.page.markup import NOTHING, Html, esc, join, tag
from bot.sandbox.page.place import Place, slug
from bot.sandbox.page.reader import Reader
from bot.sandbox.page.texts import draw_text

GROUPS: Final = frozenset({"radio_buttons", "checkboxes"})
"""Elements of several controls, which a label names as a group."""


def draw_input(block: Json, reader: Reader) -> Html:
    """Draw an input block. The page's script fills `.field-error`."""
    element, block_id = block["element"], block.get("block_id", "")
    optional = bool(block.get("optional"))
    said = [draw_text(part, reader) for part in (block.get("hint"), _sends(block)) if part]
    label_id, hint_id = slug(reader, "label-", block_id), slug(reader, "hint-", block_id)
    place = Place(
        reader,
        slug(reader, block_id, "-", element.get("action_id", "")),
        label=label_id,
        hint=hint_id if said else None,
        required=not optional,
    )
    label = tag(
        "span" if element.get("type") in GROUPS else "label",
        draw_text(block["label"], reader),
        tag("span", esc(" (optional)"), class_="optional") if optional else NOTHING,
        id=label_id,
        class_="label",
        for_=None if element.get("type") in GROUPS else place.name,
    )
    hint = tag("p", join(said, " "), class_="hint", id=hint_id) if said else NOTHING
    error = tag("p", class_="field-error", id=slug(reader, "error-", block_id), hidden=True)
    return join([label, draw_element(element, place), hint, error])


def _sends(block: Json) -> Json | None:
    """Return the words about Enter below a line of text that acts on it."""
    element = block["element"]
    wanted = (element.get("dispatch_action_config") or {}).get("trigger_actions_on", ["on_enter_pressed"])
    if not block.get("dispatch_action") or element.get("type") not in SINGLE_LINES or "on_enter_pressed" not in wanted:
        return None
    how = "Ctrl and Enter" if element.get("multiline") else "Enter"
    return {"type": "plain_text", "text": f"Press {how} when you are done."}
