"""Encore's Home: what one has, as of now, and the way to everything else; never what is somebody else's."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Literal

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.sandbox.interactions import OnView, Outcome
from bot.sandbox.model import Json
from bot.sandbox.state import elements_in
from tests.encore import House, until
from tests.stories.pointing import message_to, with_admins
from tests.stories.rewarding import (
    ADA,
    ANA,
    LEA,
    NAMES,
    STRANGER,
    Floor,
    asked,
    award,
    change,
    live,
    open_floor,
    over_http,
    rows,
    words,
)
from tests.stories.setting_up import Hands


@pytest.fixture
def cebu(sqlite_url: str) -> Iterator[House]:
    yield from with_admins(sqlite_url)


class Home:
    """Somebody's Home, and what they do there."""

    def __init__(self, at: Floor, slack_id: str) -> None:
        self.at, self.slack_id = at, slack_id

    @property
    def view(self) -> Json:
        return self.at.where.workspace.home_views.get(self.slack_id, {"hash": "", "blocks": []})

    @property
    def shown(self) -> str:
        return words(self.view["blocks"])

    async def open(self) -> str:
        """Open the tab, and return what stands there when it was made."""
        before = self.view["hash"]
        self.look()
        await until(lambda: self.view["hash"] != before)
        return self.shown

    def look(self, tab: str = "home") -> None:
        workspace = self.at.where.workspace
        conversation = workspace.conversation_of([self.slack_id, workspace.bot_user.slack_id])
        workspace.open_home(self.slack_id, conversation.slack_id, tab)

    def entry(self, text: str) -> str:
        """Return what the menu of entries carries for the one that says this."""
        menu = next(e for _, e in elements_in(self.view["blocks"]) if e["action_id"] == "dispute_open")
        return next(str(option["value"]) for option in menu["options"] if text in option["text"]["text"])

    async def use(self, action: str, values: Sequence[str] = ()) -> Outcome:
        """Press a button, or choose from a menu."""
        block, element = next((b, e) for b, e in elements_in(self.view["blocks"]) if e["action_id"] == action)
        place = OnView(self.view["id"])
        act = self.at.sandbox.interactions.act
        return await act(self.slack_id, place, block["block_id"], element["action_id"], values, {})

    async def read_page(self, text: str) -> str:
        """Wait for the page that says this, and close it."""
        modals = self.at.where.workspace.modals
        await until(lambda: text in words((modals.top(self.slack_id) or {}).get("blocks")))
        said = self.at.page(self.slack_id)
        await self.at.close(self.slack_id)
        return said


def calls(at: Floor, name: str) -> int:
    return sum(entry.title == name for entry in at.sandbox.record)


async def test_what_one_has_and_the_way_to_everything_else(cebu: House) -> None:
    award(cebu, ANA, 100)
    asked(cebu, ANA, "lunch", 50)
    async with open_floor(cebu) as at:
        home = Home(at, ANA)
        shown = await home.open()
        for said in (
            "You are Agent 1, of team Blue at Cebu.", "As of Mar 6, 2026, 9:0", "You have 50 points.", "Well done.",
            "Held for what you asked for: 50 points.", "You have 50 of 50 points left to give;", "−50 points",
        ):  # fmt: skip
            assert said in shown, said
        assert [block["type"] for block in home.view["blocks"]].count("data_table") == 1
        assert "setup_look" not in str(home.view)

        # It does not lie: it says as of when, and “Refresh” makes it anew in its place.
        award(cebu, ANA, 7)
        assert "You have 50 points." in home.shown
        first = home.view["id"]
        await home.use("home_look")
        await until(lambda: "You have 57 points." in home.shown)
        assert home.view["id"] == first

        # Every door leads somewhere, though a Home has no conversation in which one could answer.
        await home.use("mystats_look")
        await home.read_page("Your points: 57")
        await home.use("reward_page")
        await until(lambda: at.where.workspace.modals.top(ANA) is not None)
        assert "Two-hour lunch" in await home.read_page("The gong")
        await home.use("encore_look")
        await home.read_page("This is what you can type.")
        await home.use("preferences_look")
        await home.read_page("Messages")
        await home.use("kudos_write")
        await home.read_page("What they did")

        # An entry is asked about, and the Home says so when it is made anew.
        await home.use("dispute_open", [home.entry("+7 points")])
        await until(lambda: at.where.workspace.modals.top(ANA) is not None)
        await at.send(ANA, "What is this for?")
        await at.close(ANA)
        await message_to(cebu, LEA, "What is this for?")
        assert "you asked about it" in await home.open()

        # Whoever is to decide finds how much there is, before a message comes at the beginning of a shift.
        lead = Home(at, LEA)
        assert "1 request for a reward waits for you. 1 question about points waits for you" in await lead.open()
        await lead.use("reward_requests")
        await lead.read_page("waits for your decision")

        # The other tab makes no Home.
        made = calls(at, "views.publish")
        home.look("messages")
        admin = Home(at, ADA)
        await admin.open()
        await admin.use("setup_look")
        await admin.read_page("Cebu")
        await admin.use("adjustment_look")
        await admin.read_page("Nothing waits for a second admin.")
        assert calls(at, "views.publish") == made + 1


