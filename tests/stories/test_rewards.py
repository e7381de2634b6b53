"""`/redeem` through the front door: what one can have, asked for, decided, handed over or given back, by whom it may be."""

import asyncio
from collections.abc import Iterator

import pytest

from bot.domain.rewards import Step
from tests.encore import House, until
from tests.stories.rewarding import (
    ADA,
    ANA,
    LEA,
    LEO,
    REX,
    STRANGER,
    asked,
    award,
    balance,
    buttons,
    direct,
    earn,
    floor,
    limited,
    live,
    open_floor,
    rows,
    states,
    take,
    told,
)


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    yield from floor(database_url)


async def test_asked_for_approved_and_handed_over(cebu: House) -> None:
    award(cebu, ANA, 40)
    earn(cebu, ANA, 20, days_ago=20)
    async with open_floor(cebu) as at:
        shelf = await at.redeem(ANA)
        assert shelf.text.startswith("You have 60 points. You can have: A mug (10 points · Product · 3 left);")
        # What was given by hand says nothing of anybody's pace.
        assert "Next: A call from the CEO (80 points · Perk · 20 to go, about 3 weeks at your pace)." in shelf.text
        said = await at.ask(ANA, shelf, "lunch")
        assert said.startswith(
            "You asked for “Two-hour lunch”. Your 50 points are held. Agent 2 or Agent 3 decides, and I tell you what. "
            "You have 10 points left."
        )
        # The shelf behind the form has no button any more that is not true.
        await at.shows(shelf, "“Two-hour lunch”, 50 points held: waits for a decision.")
        assert set(buttons(shelf.blocks)) == {"reward_cancel:1", "reward_page:all"}
        await until(lambda: len(direct(cebu, LEA)) == len(direct(cebu, LEO)) == 1)
        assert balance(cebu, ANA) == (10, 50)
        request = direct(cebu, LEA)[0]
        assert request.text == "Agent 1 asks for “Two-hour lunch” (50 points)."

        # One press approves; who has something to say writes it in a form.
        assert {"reward_approve", "reward_words", "reward_decline"} == set(buttons(request.blocks))
        await at.press(LEA, request, "reward_words")
        await until(lambda: cebu.workspace.modals.top(LEA) is not None)
        assert "Approve “Two-hour lunch” for Agent 1 (50 points)?" in at.page(LEA)
        await at.send(LEA, "Enjoy <!here> & come back!")
        wrote = "\n“Enjoy &lt;!here&gt; &amp; come back!”"
        await until(lambda: told(cebu, LEO) == [f"Agent 2 approved “Two-hour lunch” for Agent 1 (50 points).{wrote}"])
        await until(lambda: len(direct(cebu, ANA)) == 1)
        assert told(cebu, LEA) == told(cebu, LEO)
        assert told(cebu, ANA)[0].startswith("Agent 2 approved “Two-hour lunch” for you, and hands it over.")
        assert told(cebu, ANA)[0].endswith(wrote)

        await at.press(LEO, direct(cebu, LEO)[0], "reward_done")
        await until(
            lambda: told(cebu, LEA) == ["Agent 3 handed over “Two-hour lunch” to Agent 1. The 50 points are spent."]
        )
        await until(lambda: len(direct(cebu, ANA)) == 2)
        assert buttons(direct(cebu, LEO)[0].blocks) == {}
    assert (balance(cebu, ANA), states(cebu)) == ((10, 0), ["done"])


async def test_declined_with_words_that_stay_words(cebu: House) -> None:
    award(cebu, ANA, 60)
    async with open_floor(cebu) as at:
        await at.ask(ANA, await at.redeem(ANA, "two-hour lunch"), "lunch")
        await until(lambda: len(direct(cebu, LEA)) == len(direct(cebu, LEO)) == 1)
        await at.press(LEA, direct(cebu, LEA)[0], "reward_decline")
        await until(lambda: cebu.workspace.modals.top(LEA) is not None)
        assert "Decline “Two-hour lunch” for Agent 1? The 50 points are given back." in at.page(LEA)
        await at.send(LEA, "Not this week: <!channel> is *away*")
        assert "Agent 2 declined “Two-hour lunch” for Agent 1" in at.page(LEA)
        await until(lambda: len(direct(cebu, ANA)) == 1)
        said = "“Not this week: &lt;!channel&gt; is *away*”"
        assert told(cebu, ANA) == [
            f"Agent 2 declined your request for “Two-hour lunch”. Your 50 points are back.\n{said}"
        ]
        await until(lambda: told(cebu, LEO) == [
            f"Agent 2 declined “Two-hour lunch” for Agent 1. The 50 points are given back.\n{said}"
        ])  # fmt: skip
        await until(lambda: told(cebu, LEA) == told(cebu, LEO))
    assert (balance(cebu, ANA), states(cebu)) == ((60, 0), ["declined"])


