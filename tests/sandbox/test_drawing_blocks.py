"""Every block and every element on the page: drawn, well formed, harmless, and named where it is broken."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from bot.sandbox.blocks import BLOCKS, problems
from bot.sandbox.elements import ELEMENTS
from bot.sandbox.model import Json, Person
from bot.sandbox.page import draw, elements
from bot.sandbox.page.draw import draw_block, draw_blocks
from bot.sandbox.page.elements import draw_element
from bot.sandbox.page.markup import VOID
from bot.sandbox.page.place import Place
from bot.sandbox.page.reader import Reader
from bot.sandbox.rules import Spot, Surface
from bot.sandbox.workspace import Workspace

from .every_block import PICTURE, every_block, every_element

HOSTILE = """"' onload='x' x="><script>alert(1)</script></textarea></option></template></div>"""
UNDRAWN = "that this page cannot draw"
SPOKEN = ("alt", "aria-label", "title", "placeholder", "value")
WORDLESS = {"divider", "datetimepicker", "file_input"}
WRONG: list[Any] = [None, 7, "x", [], [7], {}, {"type": "x"}, True, 1e300]
ADDRESSES = {"href", "src", "action", "formaction", "data", "srcdoc", "style"}


class Reading(HTMLParser):
    """Reads HTML as a browser would and notes what is in it; `wrong` is what is not well formed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.wrong: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self.wrong += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if len(dict(attrs)) < len(attrs):
            self.wrong.append(f"an attribute twice in {tag}")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data

    def each(self, attribute: str) -> list[str]:
        return [str(attributes[attribute]) for _, attributes in self.tags if attribute in attributes]


@pytest.fixture
def reader(workspace: Workspace, ana: Person) -> Reader:
    return Reader(workspace, ana)


def drawn_element(element: Json, reader: Reader) -> str:
    return draw_element(element, Place(reader, "name"))


def everything(words: str, reader: Reader) -> Iterator[tuple[str, str]]:
    """Draw every block, and every element both alone and in an input block."""
    for kind, block in every_block(words).items():
        yield kind, draw_block(block, reader)
    label = {"type": "plain_text", "text": words}
    for kind, element in every_element(words).items():
        yield kind, drawn_element(element, reader)
        yield kind, draw_block({"type": "input", "block_id": kind, "label": label, "element": element}, reader)


def test_nothing_that_the_workspace_takes_is_without_a_drawing(reader: Reader) -> None:
    assert draw.RENDERERS.keys() == BLOCKS.keys() == every_block("x").keys()
    assert elements.RENDERERS.keys() == ELEMENTS.keys() == every_element("x").keys()
    assert [kind for kind, drawn in everything("x", reader) if UNDRAWN in drawn] == []


def test_the_samples_are_what_the_workspace_takes() -> None:
    for kind, block in every_block("x").items():
        surface: Surface = "modal" if kind == "alert" else "message"
        assert problems([block], new_blocks=True, surface=surface) == []
    for kind, element in every_element("x").items():
        spot = Spot(element, "", "modal", [])
        ELEMENTS[kind](spot)
        assert spot.found == []


def test_everybodys_words_stay_words(reader: Reader) -> None:
    harmless = {tag for _, drawn in everything("x", reader) for tag, _ in Reading(drawn).tags}
    for kind, drawn in everything(HOSTILE, reader):
        reading = Reading(drawn)
        assert reading.wrong == [], kind
        assert {tag for tag, _ in reading.tags} <= harmless, kind
        assert [name for _, attributes in reading.tags for name in attributes if name.startswith("on")] == [], kind
        shown = reading.words + "".join(value for name in SPOKEN for value in reading.each(name))
        assert "alert(1)" in shown or kind in WORDLESS, kind


