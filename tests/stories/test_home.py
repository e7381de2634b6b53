"""Encore's Home: what one has, as of now; the way to everything else; and all of it as a file."""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.sandbox.files import File
from bot.sandbox.interactions import OnView, Outcome
from bot.sandbox.model import Json
from bot.sandbox.server import Sandbox
from bot.sandbox.state import elements_in
from bot.sandbox.triggers import Triggers
from bot.services import points as service
from bot.views import points_file
from tests.encore import MANIFEST, House, serving, until
from tests.stories.pointing import known, message_to, with_admins
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
    direct,
    live,
    open_floor,
    over_http,
    rows,
    together,
    words,
)


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


def files(where: House, slack_id: str) -> list[File]:
    return [file for message in direct(where, slack_id) for file in message.files]


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
            "Held for what you asked for: 50 points.", "You can still give away 50 points this month", "−50 points",
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

        # The other tab makes no Home.
        made = calls(at, "views.publish")
        home.look("messages")
        admin = Home(at, ADA)
        await admin.open()
        await admin.use("setup_look")
        await admin.read_page("Cebu")
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


async def test_the_statement_is_sent_as_a_file(cebu: House, tmp_path: Path) -> None:
    award(cebu, ANA, 7)
    async with open_floor(cebu) as at:
        await at.type(LEA, "/kudos", "@ana stayed late, again")
        home = Home(at, ANA)
        await home.open()
        await asyncio.gather(home.use("points_csv"), home.use("points_csv"))
        await until(lambda: calls(at, "views.open") == 2)
        told = await at.type(ANA, "/encore", "points")
        await at.press(ANA, told, "points_csv")
        await until(lambda: any(points_file.JUST_NOW in m.text for m in cebu.workspace.channel(cebu.channel).messages))
        # A double click brings one file, to the person alone.
        (file,) = files(cebu, ANA)
        assert [m.text for m in direct(cebu, ANA) if m.files] == [points_file.WITH_IT]
        assert (file.name, file.title) == ("points-2026-03-06.csv", points_file.TITLE)
    out = tmp_path / "exported.csv"
    url = cebu.centre.db.url.render_as_string(hide_password=False)
    result = CliRunner().invoke(app, ["points", "export", NAMES[ANA], str(out)], env={"ENCORE_DATABASE_URL": url})
    assert result.exit_code == 0, result.output
    assert file.content == out.read_bytes()
    text = file.content.decode("utf-8-sig")
    assert text.splitlines()[0] == "entry,when (Asia/Manila),unit,change,balance after it,what for"
    assert [line.split(",", 2)[2] for line in text.splitlines()[1:]] == [
        'points,5,12,"Kudos from Agent 2: stayed late, again"', "points,7,7,Bonus: Well done.",
    ]  # fmt: skip
    ana = f"person:{cebu.centre.person(NAMES[ANA])}"
    assert rows(cebu, "SELECT actor, subject FROM audit WHERE deed = 'points.export'") == [
        (ana, ana),
        ("command line", ana),
    ]


async def test_a_file_that_does_not_come_can_be_asked_for_again(cebu: House) -> None:
    award(cebu, ANA, 7)
    async with open_floor(cebu) as at:
        home = Home(at, ANA)
        await home.open()
        at.sandbox.faults.next("files.completeUploadExternal", "server_error")
        await home.use("points_csv")
        await home.read_page(points_file.NOT_SENT)
        assert files(cebu, ANA) == []
        at.sandbox.faults.next("files.completeUploadExternal", "lost_after_storing")
        await home.use("points_csv")
        await home.read_page("Slack did not say that it was")
        # Slack was slow: the three seconds for a page are over, and the answer is a message.
        cebu.workspace.triggers = Triggers(itertools.count(0, 10).__next__)
        await home.use("points_csv")
        await until(lambda: [m.text for m in direct(cebu, ANA) if not m.files] == [points_file.SENT])
        assert len(files(cebu, ANA)) == 2


async def test_a_workspace_that_has_not_granted_files_says_so(cebu: House) -> None:
    award(cebu, ANA, 7)
    oauth: Any = MANIFEST["oauth_config"]
    older = [scope for scope in oauth["scopes"]["bot"] if scope != "files:write"]
    manifest = {**MANIFEST, "oauth_config": {"scopes": {"bot": older}}}
    async with Sandbox(cebu.workspace, manifest, cebu.clock).running() as sandbox, serving(cebu, sandbox) as encore:
        home = Home(Floor(cebu, sandbox, encore), ANA)
        await home.open()
        await home.use("points_csv")
        await home.read_page(points_file.NOT_ALLOWED)


@pytest.mark.both_databases
def test_two_presses_at_once_claim_one_file(database_url: str) -> None:
    for where in with_admins(database_url):
        claim_in_turn(where)


def claim_in_turn(where: House) -> None:
    who, at, db = known(where, ANA), where.clock.now(), where.centre.db
    claims = together([lambda: db.write_now(service.claim_file, at, who) for _ in range(2)])
    assert sum(claim is not None for claim in claims) == 1
    later = at + service.JUST_NOW
    assert db.write_now(service.claim_file, later, who) is not None
    assert db.write_now(service.claim_file, later, who) is None
    db.write_now(service.free_file, who)
    assert db.write_now(service.claim_file, later, who) is not None


async def test_over_signed_http_too(cebu: House) -> None:
    async with over_http(cebu) as at:
        # Before Slack takes an address for events, it wants a challenge back.
        assert await at.sandbox.verify_address()
        at.sandbox.faults.spoil("forged_signature")
        assert not await at.sandbox.verify_address()
        assert "You have 0 points." in await Home(at, ANA).open()