async def test_cancelled_before_it_was_decided(cebu: House) -> None:
    award(cebu, ANA, 60)
    async with open_floor(cebu) as at:
        await at.ask(ANA, await at.redeem(ANA), "lunch")
        await until(lambda: len(direct(cebu, LEA)) == 1)
        shelf = await at.redeem(ANA)
        await at.shows(shelf, "“Two-hour lunch”, 50 points held: waits for a decision.")
        await at.press(ANA, shelf, "reward_cancel")
        await at.shows(shelf, "You cancelled “Two-hour lunch”. Your 50 points are back.")
        await until(lambda: "Agent 1 cancelled the request" in told(cebu, LEA)[0])
        assert direct(cebu, ANA) == []
    assert (balance(cebu, ANA), states(cebu)) == ((60, 0), ["cancelled"])


async def test_too_late_to_cancel_says_what_happened(cebu: House) -> None:
    award(cebu, ANA, 60)
    async with open_floor(cebu) as at:
        await at.ask(ANA, await at.redeem(ANA), "lunch")
        shelf = await at.redeem(ANA)
        take(cebu, LEA, 1, Step.APPROVE)
        await at.press(ANA, shelf, "reward_cancel")
        await at.shows(shelf, "It was too late to cancel “Two-hour lunch”: Agent 2 approved it.")
        await at.shows(shelf, "“Two-hour lunch”, 50 points held: approved, and to be handed over.")
    assert balance(cebu, ANA) == (10, 50)


@pytest.mark.both_databases
async def test_two_who_decide_at_once_and_a_form_that_comes_too_late(cebu: House) -> None:
    award(cebu, ANA, 60)
    async with open_floor(cebu) as at:
        await at.ask(ANA, await at.redeem(ANA), "lunch")
        await until(lambda: len(direct(cebu, LEA)) == len(direct(cebu, LEO)) == 1)
        # The message as it stands before anything moves: who is later presses what is not there any more.
        await at.press(LEO, direct(cebu, LEO)[0], "reward_decline")
        await until(lambda: cebu.workspace.modals.top(LEO) is not None)
        await asyncio.gather(*(at.press(LEA, direct(cebu, LEA)[0], "reward_approve") for _ in range(3)))
        assert states(cebu) == ["approved"]
        await at.send(LEO, "I am late")
        assert (
            at.page(LEO) == "Somebody was quicker than you. Agent 2 approved “Two-hour lunch” for Agent 1 (50 points)."
        )
    assert (states(cebu), balance(cebu, ANA)) == (["approved"], (10, 50))
    assert rows(cebu, "SELECT COUNT(*) FROM text WHERE kind = 'reward'") == [(0,)]


async def test_one_button_pressed_or_delivered_many_times_is_charged_once(cebu: House) -> None:
    award(cebu, ANA, 500)
    async with open_floor(cebu) as at:
        await at.press(ANA, await at.redeem(ANA), "reward_ask:lunch")
        await until(lambda: cebu.workspace.modals.top(ANA) is not None)
        at.sandbox.faults.deliver_twice()
        await at.fill_in(ANA)
        await until(lambda: len(direct(cebu, LEA)) == 1)
        await at.close(ANA)
        at.sandbox.faults.deliver_twice()
        await at.redeem(ANA, "lunch")
        assert (balance(cebu, ANA), states(cebu)) == ((450, 50), ["asked"])

        # The form is sent twice, too.
        await at.press(LEA, direct(cebu, LEA)[0], "reward_decline")
        await until(lambda: cebu.workspace.modals.top(LEA) is not None)
        at.sandbox.faults.deliver_twice()
        await at.send(LEA, "No.")
        await until(lambda: len(direct(cebu, ANA)) == 1)
    assert (balance(cebu, ANA), states(cebu)) == ((500, 0), ["declined"])