def test_addresses_that_do_something_lead_nowhere(reader: Reader) -> None:
    for address in ("javascript:alert(1)", "data:text/html,x", "vbscript:x"):
        blocks = _with_address([*every_block("x").values(), *_in_blocks(every_element("x"))], address)
        reading = Reading(draw_blocks(blocks, reader))
        assert not [value for name in ADDRESSES for value in reading.each(name) if value.startswith(address[:5])]
    usual = Reading(draw_blocks([*every_block("x").values(), *_in_blocks(every_element("x"))], reader))
    assert {PICTURE} <= set(usual.each("href")) & set(usual.each("src"))


def _in_blocks(samples: dict[str, Json]) -> list[Json]:
    return [{"type": "section", "accessory": element} for element in samples.values()]


def _with_address(value: Any, address: str) -> Any:
    if isinstance(value, dict):
        return {name: _with_address(inner, address) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with_address(inner, address) for inner in value]
    return address if value == PICTURE else value


@pytest.mark.parametrize("kind", sorted(BLOCKS))
def test_a_block_that_is_broken_anywhere_is_drawn_or_named(reader: Reader, kind: str) -> None:
    sample = every_block("x")[kind]
    for path in _paths(sample):
        for wrong in WRONG:
            assert Reading(draw_block(_changed(sample, path, wrong), reader)).wrong == []
    assert UNDRAWN in draw_block({"type": f"{kind}_"}, reader)


@pytest.mark.parametrize("kind", sorted(ELEMENTS))
def test_an_element_that_is_broken_anywhere_is_drawn_or_named(reader: Reader, kind: str) -> None:
    section = {"type": "section", "accessory": every_element("x")[kind]}
    for path in _paths(section):
        for wrong in WRONG:
            assert Reading(draw_block(_changed(section, path, wrong), reader)).wrong == []
    assert UNDRAWN in drawn_element({"type": f"{kind}_"}, reader)


@pytest.mark.parametrize("kind", ["header", "section", "card", "carousel", "plan", "input", "video", "file", "alert"])
def test_what_is_needed_and_not_there_is_named(reader: Reader, kind: str) -> None:
    broken = {"section": {"accessory": 7}, "card": {"hero_image": 7}}.get(kind, {})
    assert f"A block of type {kind} {UNDRAWN}." in draw_block({"type": kind, **broken}, reader)


def _paths(value: Any) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        if key != "type":
            yield (key,)
        for path in _paths(below):
            yield (key, *path)


def _changed(value: Any, path: tuple[Any, ...], wrong: Any) -> Any:
    changed = copy.deepcopy(value)
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = wrong
    return changed


def test_ids_are_one_of_their_kind_on_the_page(reader: Reader) -> None:
    blocks = [
        {"type": "input", "block_id": f"the {kind}", "label": {"type": "plain_text", "text": "x"}, "element": element}
        for kind, element in every_element("x").items()
    ]
    reading = Reading("".join(draw_blocks(blocks, replace(reader, place=place)) for place in ("m1-", "m2-", "")))
    ids = reading.each("id")
    assert len(set(ids)) == len(ids)
    assert not [name for name in ids if " " in name]
    assert "error-the_static_select" in ids
    pointed_at = " ".join(reading.each("aria-labelledby") + reading.each("aria-describedby")).split()
    assert set(pointed_at) <= set(ids)
    controls = {name for name in reading.each("for") if name not in ids}
    assert controls == {
        f"{place}the_{kind}-{kind}"
        for place in ("m1-", "m2-", "")
        for kind in ("button", "workflow_button", "feedback_buttons", "icon_button")
    } | {f"{place}the_{kind}-" for place in ("m1-", "m2-", "") for kind in ("image", "plain_text", "mrkdwn")}


def test_where_an_element_stands_can_be_found(reader: Reader) -> None:
    reading = Reading(draw_block(every_block("x")["carousel"], reader))
    assert reading.each("data-block") == ["carousel", "card-0", "card-1", "card-2"]
    assert reading.each("data-action") == ["card"] * 3
    assert reading.each("data-kind") == ["button"] * 3
    inside = Reading(draw_block(every_block("x")["container"], reader))
    assert inside.each("data-block") == ["container", "inside"]
