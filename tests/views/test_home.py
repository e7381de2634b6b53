"""Encore's Home, whatever stands in it: Slack takes it, and nobody in it is pinged."""

from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from bot.domain.home import Home, Waits
from bot.domain.people import Role, Who
from bot.sandbox.view_rules import view_problems
from bot.views import home
from bot.views.message import Block
from bot.views.notices import notice
from tests.views.oracle import buttons as buttons_in
from tests.views.oracle import check_button, check_table, schema, texts
from tests.views.test_points import statements
from tests.views.values import moments, words

whos = st.builds(
    Who, st.just(1), words, st.just("en-PH"), st.just("Asia/Manila"), st.just(1), st.none() | words, st.just(1),
    st.none() | words, st.frozensets(st.sampled_from(Role)), st.just(frozenset[int]()), st.booleans(),
)  # fmt: skip
waits = st.builds(Waits, *[st.integers(0, 12_000)] * 3)
homes = st.builds(Home, moments, whos, statements, waits=waits) | st.builds(
    Home, moments, st.none() | whos, st.none(), words.filter(str.strip)
)


@cache
def validator(block_type: str) -> Draft7Validator:
    definitions = schema("block-kit.home.schema.json")["definitions"]
    name = "".join(part.title() for part in block_type.split("_")) + "Block"
    return Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": definitions})


def check(view: Block, *, new_blocks: bool) -> None:
    """Fail unless Slack takes it as a Home, on a workspace with or without the blocks of 2026."""
    assert view.keys() == {"type", "blocks"}
    assert 1 <= len(view["blocks"]) <= 100
    assert view_problems(view, "home", new_blocks=new_blocks) == []
    # Nothing is mrkdwn, so nothing has to be escaped.
    assert texts(view["blocks"], of_type="mrkdwn") == []
    for block in view["blocks"]:
        assert list(validator(block["type"]).iter_errors(block)) == []
        if block["type"] == "data_table":
            check_table(block)
    for button in buttons_in(view["blocks"]):
        check_button(button)


@settings(deadline=None)
@given(told=homes)
def test_any_home(told: Home) -> None:
    check(home.native(told), new_blocks=True)
    check(home.classic(told), new_blocks=False)


@settings(deadline=None)
@given(said=words)
def test_any_words_alone(said: str) -> None:
    check(home.only(notice(said)), new_blocks=False)


@pytest.mark.parametrize(("roles", "doors"), [((), 7), ((Role.LEAD,), 7), ((Role.ADMIN,), 9)])
def test_who_may_set_up_has_the_way_there(roles: tuple[Role, ...], doors: int) -> None:
    who = Who(1, "Ana", "en", "UTC", 1, "Cebu", 1, None, frozenset(roles), frozenset(), has_left=False)
    shown = home.native(Home(datetime(2026, 3, 6, tzinfo=UTC), who, lacking="Not yet."))
    assert [len(block["elements"]) for block in shown["blocks"] if block["type"] == "actions"] == [doors]
