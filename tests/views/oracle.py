"""What Slack takes: its own schema of blocks where it lies beside the project, and the limits it does not hold."""

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from bot.views.message import Message

SCHEMAS = Path(__file__).resolve().parents[3] / "shared" / "schemas"
MOST_CHARACTERS = 13_000
DEFINITIONS = {
    "actions": "ActionsBlock",
    "carousel": "CarouselBlock",
    "context": "ContextBlock",
    "data_table": "DataTableBlock",
    "divider": "DividerBlock",
    "header": "HeaderBlock",
    "rich_text": "RichTextBlock",
    "section": "SectionBlock",
}


def schema(name: str) -> Any:
    """Return a schema of Slack's; skips the test where it is missing, except where CI runs."""
    path = SCHEMAS / name
    if not path.exists():
        reason = f"{path} is missing: Slack's schemas lie beside the project."
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason} Under CI=true this test may not be skipped.", pytrace=False)
        pytest.skip(reason)
    return json.loads(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=len(DEFINITIONS))
def validator(block_type: str) -> Draft7Validator:
    """Return the validator of one type of block: the schema's choice among all types is slow and explains little."""
    definitions = schema("block-kit.blocks.schema.json")["definitions"]
    return Draft7Validator({"$ref": f"#/definitions/{DEFINITIONS[block_type]}", "definitions": definitions})


def check(message: Message, *, new_blocks: bool) -> None:
    """Fail unless Slack would take the message, on a workspace with or without the blocks of 2026."""
    check_limits(message, new_blocks=new_blocks)
    for block in message.blocks:
        if block["type"] == "data_visualization":
            check_chart(block)
        else:
            for error in validator(block["type"]).iter_errors(block):
                raise AssertionError(f"{block['type']}{error.json_path}: {error.message}")


def check_limits(message: Message, *, new_blocks: bool) -> None:
    """Fail where a limit of Slack's is passed that its schema does not hold."""
    assert message.text.strip()
    assert 1 <= len(message.blocks) <= 50
    assert len(json.dumps({"text": message.text, "blocks": message.blocks})) < MOST_CHARACTERS
    types = {block["type"] for block in message.blocks}
    of_2026 = {"carousel", "data_table", "data_visualization"}
    assert types <= {"actions", "context", "divider", "header", "rich_text", "section"} | (
        of_2026 if new_blocks else set()
    )
    runs = texts(message.blocks, of_type="text")
    for text in texts(message.blocks):
        # What stands between two emoji may be a space.
        assert text.strip(" ") or (text and text in runs)
    for block in message.blocks:
        match block["type"]:
            case "header":
                assert 1 <= len(block["text"]["text"]) <= 150
            case "section":
                assert len(block.get("text", {}).get("text", "")) <= 3000
                assert len(block.get("fields", [])) <= 10
                assert all(len(field["text"]) <= 2000 for field in block.get("fields", []))
            case "context":
                assert 1 <= len(block["elements"]) <= 10
            case "data_table":
                check_table(block)
            case "carousel":
                check_cards(block)
    for button in buttons(message.blocks):
        check_button(button)


def check_cards(block: dict[str, Any]) -> None:
    """Fail unless the carousel has 1 to 10 cards of mrkdwn that Slack takes."""
    assert 1 <= len(block["elements"]) <= 10
    for card in block["elements"]:
        assert {"title", "body", "actions"} & card.keys()
        for name, most in (("title", 150), ("subtitle", 150), ("body", 200)):
            assert 1 <= len(card.get(name, {}).get("text", "-")) <= most


def check_button(button: dict[str, Any]) -> None:
    """Fail unless a button and the question that it asks are as short as Slack wants them."""
    assert 1 <= len(button["text"]["text"]) <= 75
    assert len(button["action_id"]) <= 255
    assert len(button.get("value", "")) <= 2000
    for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        assert 1 <= len(button.get("confirm", {}).get(name, {"text": "-"})["text"]) <= most


def buttons(value: Any) -> list[dict[str, Any]]:
    """Return every button in blocks."""
    if isinstance(value, list):
        return [button for item in value for button in buttons(item)]
    if not isinstance(value, dict):
        return []
    return [value] if value.get("type") == "button" else buttons(list(value.values()))