async def test_who_is_not_served_reads_why_and_whom_to_ask(cebu: House) -> None:
    cebu.workspace.add_person("guest", slack_id="UGUEST", is_restricted=True)
    change(cebu, f"UPDATE person SET left_on = '2026-03-05' WHERE id = {cebu.centre.person(NAMES[LEA])}")
    async with open_floor(cebu) as at:
        stranger = Home(at, STRANGER)
        shown = await stranger.open()
        assert "I do not know you yet. Ask" in shown
        assert "link you to Encore" in shown
        await stranger.use("encore_look")
        await stranger.read_page("I do not know you yet.")
        assert "You are a guest here" in await Home(at, "UGUEST").open()
        assert "You have left, as far as I know." in await Home(at, LEA).open()
        live(cebu, mode="shadow")
        assert "Encore is not live at Cebu yet" in await Home(at, ANA).open()
        change(cebu, "DELETE FROM role_grant")
        assert "Encore has no admin yet" in await stranger.open()
    # To look at one's own Home is to ask for nothing, so nobody is written down for it.
    assert rows(cebu, "SELECT subject FROM audit WHERE deed = 'refused'") == []


async def test_a_slack_without_tables_shows_a_line_for_each_entry(cebu: House) -> None:
    cebu.workspace.new_blocks = False
    award(cebu, ANA, 7)
    async with open_floor(cebu) as at:
        home = Home(at, ANA)
        assert "March 6, 2026, +7 points: Bonus: Well done. · 7 points after it" in await home.open()
        # A page, too, is made anew without what Slack refused.
        await home.use("reward_page")
        await home.read_page("The gong")


async def test_of_two_that_are_made_at_once_the_newest_stands(cebu: House, caplog: pytest.LogCaptureFixture) -> None:
    async with open_floor(cebu) as at:
        home, lea = Home(at, ANA), Home(at, LEA)
        at.sandbox.faults.deliver_twice()
        await lea.open()
        # Slack tells of it twice, under two names; it is one opening.
        await at.type(LEA, "/encore", "help")
        assert calls(at, "views.publish") == 1

        # Opened twice, while the first time it is made takes long.
        at.sandbox.faults.next("views.publish", "slow", seconds=0.3)
        home.look()
        await until(lambda: not at.sandbox.faults.waiting())
        award(cebu, ANA, 100)
        home.look()
        await until(lambda: calls(at, "views.publish") == 3)
        assert "You have 100 points." in home.shown

        # Another Encore is quicker, with what is old by now.
        at.sandbox.faults.next("views.publish", "slow", seconds=0.5)
        home.look()
        await until(lambda: not at.sandbox.faults.waiting())
        await at.encore.ctx.slack.views_publish(user_id=ANA, view={"type": "home", "blocks": [{"type": "divider"}]})
        award(cebu, ANA, 7)
        await until(lambda: "You have 107 points." in home.shown)

        # Slack is asked too often: it is made when Slack takes it.
        at.sandbox.faults.next("views.publish", "ratelimited", 2, seconds=0)
        award(cebu, ANA, 5)
        await home.open()
        assert "You have 112 points." in home.shown

        # What goes wrong is in the log, under a reference, and what stood there stands.
        at.sandbox.faults.next("views.publish", "server_error")
        home.look()
        await until(lambda: "event app_home_opened failed, reference " in caplog.text)
        assert "You have 112 points." in home.shown


