"""The catalogue, changed by admins in Slack: a form each, at once in force, audited, and nobody's change lost."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import Session

from bot.domain.catalogue import Edited, Reward, mark
from bot.domain.rewards import Approver, PaidIn, RewardKind
from bot.errors import FormError, RefusedError
from bot.sandbox.interactions import OnView
from bot.sandbox.state import elements_in
from bot.services import catalogue as service
from bot.services import programme
from tests.encore import House, until
from tests.stories.rewarding import (
    ADA,
    ANA,
    asked,
    award,
    connected,
    floor,
    limited,
    live,
    open_floor,
    rows,
    together,
    wait_until,
)  # fmt: skip
from tests.stories.setting_up import Hands


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    yield from floor(database_url)


@pytest.fixture
def on_postgres(postgres_url: str) -> Iterator[House]:
    yield from floor(postgres_url)


def rewards(where: House) -> dict[str, Reward]:
    current = where.centre.db.read_now(programme.current, where.clock.now())
    return {reward.key: reward for reward in current.rewards}


async def opens(hands: Hands) -> None:
    """Type the command, and wait for the list."""
    await hands.types("rewards")
    await until(lambda: hands.top() is not None)


async def presses(hands: Hands, action: str) -> None:
    """Press the button of that action in the modal, and wait for what comes of it."""
    before = hands.modal
    block_id = next(block["block_id"] for block, e in elements_in(before["blocks"]) if e.get("action_id") == action)
    outcome = await hands.sandbox.interactions.act(hands.slack_id, OnView(before["id"]), block_id, action, [], {})
    assert outcome.error is None, outcome
    await until(lambda: hands.top() is not before)


async def test_a_reward_is_added_in_slack_and_can_be_had_at_once(cebu: House) -> None:
    award(cebu, ANA, 60)
    async with open_floor(cebu) as at:
        ada = Hands(cebu, at.sandbox, ADA)
        await opens(ada)
        # A long catalogue hides what stands below it.
        assert next(e["action_id"] for _, e in elements_in(ada.modal["blocks"])) == "catalogue_edit"
        assert (
            "The gong\n\n20 points · Recognition · everywhere\nNeeds no decision, handed over by a lead" in ada.reads()
        )
        await presses(ada, "catalogue_edit")
        said = await ada.fills_in(
            title="Lunch with Ben & <Ana>", words="An hour, on the house.", price="10", kind="product", stock="2",
            sites=["1"], hands_over="admin", offered_from="2026-03-01", offered_until="2026-03-31",
            picture="https://pictures.example/lunch.png", picture_words="A table for two.",
        )  # fmt: skip
        assert said.errors == {}
        assert (
            "“Lunch with Ben & <Ana>” is saved. It is offered from March 1, 2026 until March 31, 2026." in ada.reads()
        )
        assert "2 of 2 left · Cebu" in ada.reads()
        shelf = await at.redeem(ANA)
        assert "Lunch with Ben &amp; &lt;Ana&gt; (10 points · Product · 2 left" in shelf.text
        assert '"hero_image"' in json.dumps(shelf.blocks)
        assert "You asked for" in await at.ask(ANA, shelf, "lunch-with-ben-ana")
        await ada.types("rewards")
        await until(lambda: "1 of 2 left" in ada.reads())
    new = rewards(cebu)["lunch-with-ben-ana"]
    assert (new.kind, new.unit, new.approver, new.hands_over, new.sites) == (
        RewardKind.PRODUCT, PaidIn.POINTS, Approver.LEAD, Approver.ADMIN, ("Cebu",),
    )  # fmt: skip
    [(actor, before, after)] = rows(cebu, "SELECT actor, before, after FROM audit WHERE deed = 'reward.save'")
    assert (actor, before) == (f"person:{cebu.centre.person('Agent 5')}", None)
    assert json.loads(after)["price"] == 10


async def test_a_reward_is_changed_and_keeps_what_is_not_in_the_form(cebu: House) -> None:
    live(cebu, limited(3, sites=["Cebu", "Lisbon"], kind="product", approver="admin", needs_approval=False))
    async with open_floor(cebu) as at:
        ada = Hands(cebu, at.sandbox, ADA)
        await opens(ada)
        await presses(ada, "catalogue_edit:mug")
        assert (await ada.fills_in(price="12")).errors == {}
        assert "12 points · Product · 3 of 3 left · Cebu, Lisbon" in ada.reads()
        shelve = next(e for _, e in elements_in(ada.modal["blocks"]) if e.get("action_id") == "catalogue_shelve:mug")
        assert shelve["confirm"]["title"]["text"] == "Take “A mug” off?"
        await presses(ada, "catalogue_shelve:mug")
        assert "“A mug” is off the shelf. What was asked for already goes its way." in ada.reads()
        off = rewards(cebu)["mug"]
        # A change does not put it back by the way.
        await presses(ada, "catalogue_edit:mug")
        assert (await ada.fills_in(words="Blue.")).errors == {}
        assert not rewards(cebu)["mug"].on_shelf
        await presses(ada, "catalogue_shelve:mug")
        assert "“A mug” is on the shelf again." in ada.reads()
    now = rewards(cebu)["mug"]
    assert (off.on_shelf, now.on_shelf, now.words, now.price) == (False, True, "Blue.", 12)
    # Lisbon is a site of the file alone, still to come.
    assert (now.sites, now.stock, now.approver, now.needs_approval) == (("Cebu", "Lisbon"), 3, Approver.ADMIN, False)


PRICE = "A price is a whole number from 1 to 1,000,000, or “own day” for time off."
WRONG = (
    ({"price": "many"}, "price", PRICE),
    ({"price": "0"}, "price", PRICE),
    ({"price": "own  DAY"}, "unit", "For a price of “own day” choose Minutes of paid time, and the kind Time off."),
    ({"unit": "minutes"}, "unit", "Minutes of paid time buy time off alone: choose the kind Time off, or Points."),
    ({"kind": "team", "stock": "2"}, "stock", "A reward for the team is had by a pot, and there is no stock of pots; leave stock out."),
    ({"title": "requests"}, "title", "“/redeem requests” does something else; call the reward otherwise."),
    ({"title": "The GONG"}, "title", "There is another reward with this title."),
    ({"picture": "http://x.example/a.png", "picture_words": "A"}, "picture",
     "A picture is an address that begins with https:// and is open to everybody."),
    ({"picture": "https://x.example/a.png"}, "picture_words",
     "Say what the picture shows (picture_words): not everybody sees it."),
    ({"picture_words": "A"}, "picture_words",
     "Say what a picture shows only where there is one: add its address, or leave picture_words out."),
    ({"offered_from": "2026-03-02", "offered_until": "2026-03-01"}, "offered_until",
     "The last day is before the first: choose a later one."),
)  # fmt: skip


async def test_what_cannot_be_is_told_in_the_form(cebu: House) -> None:
    before = rewards(cebu)
    async with open_floor(cebu) as at:
        ada = Hands(cebu, at.sandbox, ADA)
        await opens(ada)
        await presses(ada, "catalogue_edit:lunch")
        for fields, field, why in WRONG:
            assert (await ada.fills_in(**fields)).errors == {field: why}
        # Both at once, though one is wrong by itself, and the other beside the kind, or for a new one.
        several = await ada.fills_in(kind="team", stock="2", price="12.5")
        assert several.errors == {"price": PRICE, "stock": WRONG[4][2]}
        await ada.types("rewards")
        await until(lambda: "The gong" in ada.reads())
        await presses(ada, "catalogue_edit")
        several = await ada.fills_in(title="A cap", price="12.5", stock="0")
        none = "Of a new reward there is at least 1. Left empty, there is no limit."
        assert several.errors == {"price": PRICE, "stock": none}
    assert rewards(cebu) == before


async def test_the_catalogue_is_for_admins(cebu: House) -> None:
    async with open_floor(cebu) as at:
        said = await at.type(ANA, "/encore", "rewards")
        assert said.text == "The catalogue is for admins. Ask Agent 5."
    ana = cebu.centre.person("Agent 1")
    for deed in (
        lambda s: service.save(s, cebu.clock.now(), ana, Edited("", "", {"title": "A cap", "price": 5})),
        lambda s: service.shelve(s, cebu.clock.now(), ana, "lunch", on_shelf=False),
    ):
        with pytest.raises(RefusedError, match="for admins"):
            cebu.centre.db.write_now(deed)


def save(where: House, key: str = "", before: str = "", **fields: Any) -> Reward:
    admin = where.centre.person("Agent 5")
    return where.centre.db.write_now(service.save, where.clock.now(), admin, Edited(key, before, fields))


def test_the_second_of_two_admins_is_told_and_overwrites_nothing(cebu: House) -> None:
    was = rewards(cebu)["mug"]
    save(cebu, "mug", mark(was), title="A mug", price=11, stock=3)
    with pytest.raises(FormError, match="Somebody else has just changed “A mug”") as caught:
        save(cebu, "mug", mark(was), title="A mug", price=12, stock=3)
    assert set(caught.value.fields) == {"title"}
    # Another reward was not touched, and the same form sent twice is the same change.
    save(cebu, "mug", mark(was), title="A mug", price=11, stock=3)
    save(cebu, "gong", mark(rewards(cebu)["gong"]), title="The gong", price=21)
    assert (rewards(cebu)["mug"].price, rewards(cebu)["gong"].price) == (11, 21)
    assert rows(cebu, "SELECT COUNT(*) FROM audit WHERE deed = 'reward.save'") == [(2,)]


@pytest.mark.both_databases
def test_of_two_who_change_one_reward_at_once_one_does(cebu: House) -> None:
    seen = mark(rewards(cebu)["mug"])

    def change(price: int) -> bool:
        try:
            save(cebu, "mug", seen, title="A mug", price=price)
        except FormError:
            return False
        return True

    assert sorted(together([lambda: change(11), lambda: change(12), lambda: change(13)])) == [False, False, True]
    versions = rows(cebu, "SELECT COUNT(*) FROM programme_version")
    assert versions == [(2,)]


def test_whoever_waits_for_another_admin_sees_what_they_did(on_postgres: House) -> None:
    """The second looks at the reward once the first is done with it, not before."""
    where = on_postgres
    seen, gone = mark(rewards(where)["mug"]), threading.Event()
    admin, now = where.centre.person("Agent 5"), where.clock.now()

    def slowly(session: Session) -> None:
        service.save(session, now, admin, Edited("mug", seen, {"title": "A mug", "price": 11}))
        gone.wait(20)

    with ThreadPoolExecutor(2) as threads:
        at_it = threads.submit(where.centre.db.write_now, slowly)
        wait_until(lambda: connected(where, "state = 'idle in transaction'"))
        behind = threads.submit(save, where, "mug", seen, title="A mug", price=12)
        wait_until(lambda: connected(where, "wait_event_type = 'Lock'"))
        gone.set()
        at_it.result()
        with pytest.raises(FormError, match="Somebody else"):
            behind.result()
    assert rewards(where)["mug"].price == 11


def test_a_new_one_sent_twice_is_one_and_others_get_a_key_of_their_own(cebu: House) -> None:
    together([lambda: save(cebu, title="A cap", price=5)] * 3)
    with pytest.raises(FormError, match="another reward with this title"):
        save(cebu, title="A cap", price=6)
    for title in ("a-cap!", "נתנאל", "1 day", "help me"):
        save(cebu, title=title, price=5)
    assert [*rewards(cebu)][4:] == ["a-cap", "a-cap-2", "reward", "reward-1-day", "help-me"]


def test_whoever_asked_already_keeps_the_terms_of_that_day(cebu: House) -> None:
    award(cebu, ANA, 60)
    number = asked(cebu, ANA, "mug", 10)
    save(cebu, "mug", mark(rewards(cebu)["mug"]), title="A cup", price=15, stock=1)
    assert rows(cebu, f"SELECT title, price FROM redemption WHERE id = {number}") == [("A mug", 10)]


async def test_more_rewards_than_fit_are_on_further_pages(cebu: House) -> None:
    live(cebu, *({"key": f"r{n}", "title": f"Reward {n}", "price": 1 + n} for n in range(70)))
    async with open_floor(cebu) as at:
        ada = Hands(cebu, at.sandbox, ADA)
        await opens(ada)
        seen = []
        for page in range(3):
            seen += [
                e["value"] for _, e in elements_in(ada.modal["blocks"]) if e["action_id"].startswith("catalogue_edit:")
            ]
            if page < 2:
                await presses(ada, f"catalogue_look:{page + 1}")
    assert seen == [f"r{n}" for n in range(70)]
