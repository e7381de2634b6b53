"""Pots of teams as people see them: how full they are, what they put in, and what they are told."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.domain.offers import Offer, Shelf
from bot.domain.pots import Chipped, News, Pot, Status, Turn
from bot.domain.rewards import Case, Requests, RewardKind, State
from bot.views import pots, redemptions, rewards
from bot.views.words import Words
from tests.views.oracle import both_seen, buttons, check, seen, texts
from tests.views.test_safety import safe
from tests.views.values import HOSTILE, words

POT = Pot(4, "pizza", "Pizza", "Blue", 100, 60, 3, 20, date(2026, 4, 5))
PIZZA = Offer("pizza", "Pizza", "For all.", RewardKind.TEAM, 100, 0, None, needs_approval=True, pot=POT)
CASE = Case(7, 1, "Pizza", 100, State.ASKED, team="Blue")
SHELF = Shelf("en-PH", 30, 20, (PIZZA, replace(PIZZA, key="cake", title="Cake", pot=None)), (CASE,), 0, pots=(POT,))
NAMES = {1: "Ana <b> Cruz", 2: "Lea O'Neill"}


def test_what_a_team_can_have(snapshot: SnapshotAssertion) -> None:
    native, classic = rewards.native(SHELF), rewards.classic(SHELF)
    check(native, new_blocks=True)
    check(classic, new_blocks=False)
    assert both_seen(native, classic) == snapshot


def test_somebody_with_no_points_or_a_full_pot_is_not_asked(snapshot: SnapshotAssertion) -> None:
    full = replace(PIZZA, pot=replace(POT, held=100, status=Status.FULL))
    for shelf in (replace(SHELF, balance=0), replace(SHELF, offers=(full,))):
        shown = rewards.classic(shelf)
        assert not [b for b in buttons(shown.blocks) if b["action_id"].startswith("pot_chip")]
    assert seen(rewards.classic(replace(SHELF, offers=(full,)))) == snapshot


def test_the_form_and_the_requests(snapshot: SnapshotAssertion) -> None:
    forms = [pots.chipping(offer, SHELF) for offer in SHELF.offers]
    waiting = Requests("en-PH", (CASE,), (replace(CASE, id=9), replace(CASE, state=State.APPROVED)), NAMES, pots=(POT,))
    shown = redemptions.requests(waiting)
    check(shown, new_blocks=False)
    assert "\n\n".join(["\n".join(texts(form.blocks)) for form in forms] + [seen(shown)]) == snapshot
    [amount] = [block["element"] for block in forms[0].blocks if block["type"] == "input"]
    assert (amount["min_value"], amount["max_value"]) == ("1", "30")


@pytest.mark.parametrize(
    ("held", "drawn"),
    [(0, "░" * 10), (1, "▓" + "░" * 9), (50, "▓" * 5 + "░" * 5), (99, "▓" * 9 + "░"), (100, "▓" * 10)],
)
def test_only_a_full_pot_looks_full_and_only_an_empty_one_empty(held: int, drawn: str) -> None:
    assert pots.bar(replace(POT, held=held)) == drawn


def test_what_everybody_is_told(snapshot: SnapshotAssertion) -> None:
    undecided = {Turn.ASKED, Turn.EXPIRED, Turn.UNREACHED, Turn.OFF_SHELF}
    said = [News(turn, "Pizza", "Blue", 100, 60, 20, None if turn in undecided else 2, 3) for turn in Turn]
    said.append(News(Turn.APPROVED, "Pizza", "Team <Blue>", 100, 100, 20))
    shown = [pots.news(one, Words(NAMES, {3: "Not <!here>,\nnot now."})) for one in said]
    shown += [redemptions.request(replace(CASE, state=state, by=2), Words(NAMES)) for state in State]
    for message in shown:
        safe(message, new_blocks=False)
        assert "Cruz" not in message.text
    assert "\n\n".join(map(seen, shown)) == snapshot


@pytest.mark.parametrize(
    ("came", "said"),
    [
        (Chipped("Pizza", 30, 0, short=7), "You have 7 points too few for that. Nothing was taken."),
        (Chipped("Pizza", 30, 0, pot=POT), "The pot for “Pizza” was full before. Nothing was taken."),
        (Chipped("Pizza", 30, 30, pot=POT, left=1), "It holds 60 of 100 points from 3 people, until April 5, 2026. You have 1 point left."),
        (Chipped("Pizza", 30, 9, pot=replace(POT, status=Status.FULL)), "You put 9 points into the pot for “Pizza”, which is all that was missing. It is full"),
    ],
)  # fmt: skip
def test_what_comes_of_chipping_in(came: Chipped, said: str) -> None:
    assert said in pots.chipped(came, "en-US")


@settings(deadline=None)
@given(
    title=words | st.sampled_from(HOSTILE), team=words | st.sampled_from(HOSTILE), amount=st.integers(1, 1_000_000),
    most=st.booleans(), turn=st.sampled_from(Turn),
)  # fmt: skip
def test_any_pot(title: str, team: str, amount: int, most: bool, turn: Turn) -> None:
    held = amount - 1 if most else 0
    pot = replace(POT, title=title, team=team, price=amount, held=held, own=held, people=99_999)
    shelf = replace(
        SHELF, balance=10**15, offers=(replace(PIZZA, title=title[:60], price=amount, pot=pot),), pots=(pot,)
    )
    safe(rewards.native(shelf), new_blocks=True)
    safe(rewards.classic(shelf), new_blocks=False)
    safe(pots.news(News(turn, title, team, amount, held, held, 1), Words({1: team})), new_blocks=False)
    safe(redemptions.request(replace(CASE, title=title, team=team or "x"), Words({})), new_blocks=False)