async def test_on_the_first_of_a_month_the_latest_entries_stand_there(cebu: House) -> None:
    for amount in range(1, 13):
        award(cebu, ANA, amount)
    async with open_floor(cebu) as at:
        home = Home(at, ANA)
        cebu.clock.skip(timedelta(days=26))
        shown = await home.open()
        assert "As of Apr 1, 2026" in shown
        assert "Your latest entries" in str(home.view)
        assert ("+12 points" in shown, "+3 points" in shown, "+2 points" in shown) == (True, True, False)
        # The whole of this month and of the one before are a press away.
        await home.use("points_page:1")
        await home.read_page("Nothing came or went in April 2026.")
        await home.use("points_page:0")
        await home.read_page("+3 points")
        cebu.clock.skip(timedelta(days=70))
        assert "Nothing came or went this month, or in the two before it." in await home.open()


@pytest.mark.parametrize(("fault", "shown"), [("ratelimited", 0), ("slow", 1)])
async def test_the_home_of_an_account_that_is_unlinked_meanwhile_shows_nothing_of_the_person(
    cebu: House, fault: Literal["ratelimited", "slow"], shown: int
) -> None:
    award(cebu, ANA, 100)
    async with open_floor(cebu) as at:
        home, ada = Home(at, ANA), Hands(cebu, at.sandbox, ADA)
        await ada.presses("Link people", await ada.types("setup"))
        await ada.presses("Undo a wrong link…")
        # While Slack has not taken the Home yet, the link is taken away.
        at.sandbox.faults.next("views.publish", fault, seconds=1)
        home.look()
        await until(lambda: not at.sandbox.faults.waiting())
        await ada.fills_in(slack=ANA)
        published = 3 if fault == "ratelimited" else 2
        await until(lambda: calls(at, "views.publish") == published)
        assert home.shown.startswith("Encore\nI do not know you yet.")
        # What was on its way stood there until then; what is tried again is looked up again.
        taken = [entry for entry in at.sandbox.record if entry.title == "views.publish" and entry.went_well]
        assert sum("You have 100 points." in str(entry.request) for entry in taken) == shown


async def test_the_home_of_whom_the_command_line_unlinks_is_made_anew_by_the_clock(cebu: House) -> None:
    award(cebu, ANA, 100)
    url = cebu.centre.db.url.render_as_string(hide_password=False)
    async with open_floor(cebu) as at:
        home = Home(at, ANA)
        assert "You have 100 points." in await home.open()
        unlink = ["people", "unlink", NAMES[ANA], "--slack", ANA]
        result = CliRunner().invoke(app, unlink, env={"ENCORE_DATABASE_URL": url})
        assert result.exit_code == 0, result.output
        # What Slack does not take is tried again, and what it took is not.
        made = calls(at, "views.publish")
        at.sandbox.faults.next("views.publish", "server_error")
        for _ in range(3):
            await at.encore.loop.tick()
        assert "I do not know you yet." in home.shown
        assert calls(at, "views.publish") == made + 2
    assert rows(cebu, "SELECT * FROM stale_home") == []


async def test_over_signed_http_too(cebu: House) -> None:
    async with over_http(cebu) as at:
        # Before Slack takes an address for events, it wants a challenge back.
        assert await at.sandbox.verify_address()
        at.sandbox.faults.spoil("forged_signature")
        assert not await at.sandbox.verify_address()
        assert "You have 0 points." in await Home(at, ANA).open()