def check_table(block: dict[str, Any]) -> None:
    """Fail unless the table is one of 2 to 101 rows of equal length, named by one of its columns."""
    rows = block["rows"]
    assert 2 <= len(rows) <= 101
    assert 1 <= len(rows[0]) <= 20
    assert {len(row) for row in rows} == {len(rows[0])}
    assert all(cell["type"] != "rich_text" for cell in rows[0])
    assert 1 <= block["page_size"] <= 100
    assert 0 <= block["row_header_column_index"] < len(rows[0])
    assert block["caption"]
    assert sum(len(cell["text"]) for row in rows for cell in row) <= 10_000


def check_chart(block: dict[str, Any]) -> None:
    """Fail unless the chart is as Slack's page describes it (its schema does not know charts yet)."""
    assert block.keys() == {"type", "title", "chart"}
    assert 1 <= len(block["title"]) <= 50
    chart = block["chart"]
    assert chart.keys() == {"type", "series", "axis_config"}
    assert chart["type"] == "line"
    categories = chart["axis_config"]["categories"]
    assert 1 <= len(categories) <= 20
    assert len(set(categories)) == len(categories)
    assert all(1 <= len(label) <= 20 for label in categories)
    assert 1 <= len(chart["axis_config"]["y_label"]) <= 50
    assert 1 <= len(chart["series"]) <= 6
    for series in chart["series"]:
        assert 1 <= len(series["name"]) <= 20
        assert [point["label"] for point in series["data"]] == categories
        assert all(isinstance(point["value"], int | float) for point in series["data"])


def texts(value: Any, *, of_type: str | None = None) -> list[str]:
    """Return every text in blocks, or those of elements of one type."""
    if isinstance(value, list):
        return [text for item in value for text in texts(item, of_type=of_type)]
    if not isinstance(value, dict):
        return []
    own = value.get("text")
    found = [own] if isinstance(own, str) and of_type in {None, value["type"]} else []
    return found + [text for item in value.values() for text in texts(item, of_type=of_type)]


def seen(message: Message) -> str:
    """Return a message as lines to read: what a person would see, and what a screen reader would say."""
    return "\n".join([f"text: {message.text}", "", *(_seen(block) for block in message.blocks)])


def both_seen(native: Message, classic: Message) -> str:
    """Return both forms of one message, whose text is the same."""
    return "\n".join([seen(native), "", "classic:", "", *(_seen(block) for block in classic.blocks)])


def _seen(block: dict[str, Any]) -> str:
    match block["type"]:
        case "divider" | "actions" | "carousel" | "card":
            return _pressable(block)
        case "section" if "accessory" in block:
            return f"{block['text']['text']} {_pressed(block['accessory'])}".replace("\n", " / ")
        case "header":
            return f"# {block['text']['text']}"
        case "section" if "fields" in block:
            return "\n".join(f"[{field['text']}]".replace("\n", " / ") for field in block["fields"])
        case "section":
            return str(block["text"]["text"])
        case "context":
            return f"({' | '.join(element['text'] for element in block['elements'])})"
        case "rich_text":
            return "\n".join(_rich(element) for element in block["elements"])
        case "data_table":
            rows = [f"| {' | '.join(cell['text'] for cell in row)} |" for row in block["rows"]]
            return "\n".join([f"table: {block['caption']}", *rows])
        case _:
            data = block["chart"]["series"][0]["data"]
            points = ", ".join(f"{point['label']} {point['value']}" for point in data)
            return f"chart: {block['title']} ({block['chart']['axis_config']['y_label']}): {points}"


def _pressable(block: dict[str, Any]) -> str:
    match block["type"]:
        case "actions":
            return " ".join(map(_pressed, block["elements"]))
        case "carousel":
            return "\n".join(map(_pressable, block["elements"]))
        case "card":
            words = [block[name]["text"] for name in ("title", "subtitle", "body") if name in block]
            return " / ".join(["card: " + words[0], *words[1:], *map(_pressed, block.get("actions", []))])
        case _:
            return "---"


def _pressed(button: dict[str, Any]) -> str:
    question = button.get("confirm")
    asked = "" if question is None else f" ({question['title']['text']}: {question['text']['text']})"
    return f"<{button['text']['text']}{asked}>"


def _rich(element: dict[str, Any]) -> str:
    if element["type"] == "rich_text_list":
        return "\n".join(f"• {_rich(item)}" for item in element["elements"])
    return "".join(_run(run) for run in element["elements"])


def _run(run: dict[str, Any]) -> str:
    marks = {"bold": "**", "code": "`"}
    mark = next((marks[style] for style in run.get("style", {})), "")
    return f"{mark}{run['text']}{mark}"
