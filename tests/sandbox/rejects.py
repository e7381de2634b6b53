"""What Slack refuses, one row for each rule: blocks just past the rule, Slack's complaint, and blocks just within."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Reject:
    """One rule. `refused` and `allowed` are the blocks of a message."""

    rule: str
    refused: list[Any]
    complaint: str
    allowed: list[Any]


def plain(length: int = 1) -> Json:
    return {"type": "plain_text", "text": "x" * length}


def marked(length: int = 1) -> Json:
    return {"type": "mrkdwn", "text": "x" * length}


def section(**fields: Any) -> Json:
    return {"type": "section", "text": marked()} | fields


def header(text: Json) -> list[Json]:
    return [{"type": "header", "text": text}]


def actions(*elements: Json) -> list[Json]:
    return [{"type": "actions", "elements": list(elements)}]


def button(**fields: Any) -> Json:
    return {"type": "button", "text": plain()} | fields


def options(count: int, **fields: Any) -> list[Json]:
    return [{"text": plain(), "value": str(n)} | fields for n in range(count)]


def menu(**fields: Any) -> list[Json]:
    return actions({"type": "static_select"} | fields)


def choice(kind: str, count: int) -> list[Json]:
    return actions({"type": kind, "options": options(count)})


def confirm(**fields: Any) -> list[Json]:
    full = {"title": plain(), "text": marked(), "confirm": plain(), "deny": plain()}
    return actions(button(confirm=full | fields))


def field(element: Json | None = None, **fields: Any) -> list[Json]:
    return [{"type": "input", "label": plain(), "element": element or {"type": "plain_text_input"}} | fields]


def rich(*parts: Json) -> Json:
    return {"type": "rich_text", "elements": list(parts)}


def runs(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def word(text: str = "x") -> Json:
    return {"type": "text", "text": text}


def cell(text: str = "x") -> Json:
    return {"type": "raw_text", "text": text}


def amount(value: Any = 1) -> Json:
    return {"type": "raw_number", "value": value, "text": "1"}


def grid(rows: int, columns: int = 1) -> list[list[Json]]:
    return [[cell() for _ in range(columns)] for _ in range(rows)]


def table(rows: list[list[Json]], **fields: Any) -> list[Json]:
    return [{"type": "table", "rows": rows} | fields]


def data_table(rows: list[list[Json]], **fields: Any) -> list[Json]:
    return [{"type": "data_table", "caption": "Table", "rows": rows} | fields]


def series(count: int = 1, labels: list[str] | None = None, value: Any = 1.5) -> list[Json]:
    data = [{"label": label, "value": value} for label in (["a"] if labels is None else labels)]
    return [{"name": str(n), "data": data} for n in range(count)]


def chart(*, title: str = "Trend", **fields: Any) -> list[Json]:
    plot = {"type": "line", "series": series(), "axis_config": {"categories": ["a"]}} | fields
    return [{"type": "data_visualization", "title": title, "chart": plot}]


def plot(labels: list[str]) -> list[Json]:
    return chart(series=series(labels=labels), axis_config={"categories": labels})


def pie(count: int, label: str = "") -> list[Json]:
    segments = [{"label": label or str(n), "value": 1} for n in range(count)]
    return [{"type": "data_visualization", "title": "Pie", "chart": {"type": "pie", "segments": segments}}]


def card(**fields: Any) -> Json:
    return {"type": "card", "title": marked()} | fields


def carousel(count: int) -> list[Json]:
    return [{"type": "carousel", "elements": [card() for _ in range(count)]}]


def container(count: int, **fields: Any) -> list[Json]:
    return [{"type": "container", "title": plain(), "child_blocks": [{"type": "divider"}] * count} | fields]


def image(**fields: Any) -> Json:
    return {"type": "image", "alt_text": "A cup", "image_url": "https://sample.example/cup.png"} | fields


def address(length: int) -> str:
    return f"https://sample.example/{'x' * length}"[:length]


def too_long(most: int, pointer: str) -> str:
    return f"must be less than {most + 1} characters [json-pointer:/blocks/0/{pointer}]"


def too_many(most: int, pointer: str) -> str:
    return f"no more than {most} items allowed [json-pointer:/blocks/0/{pointer}]"


def too_few(least: int, pointer: str) -> str:
    return f"no less than {least} items allowed [json-pointer:/blocks/0/{pointer}]"


def missing(name: str, pointer: str = "") -> str:
    return f"missing required field: {name} [json-pointer:/blocks/0{pointer}]"


DIVIDER: Json = {"type": "divider"}
BUTTONS = "elements/0"
LABELS = [str(n) for n in range(20)]
ALT_ONLY = {"type": "image", "alt_text": "A cup"}
SILENT = {"type": "image", "image_url": "https://sample.example/cup.png"}

REJECTS = [
    # The message as a whole.
    Reject("50 blocks", [DIVIDER] * 51, "no more than 50 items allowed [json-pointer:/blocks]", [DIVIDER] * 50),
    Reject("a type", [{"text": plain()}], missing("type"), [DIVIDER]),
    Reject("a known type", [{"type": "hologram"}], "unsupported type: hologram [json-pointer:/blocks/0/type]", [DIVIDER]),
    Reject("blocks are objects", ["divider"], "must be an object [json-pointer:/blocks/0]", [DIVIDER]),
    Reject(
        "known fields", [DIVIDER | {"colour": "red"}], "invalid additional property: colour [json-pointer:/blocks/0]",
        [DIVIDER | {"block_id": "line"}],
    ),
    Reject("block_id 255", [DIVIDER | {"block_id": "x" * 256}], too_long(255, "block_id"),
           [DIVIDER | {"block_id": "x" * 255}]),
    Reject(
        "block_id once", [DIVIDER | {"block_id": "a"}] * 2,
        "block_id must be unique: a [json-pointer:/blocks/1/block_id]", [DIVIDER | {"block_id": n} for n in "ab"],
    ),
    Reject("action_id 255", actions(button(action_id="x" * 256)), too_long(255, "elements/0/action_id"),
           actions(button(action_id="x" * 255))),
    Reject(
        "action_id once a block", actions(button(action_id="a"), button(action_id="a")),
        "action_id must be unique: a [json-pointer:/blocks/0/elements/1/action_id]",
        [section(accessory=button(action_id="a")), section(accessory=button(action_id="a"))],
    ),
    Reject(
        "action_id once in a card of a carousel",
        [{"type": "carousel", "elements": [card(actions=[button(action_id="a"), button(action_id="a")])]}],
        "action_id must be unique: a [json-pointer:/blocks/0/elements/0/actions/1/action_id]",
        [{"type": "carousel", "elements": [card(actions=[button(action_id="a")])] * 2}],
    ),
    # Words.
    Reject("section text 3,000", [section(text=marked(3001))], too_long(3000, "text/text"), [section(text=marked(3000))]),
    Reject("section not empty", [section(text=marked(0))],
           "must be more than 0 characters [json-pointer:/blocks/0/text/text]", [section(text=marked(1))]),
    Reject("section has words", [{"type": "section"}],
           "must provide one of: text, fields [json-pointer:/blocks/0]", [{"type": "section", "fields": [marked()]}]),
    Reject("10 fields", [section(fields=[marked()] * 11)], too_many(10, "fields"), [section(fields=[marked()] * 10)]),
    Reject("a field 2,000", [section(fields=[marked(2001)])], too_long(2000, "fields/0/text"),
           [section(fields=[marked(2000)])]),
    Reject("emoji belongs to plain_text", [section(text=marked() | {"emoji": True})],
           "invalid additional property: emoji [json-pointer:/blocks/0/text]", [section(text=plain() | {"emoji": True})]),
    Reject("section takes no field to type in", [section(accessory={"type": "plain_text_input"})],
           "unsupported type: plain_text_input [json-pointer:/blocks/0/accessory/type]", [section(accessory=button())]),
    Reject("header 150", header(plain(151)), too_long(150, "text/text"), header(plain(150))),
    Reject("header is plain", header(marked()), "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
           header(plain())),
    Reject("context 10", [{"type": "context", "elements": [marked()] * 11}], too_many(10, "elements"),
           [{"type": "context", "elements": [marked()] * 10}]),
    Reject("context takes no button", [{"type": "context", "elements": [button()]}],
           "unsupported type: button [json-pointer:/blocks/0/elements/0/type]",
           [{"type": "context", "elements": [image()]}]),
    Reject("markdown 12,000", [{"type": "markdown", "text": "x" * 12_001}], too_long(12_000, "text"),
           [{"type": "markdown", "text": "x" * 12_000}]),
    # Images.
    Reject("image is described", [SILENT], missing("alt_text"), [image()]),
    Reject("image in a context is described", [{"type": "context", "elements": [SILENT]}],
           missing("alt_text", "/elements/0"), [{"type": "context", "elements": [image()]}]),
    Reject("image has a source", [ALT_ONLY],
           "must provide exactly one of: image_url, slack_file [json-pointer:/blocks/0]",
           [ALT_ONLY | {"slack_file": {"id": "F1"}}]),
    Reject("alt_text 2,000", [image(alt_text="x" * 2001)], too_long(2000, "alt_text"), [image(alt_text="x" * 2000)]),
    Reject("image_url 3,000", [image(image_url=address(3001))], too_long(3000, "image_url"), [image(image_url=address(3000))]),
    Reject("image title 2,000", [image(title=plain(2001))], too_long(2000, "title/text"), [image(title=plain(2000))]),
    # Buttons and confirmations.
    Reject("25 actions", actions(*[button()] * 26), too_many(25, "elements"), actions(*[button()] * 25)),
    Reject("button text 75", actions(button(text=plain(76))), too_long(75, f"{BUTTONS}/text/text"),
           actions(button(text=plain(75)))),
    Reject("button value 2,000", actions(button(value="x" * 2001)), too_long(2000, f"{BUTTONS}/value"),
           actions(button(value="x" * 2000))),
    Reject("button url 3,000", actions(button(url=address(3001))), too_long(3000, f"{BUTTONS}/url"),
           actions(button(url=address(3000)))),
    Reject("button style", actions(button(style="loud")),
           "must be a valid enum value: primary, danger [json-pointer:/blocks/0/elements/0/style]",
           actions(button(style="danger"))),
    Reject("confirm title 100", confirm(title=plain(101)), too_long(100, f"{BUTTONS}/confirm/title/text"),
           confirm(title=plain(100))),
    Reject("confirm text 300", confirm(text=marked(301)), too_long(300, f"{BUTTONS}/confirm/text/text"),
           confirm(text=marked(300))),
    Reject("confirm yes 30", confirm(confirm=plain(31)), too_long(30, f"{BUTTONS}/confirm/confirm/text"),
           confirm(confirm=plain(30))),
    Reject("confirm no 30", confirm(deny=plain(31)), too_long(30, f"{BUTTONS}/confirm/deny/text"),
           confirm(deny=plain(30))),
    Reject("confirm title is plain", confirm(title=marked()),
           "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/confirm/title/type]", confirm(title=plain())),
    # Menus.
    Reject("100 options", menu(options=options(101)), too_many(100, f"{BUTTONS}/options"), menu(options=options(100))),
    Reject("an option at least", menu(options=[]), too_few(1, f"{BUTTONS}/options"), menu(options=options(1))),
    Reject("option text 75", menu(options=options(1, text=plain(76))), too_long(75, f"{BUTTONS}/options/0/text/text"),
           menu(options=options(1, text=plain(75)))),
    Reject("option value 150", menu(options=options(1, value="x" * 151)),
           too_long(150, f"{BUTTONS}/options/0/value"), menu(options=options(1, value="x" * 150))),
    Reject("option description 75", menu(options=options(1, description=plain(76))),
           too_long(75, f"{BUTTONS}/options/0/description/text"), menu(options=options(1, description=plain(75)))),
    Reject("100 groups", menu(option_groups=[{"label": plain(), "options": options(1)}] * 101),
           too_many(100, f"{BUTTONS}/option_groups"), menu(option_groups=[{"label": plain(), "options": options(1)}])),
    Reject("options or groups", menu(),
           "must provide exactly one of: options, option_groups [json-pointer:/blocks/0/elements/0]",
           menu(options=options(1))),
    Reject("the first choice is an option", menu(options=options(1), initial_option=options(1, value="z")[0]),
           "initial option must be one of the options [json-pointer:/blocks/0/elements/0]",
           menu(options=options(1), initial_option=options(1)[0])),
    Reject("placeholder 150", menu(options=options(1), placeholder=plain(151)),
           too_long(150, f"{BUTTONS}/placeholder/text"), menu(options=options(1), placeholder=plain(150))),
    Reject("overflow 5", choice("overflow", 6), too_many(5, f"{BUTTONS}/options"), choice("overflow", 5)),
    Reject("radio 10", choice("radio_buttons", 11), too_many(10, f"{BUTTONS}/options"), choice("radio_buttons", 10)),
    Reject("checkboxes 10", choice("checkboxes", 11), too_many(10, f"{BUTTONS}/options"), choice("checkboxes", 10)),
    Reject("a date", actions({"type": "datepicker", "initial_date": "20.11.2026"}),
           "must be in the format YYYY-MM-DD [json-pointer:/blocks/0/elements/0/initial_date]",
           actions({"type": "datepicker", "initial_date": "2026-11-20"})),
    Reject("a time", actions({"type": "timepicker", "initial_time": "24:00"}),
           "must be in the format HH:mm [json-pointer:/blocks/0/elements/0/initial_time]",
           actions({"type": "timepicker", "initial_time": "23:59"})),
    # Fields to type in.
    Reject("input label 2,000", field(label=plain(2001)), too_long(2000, "label/text"), field(label=plain(2000))),
    Reject("input hint 2,000", field(hint=plain(2001)), too_long(2000, "hint/text"), field(hint=plain(2000))),
    Reject("input has a label", [{"type": "input", "element": {"type": "plain_text_input"}}], missing("label"), field()),
    Reject("input takes no button", field(button()), "unsupported type: button [json-pointer:/blocks/0/element/type]",
           field({"type": "users_select"})),
    Reject("lengths in order", field({"type": "plain_text_input", "min_length": 5, "max_length": 4}),
           "min_length must be less than or equal to max_length [json-pointer:/blocks/0/element]",
           field({"type": "plain_text_input", "min_length": 4, "max_length": 4})),
    Reject("length 3,000", field({"type": "plain_text_input", "max_length": 3001}),
           "must be at most 3000 [json-pointer:/blocks/0/element/max_length]",
           field({"type": "plain_text_input", "max_length": 3000})),
    Reject("number says whether decimal", field({"type": "number_input"}), missing("is_decimal_allowed", "/element"),
           field({"type": "number_input", "is_decimal_allowed": False})),
    # Rich text.
    Reject("rich_text has parts", [{"type": "rich_text"}], missing("elements"), [rich(runs(word()))]),
    Reject("a part is a part", [rich(word())], "unsupported type: text [json-pointer:/blocks/0/elements/0/type]",
           [rich(runs(word()))]),
    Reject("a run is not empty", [rich(runs(word("")))],
           "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]", [rich(runs(word()))]),
    Reject("a list has a style", [rich({"type": "rich_text_list", "elements": [runs(word())]})],
           missing("style", "/elements/0"),
           [rich({"type": "rich_text_list", "style": "bullet", "elements": [runs(word())]})]),
    Reject("code holds words and links",
           [rich({"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U1"}]})],
           "unsupported type: user [json-pointer:/blocks/0/elements/0/elements/0/type]",
           [rich({"type": "rich_text_preformatted", "elements": [word()]})]),
    Reject("style is yes or no", [rich(runs(word() | {"style": {"bold": "yes"}}))],
           "must be a boolean [json-pointer:/blocks/0/elements/0/elements/0/style/bold]",
           [rich(runs(word() | {"style": {"bold": True}}))]),
    # Tables.
    Reject("table 100 rows", table(grid(101)), too_many(100, "rows"), table(grid(100))),
    Reject("table 20 columns", table(grid(1, 21)), too_many(20, "rows/0"), table(grid(100, 20))),
    Reject("table cell is not empty", table([[cell("")]]),
           "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]", table([[cell()]])),
    Reject("table column settings 20", table(grid(1), column_settings=[{"align": "left"}] * 21),
           too_many(20, "column_settings"), table(grid(1), column_settings=[{"align": "left"}] * 20)),
    Reject("10,000 characters in cells", table([[cell("x" * 10_000), cell()]]),
           "all cells together must be less than 10001 characters [json-pointer:/blocks/0/rows]",
           table([[cell("x" * 9_999), cell()]])),
    Reject("data_table caption", [{"type": "data_table", "rows": grid(2)}], missing("caption"), data_table(grid(2))),
    Reject("data_table 101 rows", data_table(grid(102)), too_many(101, "rows"), data_table(grid(101))),
    Reject("data_table 2 rows", data_table(grid(1)), too_few(2, "rows"), data_table(grid(2))),
    Reject("data_table 20 columns", data_table(grid(2, 21)), too_many(20, "rows/0"), data_table(grid(2, 20))),
    Reject("data_table equal rows", data_table([[cell()], [cell(), cell()]]),
           "all rows must have the same number of cells [json-pointer:/blocks/0/rows]",
           data_table([[cell()], [amount()]])),
    Reject("data_table cells", data_table([[cell()], [marked()]]),
           "unsupported type: mrkdwn [json-pointer:/blocks/0/rows/1/0/type]",
           data_table([[cell()], [rich(runs(word()))]])),
    Reject("data_table plain header", data_table([[rich(runs(word()))], [cell()]]),
           "unsupported type: rich_text [json-pointer:/blocks/0/rows/0/0/type]", data_table([[cell()], [cell()]])),
    Reject("data_table number", data_table([[cell()], [amount("1")]]),
           "must be a number [json-pointer:/blocks/0/rows/1/0/value]", data_table([[cell()], [amount(1.5)]])),
    Reject("data_table page 100", data_table(grid(2), page_size=101),
           "must be at most 100 [json-pointer:/blocks/0/page_size]", data_table(grid(2), page_size=100)),
    Reject("data_table page 1", data_table(grid(2), page_size=0),
           "must be at least 1 [json-pointer:/blocks/0/page_size]", data_table(grid(2), page_size=1)),
    Reject("data_table named column", data_table(grid(2), row_header_column_index=1),
           "must be at most 0 [json-pointer:/blocks/0/row_header_column_index]",
           data_table(grid(2, 2), row_header_column_index=1)),
    # Charts.
    Reject("chart title 50", chart(title="x" * 51), too_long(50, "title"), chart(title="x" * 50)),
    Reject("chart kind", chart(type="radar"), "unsupported type: radar [json-pointer:/blocks/0/chart/type]",
           chart(type="area")),
    Reject("6 series", chart(type="bar", series=series(7)), too_many(6, "chart/series"), chart(type="bar", series=series(6))),
    Reject("6 segments", pie(7), too_many(6, "chart/segments"), pie(6)),
    Reject("segment label 20", pie(1, "x" * 21), too_long(20, "chart/segments/0/label"), pie(1, "x" * 20)),
    Reject("series name 20", chart(series=[series()[0] | {"name": "x" * 21}]), too_long(20, "chart/series/0/name"),
           chart(series=[series()[0] | {"name": "x" * 20}])),
    Reject("label 20", plot(["x" * 21]), too_long(20, "chart/axis_config/categories/0"), plot(["x" * 20])),
    Reject("20 categories", plot([*LABELS, "more"]), too_many(20, "chart/axis_config/categories"), plot(LABELS)),
    Reject("a value for each category", chart(axis_config={"categories": ["a", "b"]}),
           "must have exactly one value for each category [json-pointer:/blocks/0/chart/series/0/data]",
           plot(["b", "a"])),
    Reject("a value is a number", chart(series=series(value=None)),
           "must be a number [json-pointer:/blocks/0/chart/series/0/data/0/value]", chart(series=series(value=-1))),
    Reject("a category once", plot(["a", "a"]),
           "must not contain duplicates [json-pointer:/blocks/0/chart/axis_config/categories]", plot(["a", "A"])),
    Reject("a series once", chart(series=series(1) * 2),
           "series names must be unique [json-pointer:/blocks/0/chart/series]", chart(series=series(2))),
    Reject("2 charts", chart() * 3, "no more than 2 data_visualization blocks allowed [json-pointer:/blocks]", chart() * 2),
    # Cards, containers and what only a modal shows.
    Reject("card has content", [{"type": "card", "subtitle": marked()}],
           "must provide one of: hero_image, title, actions, body [json-pointer:/blocks/0]", [card()]),
    Reject("card title 150", [card(title=marked(151))], too_long(150, "title/text"), [card(title=marked(150))]),
    Reject("card body 200", [card(body=marked(201))], too_long(200, "body/text"), [card(body=marked(200))]),
    Reject("carousel 10", carousel(11), too_many(10, "elements"), carousel(10)),
    Reject("carousel 1", carousel(0), too_few(1, "elements"), carousel(1)),
    Reject("carousel of cards", [{"type": "carousel", "elements": [section()]}],
           "unsupported type: section [json-pointer:/blocks/0/elements/0/type]", carousel(1)),
    Reject("container 10", container(11), too_many(10, "child_blocks"), container(10)),
    Reject("no container in a container", container(0, child_blocks=container(1)),
           "unsupported type: container [json-pointer:/blocks/0/child_blocks/0/type]",
           container(0, child_blocks=[section()])),
    Reject("alert only in a modal", [{"type": "alert", "text": marked()}],
           "unsupported type: alert [json-pointer:/blocks/0/type]", [section()]),
    Reject("file_input only in a modal", field({"type": "file_input"}),
           "unsupported type: file_input [json-pointer:/blocks/0/element/type]", field()),
]  # fmt: skip
