"""All of one's points as a file: once for each press, to the person alone, written down before it is sent."""

import asyncio
import itertools
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session
from typer.testing import CliRunner

from bot.cli import app
from bot.sandbox.files import File
from bot.sandbox.server import Sandbox
from bot.sandbox.triggers import Triggers
from bot.services import points as service
from bot.services import who as whos
from bot.store import people
from bot.views import points_file
from tests.encore import MANIFEST, House, serving, until
from tests.stories.pointing import id_of, with_admins
from tests.stories.rewarding import (
    ANA,
    LEA,
    NAMES,
    Floor,
    award,
    direct,
    open_floor,
    rows,
    together,
)
from tests.stories.test_home import Home, calls


@pytest.fixture
def cebu(sqlite_url: str) -> Iterator[House]:
    yield from with_admins(sqlite_url)


def files(where: House, slack_id: str) -> list[File]:
    return [file for message in direct(where, slack_id) for file in message.files]


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
    # Of none of them it is forgotten that it was asked for, also where nobody learnt whether it came.
    assert rows(cebu, "SELECT COUNT(*) FROM audit WHERE deed = 'points.export'") == [(3,)]


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
    at, db = where.clock.now(), where.centre.db

    def claims(moment: datetime, key: str) -> bool:
        team = where.workspace.team_id
        return db.write_now(service.claim_file, moment, team, ANA, key=key) is not None

    assert sorted(together([partial(claims, at, key) for key in "ab"])) == [False, True]
    later = at + service.JUST_NOW
    # Done again since nobody knew whether it was kept, it is the same claim.
    assert [claims(later, key) for key in "ccdc"] == [True, True, False, True]
    db.write_now(service.free_file, id_of(where, ANA))
    assert claims(later, "d")
    assert rows(where, "SELECT COUNT(*) FROM audit WHERE deed = 'points.export'") == [(3,)]


def test_times_are_those_of_where_somebody_is_today_also_when_they_are_to_move(cebu: House) -> None:
    award(cebu, ANA, 7)
    now, db = cebu.clock.now(), cebu.centre.db

    def move(session: Session) -> None:
        lisbon = people.add_site(session, "Lisbon", "Europe/Lisbon")
        people.add_stay(session, id_of(cebu, ANA), lisbon.id, None, date(2026, 4, 1))

    db.write_now(move)
    for moment, there in ((now, "Asia/Manila"), (now + timedelta(days=40), "Europe/Lisbon")):
        who = db.read_now(whos.find, moment, cebu.workspace.team_id, ANA)
        assert who is not None
        told = db.read_now(service.history, moment, id_of(cebu, ANA)).reader.zone
        assert (who.zone, told, db.read_now(people.find_zone, id_of(cebu, ANA), moment)) == (there,) * 3