async def test_what_needs_no_approval_is_only_handed_over(cebu: House) -> None:
    award(cebu, ANA, 60)
    async with open_floor(cebu) as at:
        shelf = await at.redeem(ANA, "gong")
        said = await at.ask(ANA, shelf, "gong")
        assert said.startswith(
            "You get “The gong”: Agent 2 or Agent 3 hands it over. Your 20 points are held until then."
        )
        await until(lambda: told(cebu, LEA) == ["Agent 1 gets “The gong” (20 points)."])
        assert set(buttons(direct(cebu, LEA)[0].blocks)) == {"reward_done", "reward_give_back"}
        await at.press(LEA, direct(cebu, LEA)[0], "reward_give_back")
        await until(lambda: cebu.workspace.modals.top(LEA) is not None)
        await at.send(LEA, "")
        await until(
            lambda: told(cebu, ANA) == ["“The gong” cannot be had after all: Agent 2 gave your 20 points back."]
        )
    assert (balance(cebu, ANA), states(cebu)) == ((60, 0), ["given_back"])


async def test_what_waits_is_a_button_away_for_who_decides(cebu: House) -> None:
    award(cebu, ANA, 200)
    for n in range(3):
        asked(cebu, ANA, "lunch", 50, key=f"k{n}")
    async with open_floor(cebu) as at:
        assert "reward_requests:others" not in buttons((await at.redeem(REX)).blocks)
        assert "reward_requests:others" not in buttons((await at.redeem(ADA)).blocks)
        shelf = await at.redeem(LEA)
        assert buttons(shelf.blocks)["reward_requests:others"][1]["text"]["text"] == "Waiting for you: 3"
        await at.press(LEA, shelf, "reward_requests:others")
        await at.shows(shelf, "What waits for you")
        await at.press(LEA, shelf, "reward_approve:2")
        await at.shows(shelf, "Agent 2 approved “Two-hour lunch” for Agent 1 (50 points).")
        await at.press(LEA, shelf, "reward_done:2")
        await at.shows(shelf, "Agent 2 handed over “Two-hour lunch” to Agent 1. The 50 points are spent.")
        take(cebu, LEO, 3, Step.APPROVE)
        await at.press(LEA, shelf, "reward_decline:3")
        await at.shows(
            shelf, "Somebody was quicker than you. Agent 3 approved “Two-hour lunch” for Agent 1 (50 points)."
        )
        assert states(cebu) == ["asked", "done", "approved"]
        assert cebu.workspace.modals.top(LEA) is None
        await at.press(LEA, shelf, "reward_decline:1")
        await until(lambda: cebu.workspace.modals.top(LEA) is not None)
        await at.send(LEA, "No.")
        await at.shows(shelf, "Requests of others that wait for you: 1.")
        assert "reward_decline:1" not in buttons(shelf.blocks)
    assert states(cebu) == ["declined", "done", "approved"]


async def test_more_rewards_and_requests_than_fit_are_all_reached(cebu: House) -> None:
    many = [{"key": f"r{n}", "title": f"Reward {n}", "price": 1 + n, "words": "Something " * 15} for n in range(24)]
    live(cebu, *many)
    award(cebu, ANA, 400)
    for n in range(12):
        asked(cebu, ANA, f"r{n}", 1 + n, key=f"k{n}")
    async with open_floor(cebu) as at:
        shelf = await at.redeem(ANA)
        seen: list[str] = []
        for number in range(1, 100):
            await at.shows(shelf, f"Page {number} of ")
            seen += [name for name in buttons(shelf.blocks) if name.startswith("reward_ask:")]
            if "reward_page:more" not in buttons(shelf.blocks):
                break
            await at.press(ANA, shelf, "reward_page:more")
        assert sorted(seen) == sorted(f"reward_ask:r{n}" for n in range(24))
        assert buttons(shelf.blocks)["reward_requests:own"][1]["text"]["text"] == "All 12 requests"
        await at.press(ANA, shelf, "reward_requests:own")
        await at.shows(shelf, "Page 1 of 2")
        first = [name for name in buttons(shelf.blocks) if name.startswith("reward_cancel:")]
        await at.press(ANA, shelf, "reward_requests:more")
        await at.shows(shelf, "Page 2 of 2")
        rest = [name for name in buttons(shelf.blocks) if name.startswith("reward_cancel:")]
        assert sorted({*first, *rest}) == sorted(f"reward_cancel:{n}" for n in range(1, 13))


