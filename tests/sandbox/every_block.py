"""One of every block and of every element, with the same words in each field that people read."""

from typing import Any

Json = dict[str, Any]

PICTURE = "https://pictures.example/one.png"


def plain(words: str) -> Json:
    return {"type": "plain_text", "text": words}


def mrkdwn(words: str) -> Json:
    return {"type": "mrkdwn", "text": words}


def image(words: str) -> Json:
    return {"type": "image", "image_url": PICTURE, "alt_text": words}


def option(words: str, value: str = "one", **more: Any) -> Json:
    return {"text": plain(words), "value": value, **more}


def rich(words: str) -> Json:
    runs = [{"type": "text", "text": words, "style": {"bold": True}}, {"type": "link", "url": PICTURE, "text": words}]
    runs += [{"type": "color", "value": words}, {"type": "date", "timestamp": 1, "format": words, "fallback": words}]
    sections = [{"type": "rich_text_section", "elements": runs}]
    parts = [
        *sections,
        {"type": "rich_text_list", "style": "bullet", "elements": sections},
        {"type": "rich_text_quote", "elements": runs},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": words}]},
    ]
    return {"type": "rich_text", "elements": parts}


def confirm(words: str, **more: Any) -> Json:
    return {"title": plain(words), "text": mrkdwn(words), "confirm": plain(words), "deny": plain(words), **more}


def every_element(words: str) -> dict[str, Json]:
    """Return an element of every type, each with its type as its action's id."""
    two = [option(words, "one", description=plain(words)), option(words, "two")]
    groups = {"option_groups": [{"label": plain(words), "options": two}]}
    asks = {"placeholder": plain(words), "confirm": confirm(words)}
    typed = {"placeholder": plain(words), "initial_value": words}
    pair = [{"text": plain(words), "value": value, "accessibility_label": words} for value in ("good", "bad")]
    elements: dict[str, Json] = {
        "button": {"text": plain(words), "url": PICTURE, "accessibility_label": words, "confirm": confirm(words)},
        "workflow_button": {"text": plain(words), "workflow": {}},
        "overflow": {"options": [*two, option(words, "three", url=PICTURE)], "confirm": confirm(words)},
        "radio_buttons": {"options": two, "initial_option": two[0]},
        "checkboxes": {"options": two, "initial_options": two[1:]},
        "static_select": {"options": two, "initial_option": two[1], **asks},
        "multi_static_select": {**groups, "initial_options": two, **asks},
        "external_select": {"initial_option": two[0], **asks},
        "multi_external_select": {"initial_options": two, "min_query_length": 1, **asks},
        "users_select": {"initial_user": words, **asks},
        "multi_users_select": {"initial_users": [words], "max_selected_items": 2, **asks},
        "conversations_select": {"initial_conversation": words, **asks},
        "multi_conversations_select": {"initial_conversations": [words], **asks},
        "channels_select": {"initial_channel": words, **asks},
        "multi_channels_select": {"initial_channels": [words], **asks},
        "datepicker": {"initial_date": "2026-11-18", **asks},
        "timepicker": {"initial_time": "09:30", **asks},
        "datetimepicker": {"initial_date_time": 1_795_010_400},
        "plain_text_input": {"multiline": True, "min_length": 1, "max_length": 300, **typed},
        "number_input": {"is_decimal_allowed": True, "min_value": "0", "max_value": "9", **typed, "initial_value": "5"},
        "email_text_input": typed,
        "url_text_input": typed,
        "rich_text_input": {**typed, "initial_value": rich(words)},
        "file_input": {"filetypes": ["pdf"]},
        "image": image(words),
        "feedback_buttons": {"positive_button": pair[0], "negative_button": pair[1]},
        "icon_button": {"icon": "trash", "text": plain(words), "confirm": confirm(words)},
        "plain_text": plain(words),
        "mrkdwn": mrkdwn(words),
    }
    still = {"image", "plain_text", "mrkdwn"}
    return {
        kind: {"type": kind, **({} if kind in still else {"action_id": kind}), **element}
        for kind, element in elements.items()
    }


def every_block(words: str) -> dict[str, Json]:
    """Return a block of every type, each with its type as its id."""
    elements = every_element(words)
    card = {
        "type": "card", "hero_image": image(words), "icon": image(words), "title": mrkdwn(words),
        "subtitle": plain(words), "body": mrkdwn(words), "subtext": mrkdwn(words),
        "actions": [{"type": "button", "text": plain(words), "action_id": "card"}],
    }  # fmt: skip
    cell = {"type": "raw_text", "text": words}
    rows = [[cell, cell], [cell, {"type": "raw_number", "value": 1, "text": words}], [cell, cell]]
    task = {
        "type": "task_card", "task_id": "1", "title": words, "status": "in_progress", "details": rich(words),
        "output": rich(words), "sources": [{"type": "url", "url": PICTURE, "text": words}],
    }  # fmt: skip
    chart = {
        "type": "bar",
        "series": [{"name": words, "data": [{"label": words, "value": 3}]}],
        "axis_config": {"categories": [words], "x_label": words, "y_label": words},
    }
    section = {"type": "section", "text": mrkdwn(words), "fields": [plain(words), mrkdwn(words)]}
    blocks: dict[str, Json] = {
        "actions": {"elements": [elements["button"], elements["overflow"], elements["static_select"]]},
        "alert": {"text": mrkdwn(words), "level": "warning"},
        "card": card,
        "carousel": {"elements": [card | {"block_id": f"card-{at}"} for at in range(3)]},
        "container": {
            "title": plain(words), "subtitle": mrkdwn(words), "icon": image(words), "is_collapsible": True,
            "child_blocks": [section | {"block_id": "inside"}],
        },
        "context": {"elements": [elements["image"], elements["plain_text"], elements["mrkdwn"]]},
        "context_actions": {"elements": [elements["feedback_buttons"], elements["icon_button"]]},
        "data_table": {"caption": words, "rows": rows, "page_size": 2},
        "data_visualization": {"title": words, "chart": chart},
        "divider": {},
        "file": {"external_id": words, "source": "remote"},
        "header": {"text": plain(words), "level": 2},
        "image": {"image_url": PICTURE, "alt_text": words, "title": plain(words)},
        "input": {"label": plain(words), "hint": plain(words), "element": elements["plain_text_input"]},
        "markdown": {"text": f"# {words}\n\n- {words}\n- **{words}**\n\n|{words}|\n|-|\n|{words}|\n\n> {words}\n\n`{words}`"},
        "plan": {"title": words, "tasks": [task]},
        "rich_text": rich(words),
        "section": section | {"accessory": elements["static_select"]},
        "table": {"rows": rows},
        "task_card": task,
        "video": {
            "alt_text": words, "title": plain(words), "thumbnail_url": PICTURE, "video_url": PICTURE,
            "author_name": words, "provider_name": words, "description": plain(words), "provider_icon_url": PICTURE,
        },
    }  # fmt: skip
    return {kind: {"type": kind, "block_id": kind, **block} for kind, block in blocks.items()}
