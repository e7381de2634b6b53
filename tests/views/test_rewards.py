"""What `/redeem` shows: what one can have, what was asked for, and what everybody is told of the way."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.domain.offers import Offer, Shelf, in_order
from bot.domain.rewards import Bid, Case, Moved, PaidIn, Requests, RewardKind, State, Step
from bot.views import prices, redemptions, rewards
from bot.views.message import Message
from bot.views.words import Words
from tests.views.oracle import both_seen, buttons, check, seen, texts
from tests.views.values import HOSTILE, words

OFFERS = (
    Offer("gong", "The gong", "You ring the gong.", RewardKind.RECOGNITION, 20, 0, None, needs_approval=False),
    Offer("lunch", "Two-hour lunch", "Take two hours & more.", RewardKind.PERK, 50, 0, None, needs_approval=True),
    Offer("mug", "A mug", "", RewardKind.PRODUCT, 10, 0, 1, needs_approval=True),
    Offer("cap", "A cap", "Red.", RewardKind.PRODUCT, 10, 0, 0, needs_approval=True),
    Offer(
        "day", "A day off", "One of yours.", RewardKind.TIME_OFF, 1061, 1, None, needs_approval=True, days=1,
        picture="https://pictures.example/day.png", picture_words="A <beach> & a palm",
    ),
    Offer(
        "paid", "A paid day", "", RewardKind.TIME_OFF, 462, 12, None, needs_approval=True, unit=PaidIn.MINUTES
    ),
    Offer("own", "An own day", "", RewardKind.TIME_OFF, None, 0, None, needs_approval=True, unit=PaidIn.MINUTES),
)  # fmt: skip
PAID = Case(11, 1, "A paid day", 462, State.ASKED, None, None, PaidIn.MINUTES, date(2026, 11, 23), 4)
ASKED = Case(7, 1, "Two-hour lunch", 50, State.ASKED)
APPROVED = Case(8, 1, "The gong", 1, State.APPROVED)
SHELF = Shelf("en-PH", 1060, 51, in_order(OFFERS), (ASKED, APPROVED), 2, 450, 462)
NAMES = {1: "Ana <b> Cruz", 2: "Lea O'Neill"}
WAITING = Requests("en-PH", (ASKED,), (replace(ASKED, id=9, person_id=2), replace(APPROVED, id=10, by=1), PAID), NAMES,
                   {4: "To the <doctor>"})  # fmt: skip


def test_what_can_be_had(snapshot: SnapshotAssertion) -> None:
    native, classic = rewards.native(SHELF, said="You did it."), rewards.classic(SHELF, said="You did it.")
    check(native, new_blocks=True)
    check(classic, new_blocks=False)
    assert native.text == classic.text
    assert both_seen(native, classic) == snapshot


def test_one_reward_that_was_asked_for(snapshot: SnapshotAssertion) -> None:
    native, classic = rewards.native(SHELF, only=OFFERS[1]), rewards.classic(SHELF, only=OFFERS[1])
    check(native, new_blocks=True)
    check(classic, new_blocks=False)
    assert both_seen(native, classic) == snapshot


def test_what_can_be_typed(snapshot: SnapshotAssertion) -> None:
    check(rewards.usage(), new_blocks=False)
    assert seen(rewards.usage()) == snapshot


def test_nothing_to_have() -> None:
    empty = Shelf("en", 0, 0, (), (), 0)
    for message in (rewards.native(empty), rewards.classic(empty)):
        check(message, new_blocks=False)
        assert "Nothing is offered at your site for now." in seen(message)


def test_the_requests_of_somebody(snapshot: SnapshotAssertion) -> None:
    shown = redemptions.requests(WAITING, said="Ana did it.")
    check(shown, new_blocks=False)
    assert seen(shown) == snapshot


@pytest.mark.parametrize(("state", "by"), [*((state, 2) for state in State), (State.APPROVED, None)])
def test_what_everybody_is_told(state: State, by: int | None, snapshot: SnapshotAssertion) -> None:
    case = replace(ASKED, state=state, by=by, text_id=3 if state in {State.DECLINED, State.GIVEN_BACK} else None)
    said = Words(NAMES, {3: "Not <!here>,\nnot now.", 4: "I have a *train* at <6>."})
    paid = replace(case, unit=PaidIn.MINUTES, price=462, on=date(2026, 11, 23), note_id=4, apart=True)
    shown = [redemptions.request(case, said), redemptions.request(case, said, late=True)]
    shown += [redemptions.request(paid, said), redemptions.handover(paid, said)]
    if state not in {State.ASKED, State.CANCELLED}:
        shown += [redemptions.news(case, said), redemptions.news(paid, said)]
    for message in shown:
        check(message, new_blocks=False)
    assert "\n\n".join(map(seen, shown)) == snapshot


@pytest.mark.parametrize(
    ("bid", "said"),
    [
        (Bid("A <mug>", 10, None, 1), "“A <mug>” costs 10 points, 1 more than you have. Nothing was taken."),
        (Bid("A day", 462, None, 38, unit=PaidIn.MINUTES), "costs 7 h 42 min of paid time, 38 min more than you have."),
        (Bid("A mug", 10, None), "“A mug” is sold out. Nothing was taken."),
        (
            Bid("A mug", 10, ASKED, 0, ["Lea", "Leo", "Ben"]),
            "You asked for “A mug”. Your 10 points are held. Lea, Leo or Ben decides, and I tell you what.",
        ),
        (Bid("A mug", 10, ASKED), "There is nobody yet who could decide it, so it waits"),
        (
            Bid("A mug", 10, APPROVED, 0, ["Lea"]),
            "You get “A mug”: Lea hands it over. Your 10 points are held until then.",
        ),
        (Bid("A mug", 10, APPROVED), "There is nobody yet who could hand it over, so it waits"),
        (Bid("A mug", 10, replace(ASKED, state=State.DONE)), "You asked for “A mug” before, and that is over."),
    ],
)
def test_what_comes_of_asking(bid: Bid, said: str) -> None:
    assert said in rewards.asked(bid, "en")


@pytest.mark.parametrize(
    ("days", "told"),
    [(0, "about a day"), (1, "about a day"), (2, "about 2 days"), (13, "about 13 days"), (14, "about 2 weeks"),
     (24, "about 3 weeks"), (59, "about 8 weeks"), (60, "about 2 months"), (365, "about 12 months"), (366, "more than a year")],
)  # fmt: skip
def test_how_long_it_takes(days: int, told: str) -> None:
    assert rewards.pace_words(days) == told


@pytest.mark.parametrize(
    ("minutes", "told"), [(0, "0 min"), (45, "45 min"), (60, "1 h"), (462, "7 h 42 min"), (60 * 1200, "1200 h")]
)
def test_time_as_people_say_it(minutes: int, told: str) -> None:
    assert prices.minutes_words(minutes) == told


def test_pages_hold_every_offer_once_whatever_it_is_written_in() -> None:
    long = [replace(OFFERS[1], key=f"r{n}", title="דנה לוי " * 7 + str(n), words="🎉" * 180) for n in range(40)]
    for show, new in ((rewards.native, True), (rewards.classic, False)):
        found: list[str] = []
        for page in range(40):
            message = show(replace(SHELF, offers=long), page=page)
            check(message, new_blocks=new)
            found += [b["value"] for b in buttons(message.blocks) if b["action_id"].startswith("reward_ask")]
            if not any(b["action_id"] == "reward_page:more" for b in buttons(message.blocks)):
                break
        assert found == [f"r{n} 50" for n in range(40)]


titles = words.map(lambda t: " ".join(t[:60].split())).filter(lambda t: t.isprintable() and t)
"""What the programme takes as one."""

amounts = st.integers(1, 10**6)
offers = st.builds(
    Offer, key=st.from_regex(r"[a-z][a-z0-9_-]{0,39}", fullmatch=True), title=titles,
    words=words.map(lambda t: t[:180]), kind=st.sampled_from(RewardKind), price=amounts, missing=st.integers(0, 10**6),
    left=st.none() | st.integers(0, 10**6), needs_approval=st.booleans(), unit=st.sampled_from(PaidIn),
    days=st.none() | st.integers(1, 10**6), picture=st.none() | st.just("https://pictures.example/a.png"),
    picture_words=words.map(lambda t: t[:200]).filter(str.strip),
)  # fmt: skip
cases = st.builds(
    Case, id=st.integers(1, 10**15), person_id=st.integers(1, 3), title=titles, price=amounts,
    state=st.sampled_from(State), by=st.none() | st.integers(1, 3), text_id=st.none() | st.just(1),
    unit=st.sampled_from(PaidIn), on=st.none() | st.dates(date(2020, 1, 1), date(2099, 1, 1)), note_id=st.none() | st.just(1),
    apart=st.booleans(),
)  # fmt: skip
open_cases = cases.filter(lambda case: case.state in {State.ASKED, State.APPROVED})
names = st.dictionaries(st.integers(1, 3), words)
shelves = st.builds(
    Shelf, locale=st.sampled_from(["en", "ar", "hi", "xx"]), balance=st.integers(0, 10**15), held=st.integers(0, 10**15),
    offers=st.lists(offers, max_size=14, unique_by=lambda o: o.key),
    requests=st.lists(open_cases, max_size=6, unique_by=lambda c: c.id), to_decide=st.integers(0, 10**4),
)  # fmt: skip


def safe(message: Message, *, new_blocks: bool) -> None:
    check(message, new_blocks=new_blocks)
    for text in [message.text, *texts(message.blocks, of_type="mrkdwn")]:
        assert not re.search("[<>]", text), text


@settings(deadline=None)
@given(shelf=shelves, said=words, page=st.integers(0, 5))
def test_any_shelf(shelf: Shelf, said: str, page: int) -> None:
    safe(rewards.native(shelf, said=rewards.unknown(said, [said]), page=page), new_blocks=True)
    safe(rewards.classic(shelf, said=rewards.unknown(said, [said]), page=page), new_blocks=False)


@settings(deadline=None)
@given(case=cases, called=names, wrote=words, late=st.booleans())
def test_any_request(case: Case, called: dict[int, str], wrote: str, late: bool) -> None:
    said = Words(called, {1: wrote})
    safe(redemptions.request(case, said, late=late), new_blocks=False)
    safe(redemptions.handover(case, said), new_blocks=False)
    if case.state not in {State.ASKED, State.CANCELLED}:
        safe(redemptions.news(case, said), new_blocks=False)
    steps = {State.ASKED: (Step.APPROVE, Step.DECLINE), State.APPROVED: (Step.GIVE_BACK,)}
    for step in steps.get(case.state, ()):
        form = redemptions.with_words(Moved(case, True, called), step, "en")
        assert len(form.title) <= 24
        assert form.note == str(case.id)


@settings(deadline=None)
@given(
    own=st.lists(open_cases, max_size=15, unique_by=lambda c: c.id), called=names, said=words, page=st.integers(0, 4)
)
def test_any_requests(own: list[Case], called: dict[int, str], said: str, page: int) -> None:
    waiting = Requests("en", own[::2], own[1::2], called)
    safe(redemptions.requests(waiting, said=rewards.unknown(said, ()), page=page), new_blocks=False)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_never_stand_in_mrkdwn(name: str) -> None:
    waiting = replace(WAITING, names={1: name, 2: name})
    shown = texts(redemptions.requests(waiting).blocks, of_type="mrkdwn")
    for state in State:
        case = replace(ASKED, state=state, by=2, text_id=1)
        shown += texts(redemptions.request(case, Words({1: name, 2: name}, {1: name})).blocks, of_type="mrkdwn")
    assert shown == []