async def test_a_workspace_without_cards_reads_the_same(cebu: House) -> None:
    cebu.workspace.new_blocks = False
    award(cebu, ANA, 60)
    async with open_floor(cebu) as at:
        shelf = await at.redeem(ANA)
        assert not {block["type"] for block in shelf.blocks} & {"card", "carousel"}
        await at.shows(shelf, "*A mug*\n10 points · Product · 3 left\nBlue &amp; &lt;big&gt;.")
        assert "You asked for “A mug”. Your 10 points are held." in await at.ask(ANA, shelf, "mug")
    assert states(cebu) == ["asked"]


TYPED = (
    ("help", "`/redeem requests` for what you asked for"),
    ("lunch", "You can have: Two-hour lunch (50 points · Perk)."),
    ("GONG", "You can have: The gong (20 points · Recognition)."),
    ("call", "Next: A call from the CEO (80 points · Perk · 20 to go)."),
    ("lonch", "There is no reward “lonch” here. This is what there is: You have 60 points."),
    ("two hour lunch", "Did you mean “Two-hour lunch”?"),
    ("<!channel> & co", "There is no reward “&lt;!channel&gt; &amp; co” here."),
    ("requests", "Open requests of yours: 0. /redeem requests shows them again."),
)


async def test_what_is_typed_leads_somewhere(cebu: House) -> None:
    award(cebu, ANA, 60)
    async with open_floor(cebu) as at:
        for typed, said in TYPED:
            assert said in (await at.redeem(ANA, typed)).text
            assert "I do not know you yet" in (await at.redeem(STRANGER, typed)).text


async def test_what_stands_on_an_old_shelf_is_told_as_it_is_now_and_the_shelf_is_made_anew(cebu: House) -> None:
    award(cebu, ANA, 60)
    async with open_floor(cebu) as at:
        shelf = await at.redeem(ANA)
        asked(cebu, ANA, "lunch", 50)
        await at.press(ANA, shelf, "reward_ask:gong")
        await at.shows(shelf, "“The gong” costs 20 points, 10 more than you have. Nothing was taken.")
        await at.shows(shelf, "“Two-hour lunch”, 50 points held: waits for a decision.")
        take(cebu, ANA, 1, Step.CANCEL)

        lunch = {"key": "lunch", "title": "Lunch", "price": 50}
        for catalogue, reward, why in (
            ((limited(0),), "mug", "“A mug” is sold out. Nothing was taken."),
            ((lunch | {"sites": ["Lisbon"]},), "lunch", "That is not offered any more. Nothing was taken."),
            ((lunch | {"on_shelf": False},), "lunch", "That is not offered any more. Nothing was taken."),
            ((lunch | {"offered_until": "2026-03-05"},), "lunch", "That is not offered any more. Nothing was taken."),
            ((lunch | {"price": 40},), "lunch", "The price of “Lunch” has changed, and nothing was taken."),
        ):
            live(cebu)
            shelf = await at.redeem(ANA)
            live(cebu, *catalogue)
            await at.press(ANA, shelf, f"reward_ask:{reward}")
            await at.shows(shelf, why)
        live(cebu, mode="shadow")
        assert "There is nothing for you to redeem yet. Encore is not live at Cebu yet" in (await at.redeem(ANA)).text
        assert cebu.workspace.modals.top(ANA) is None
    assert (states(cebu), balance(cebu, ANA)) == (["cancelled"], (60, 0))


async def test_a_form_that_comes_too_late_says_so_and_takes_nothing(cebu: House) -> None:
    award(cebu, ANA, 60)
    lunch = {"key": "lunch", "title": "Lunch", "price": 50}
    async with open_floor(cebu) as at:
        for catalogue, why in (
            ((lunch | {"price": 40},), "The price of “Lunch” has changed to 40 points, and nothing was taken."),
            ((lunch | {"sites": ["Lisbon"]},), "That is not offered any more. Type /redeem to see what is."),
            ((lunch | {"stock": 0},), "“Lunch” is sold out. Nothing was taken."),
        ):
            live(cebu)
            await at.press(ANA, await at.redeem(ANA), "reward_ask:lunch")
            await until(lambda: cebu.workspace.modals.top(ANA) is not None)
            live(cebu, *catalogue)
            await at.fill_in(ANA)
            assert why in at.page(ANA)
            await at.close(ANA)
    assert (states(cebu), balance(cebu, ANA)) == ([], (60, 0))
