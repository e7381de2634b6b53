"""Which blocks the workspace takes. One function, so that the rules can grow in one place."""

from typing import Any

MOST_BLOCKS_IN_MESSAGE = 50

CLASSIC_BLOCKS = frozenset(
    {"actions", "context", "context_actions", "divider", "file", "header", "image", "input", "markdown", "plan"}
    | {"rich_text", "section", "table", "task_card", "video"}
)
BLOCKS_OF_2026 = frozenset({"alert", "card", "carousel", "container", "data_table", "data_visualization"})


def problems(blocks: Any, *, new_blocks: bool, most: int = MOST_BLOCKS_IN_MESSAGE) -> list[str]:
    """Return what is wrong with `blocks`, in Slack's manner of speaking; nothing if they are fine.

    `new_blocks` says whether the workspace has the block types of 2026, `most` how many blocks fit.
    """
    if not isinstance(blocks, list):
        return ["[ERROR] must be an array [json-pointer:/blocks]"]
    known = CLASSIC_BLOCKS | BLOCKS_OF_2026 if new_blocks else CLASSIC_BLOCKS
    found = []
    if len(blocks) > most:
        found.append(f"[ERROR] no more than {most} items allowed [json-pointer:/blocks]")
    for place, block in enumerate(blocks):
        if not isinstance(block, dict) or "type" not in block:
            found.append(f"[ERROR] missing required field: type [json-pointer:/blocks/{place}]")
        elif block["type"] not in known:
            found.append(f"[ERROR] unsupported type: {block['type']} [json-pointer:/blocks/{place}/type]")
    return found
