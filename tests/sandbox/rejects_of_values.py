"""More of what Slack refuses: values that cannot be, and what only a view as a whole shows."""

from dataclasses import dataclass
from typing import Any

from .rejects import (
    Json,
    Reject,
    actions,
    amount,
    button,
    cell,
    chart,
    choice,
    container,
    data_table,
    field,
    image,
    menu,
    options,
    plain,
    series,
)

PAGE = "https://sample.example/page"
FILE: Json = {"type": "file", "external_id": "x", "source": "remote"}


@dataclass(frozen=True)
class ViewReject:
    """One rule of views. `refused` and `allowed` are whole views."""

    rule: str
    refused: Json
    complaint: str
    allowed: Json


def home(*blocks: Json) -> Json:
    return {"type": "home", "blocks": list(blocks)}


def modal(*blocks: Json, **fields: Any) -> Json:
    return {"type": "modal", "title": plain(), "blocks": list(blocks)} | fields


def numeral(**fields: Any) -> list[Json]:
    return field({"type": "number_input", "is_decimal_allowed": True} | fields)


def focused(*flags: bool) -> Json:
    return home(*(field({"type": "plain_text_input", "focus_on_load": flag})[0] for flag in flags))


def first(name: str) -> str:
    return f"[json-pointer:/blocks/0/elements/0/{name}]"


NO_NUMERAL = "must be a number written as a string [json-pointer:/blocks/0/element/{}]"

VALUES = [
    Reject("image on the web", [image(image_url="data:image/png;base64,x")],
           "invalid url [json-pointer:/blocks/0/image_url]", [image(image_url="HTTP://sample.example/cup.png")]),
    Reject("button leads somewhere", actions(button(url="javascript:alert(1)")), f"invalid url {first('url')}",
           actions(button(url=PAGE), button(url="mailto:ana@sample.example"), button(url="slack://open"))),
    Reject("button names a place", actions(button(url="sample.example")), f"invalid url {first('url')}",
           actions(button(url=PAGE))),
    Reject("only an overflow has links", menu(options=options(1, url=PAGE)),
           f"invalid additional property: url {first('options/0')}",
           actions({"type": "overflow", "options": options(1, url=PAGE)})),
    Reject("an overflow leads somewhere", actions({"type": "overflow", "options": options(1, url="page")}),
           f"invalid url {first('options/0/url')}", choice("overflow", 1)),
    Reject("a date of the calendar", actions({"type": "datepicker", "initial_date": "2026-02-29"}),
           f"must be a valid date {first('initial_date')}",
           actions({"type": "datepicker", "initial_date": "2028-02-29"})),
    Reject("a date in plain digits", actions({"type": "datepicker", "initial_date": "2026-11-\u0662\u0660"}),
           f"must be in the format YYYY-MM-DD {first('initial_date')}",
           actions({"type": "datepicker", "initial_date": "2026-11-20"})),
    Reject("the least is a number", numeral(min_value="abc"), NO_NUMERAL.format("min_value"), numeral(min_value="-1.5")),
    Reject("the most is finite", numeral(max_value="NaN"), NO_NUMERAL.format("max_value"), numeral(max_value="9")),
    Reject("the first number is one", numeral(initial_value="1e9"), NO_NUMERAL.format("initial_value"),
           numeral(initial_value=".5")),
    Reject("the least below the most", numeral(min_value="10", max_value="9"),
           "min_value must be less than or equal to max_value [json-pointer:/blocks/0/element]",
           numeral(min_value="9", max_value="10")),
    Reject("a number of 400 digits", data_table([[cell()], [amount(10**400)]]),
           "must be a number [json-pointer:/blocks/0/rows/1/0/value]", data_table([[cell()], [amount(10**15)]])),
    Reject("a value of 400 digits", chart(series=series(value=-(10**400))),
           "must be a number [json-pointer:/blocks/0/chart/series/0/data/0/value]", chart(series=series(value=-(10**15)))),
]  # fmt: skip

VIEWS = [
    ViewReject("an input in a container needs submit", modal(*container(0, child_blocks=field())),
               "must define `submit` to use an `input` block in modals [json-pointer:/view]",
               modal(*container(0, child_blocks=field()), submit=plain())),
    ViewReject("one focus a view", focused(True, False, True),
               "only one element may have focus_on_load [json-pointer:/view/blocks/2/element/focus_on_load]",
               focused(False, True, False)),
    ViewReject("file only in a message", home(FILE), "unsupported type: file [json-pointer:/view/blocks/0/type]",
               home(image())),
]  # fmt: skip
