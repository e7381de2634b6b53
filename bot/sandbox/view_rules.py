"""What a modal and an App Home may consist of."""

from typing import Any, Final, Literal

from bot.sandbox.blocks import problems
from bot.sandbox.elements import ID
from bot.sandbox.rules import Rule, Spot, anything, flag, plain_text, shape, string, typed

ViewKind = Literal["modal", "home"]

_COMMON: Final[dict[str, Rule]] = {"private_metadata": string(3_000, least=0), "callback_id": ID, "external_id": ID}
# The blocks have a checker of their own, which needs to know what the workspace has.
_RULES: Final[dict[str, Rule]] = {
    "home": shape({"blocks": anything}, _COMMON),
    "modal": shape(
        {"blocks": anything, "title": plain_text(24)},
        _COMMON
        | {"submit": plain_text(24), "close": plain_text(24)}
        | {"clear_on_close": flag, "notify_on_close": flag, "submit_disabled": flag},
    ),
}


def view_problems(view: Any, kind: ViewKind, *, new_blocks: bool) -> list[str]:
    """Return what is wrong with a view of this kind, in Slack's manner of speaking; nothing if it is fine."""
    spot = Spot(view, "/view", kind, [])
    typed(_RULES, {kind})(spot)
    if not isinstance(view, dict) or "blocks" not in view:
        return spot.found
    blocks = view["blocks"]
    spot.found.extend(problems(blocks, new_blocks=new_blocks, surface=kind, pointer="/view/blocks"))
    if kind == "modal" and "submit" not in view and isinstance(blocks, list) and any(map(_is_input, blocks)):
        spot.wrong("must define `submit` to use an `input` block in modals")
    return spot.found


def _is_input(block: Any) -> bool:
    if not isinstance(block, dict):
        return False
    inner = block.get("child_blocks") if block.get("type") == "container" else None
    return block.get("type") == "input" or (isinstance(inner, list) and any(map(_is_input, inner)))
