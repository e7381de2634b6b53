"""`encore doctor`: whatever is missing is said in plain words with what to do, and no secret is ever shown."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Connection, text
from sqlmodel import Session

from bot.cli.doctor import Patient, examine
from bot.domain.people import Role
from bot.domain.programme import parse_programme
from bot.sandbox.faults import FaultKind
from bot.sandbox.server import Sandbox
from bot.services import outbox, programme
from bot.store import people
from bot.store.database import Database
from bot.store.outbox import Waiting
from tests.cli.conftest import Line, Said
from tests.encore import MANIFEST, House, go_live, house, link, sandboxed, thursday
from tests.stories.facts import CEBU
from tests.views.values import DAY

BOT, APP, SECRET = "ENCORE_SLACK_BOT_TOKEN", "ENCORE_SLACK_APP_TOKEN", "ENCORE_SLACK_SIGNING_SECRET"
API, DATABASE, MODE = "ENCORE_SLACK_API_URL", "ENCORE_DATABASE_URL", "ENCORE_SLACK_MODE"


@dataclass
class Clinic:
    """An Encore that is set up, and its doctor."""

    house: House
    line: Line
    env: pytest.MonkeyPatch
    url: str
    """Where the sandbox is."""

    async def __call__(self, *words: str, **settings: str | None) -> Said:
        """Run the doctor, with some of the environment set otherwise."""
        with self.env.context() as changed:
            for name, value in settings.items():
                changed.delenv(name, raising=False) if value is None else changed.setenv(name, value)
            said = await asyncio.to_thread(self.line, "doctor", *words)
        workspace = self.house.workspace
        for secret in (workspace.bot_token, workspace.app_token, workspace.signing_secret, *settings.values()):
            if secret and (secret.startswith("xo") or secret in workspace.signing_secret or "secret" in secret):
                assert secret not in said.out + said.err
        return said

    async def found(self, check: str, **settings: str | None) -> list[tuple[str, str, str]]:
        """Return what one check said: state, sentence, what to do. Every other is made or says why it is not."""
        said = await self("--json", **settings)
        rows = said.json["checks"]
        assert said.status == (0 if said.json["ok"] else 1)
        assert said.json["ok"] == all(row["state"] != "missing" for row in rows)
        assert all(row["do"] for row in rows if row["state"] in {"warning", "missing"})
        return [(row["state"], row["said"], row["do"] or "") for row in rows if row["check"] == check]

    def do(self, statement: str) -> None:
        """Do something to the database behind Encore's back."""

        def deed(session: Session) -> None:
            assert isinstance(session.bind, Connection)
            session.bind.execute(text(statement))

        self.house.centre.db.write_now(deed)

    def programme(self, **document: Any) -> None:
        """Put a programme in force."""
        parsed = parse_programme(document, origin="story")
        self.house.centre.db.write_now(programme.apply, datetime.now(UTC), parsed, actor="story")


@contextlib.asynccontextmanager
async def opened(line: Line, url: str, env: pytest.MonkeyPatch, manifest: Any = MANIFEST) -> AsyncIterator[Clinic]:
    where = house(url)
    go_live(where)
    thursday(where, people_count=2, ratings=1)
    link(where, "Agent 1", "ULEA")
    where.centre.db.write_now(people.grant, where.centre.person("Agent 1"), Role.ADMIN, None)
    async with Sandbox(where.workspace, manifest, where.clock).running() as sandbox:
        env.setenv(BOT, where.workspace.bot_token)
        env.setenv(APP, where.workspace.app_token)
        env.setenv(API, sandbox.api_url)
        yield Clinic(where, line, env, sandbox.url)
    where.centre.db.close()


@pytest.fixture
async def clinic(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Clinic]:
    monkeypatch.setenv(DATABASE, sqlite_url)
    monkeypatch.chdir(tmp_path)
    async with opened(Line(tmp_path), sqlite_url, monkeypatch) as found:
        yield found


@pytest.fixture
async def on_both(line: Line, database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Clinic]:
    async with opened(line, database_url, monkeypatch) as found:
        yield found


async def test_where_all_is_well_it_says_so(on_both: Clinic) -> None:
    said = await on_both()
    assert (said.status, said.out.splitlines()[-1], said.err) == (0, "All is well.", "")
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert "ok settings The settings can be read; Slack reaches Encore over Socket Mode." in lines
    assert (
        "ok workspace Slack accepts the bot token: it is @encore in the workspace Sample Contact Centre (T0SANDBOX)."
        in lines
    )
    assert "ok socket Slack accepts the app-level token and opens a socket." in lines
    assert "ok people 1 of 2 people are linked to Slack." in lines
    assert "ok admins 1 of 1 admins are linked to Slack." in lines
    assert "ok sites Cebu is live from 2026-03-01; 1 board is posted there." in lines
    assert "ok channels Encore is in #cebu-floor, for the site Cebu." in lines
    assert on_both.house.workspace.channel(on_both.house.channel).messages == []
    assert {row["state"] for row in (await on_both("--json")).json["checks"]} == {"ok"}


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        (BOT, None, f"{BOT} is not set; a bot token belongs there."),
        (BOT, "xapp-1-A0-1-f00", f"{BOT} holds an app-level token, where a bot token belongs."),
        (BOT, "xoxp-1-2-3", f"{BOT} holds a user token, where a bot token belongs."),
        (BOT, "xoxe.xoxb-1-2", f"{BOT} holds a token that expires after some hours, where a bot token belongs."),
        (BOT, "my secret", f"{BOT} does not hold a bot token: one begins with xoxb-."),
        (BOT, '"xoxb-1"', f"{BOT} holds a bot token with a character that is not part of it, such as a space or a quotation mark."),
        (BOT, "xoxb-1\r\nX-Other: 2", f"{BOT} holds a bot token with a character that is not part of it, such as a space or a quotation mark."),
        (APP, None, f"{APP} is not set; an app-level token belongs there."),
        (APP, "xoxb-1-2-3", f"{APP} holds a bot token, where an app-level token belongs."),
    ],
)  # fmt: skip
async def test_what_stands_in_the_wrong_place_is_named(
    clinic: Clinic, variable: str, value: str | None, said: str
) -> None:
    check, needing = ("bot token", "scopes") if variable == BOT else ("app token", "socket")
    told = await clinic.found(check, **{variable: value})
    assert [row[:2] for row in told] == [("missing", said)]
    assert ("OAuth & Permissions" if variable == BOT else "App-Level Tokens") in told[0][2]
    told = await clinic.found(needing, **{variable: value})
    assert told == [("not checked", f"Not checked, since {variable} is to be set first.", "")]


async def test_swapped_tokens_are_told_in_a_table_with_what_to_do(clinic: Clinic) -> None:
    workspace = clinic.house.workspace
    said = await clinic(**{BOT: workspace.app_token, APP: workspace.bot_token})
    assert said.status == 1
    lines = said.out.splitlines()
    assert f"missing      bot token       {BOT} holds an app-level token, where a bot token belongs." in lines
    assert f"missing      app token       {APP} holds a bot token, where an app-level token belongs." in lines
    assert f"not checked  workspace, scopes and channels, since {BOT} is to be set first." in lines
    assert f"not checked  socket, since {APP} is to be set first." in lines
    assert lines[-1] == "2 things are missing."


async def test_slack_is_asked_whether_it_takes_the_tokens(clinic: Clinic) -> None:
    for variable, check, value in ((BOT, "workspace", "xoxb-no-such"), (APP, "socket", "xapp-no-such")):
        [(state, said, _)] = await clinic.found(check, **{variable: value})
        assert (state, said) == ("missing", f"Slack does not accept what {variable} holds: it knows no such token.")
    clinic.house.workspace.uninstall()
    [(state, said, do)] = await clinic.found("workspace")
    assert said == f"Slack does not accept what {BOT} holds: the app is no longer installed in the workspace."
    assert "install it if that is not done" in do
    assert (await clinic.found("scopes"))[0][1] == f"Not checked, since Slack does not accept what {BOT} holds."


async def test_over_http_it_is_the_signing_secret_that_counts(clinic: Clinic) -> None:
    http = {MODE: "http", APP: None}
    good = await clinic(**http, **{SECRET: clinic.house.workspace.signing_secret})
    assert (good.status, good.out.splitlines()[-1]) == (0, "All is well.")
    assert "over signed HTTP" in good.out
    assert "app token" not in good.out + good.err
    [(state, said, do)] = await clinic.found("signing secret", **http)
    assert (state, said) == ("missing", f"{SECRET} is not set; a signing secret belongs there.")
    assert "“App Credentials”" in do
    [(state, said, _)] = await clinic.found("signing secret", **http, **{SECRET: "xoxb-12-34"})
    assert (state, said) == ("missing", f"{SECRET} holds a bot token, where a signing secret belongs.")
    [(state, said, _)] = await clinic.found("signing secret", **http, **{SECRET: "Short"})
    assert (state, "does not look like a signing secret" in said) == ("warning", True)


async def test_each_missing_scope_is_named_with_what_needs_it(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = yaml.safe_load(yaml.safe_dump(dict(MANIFEST)))
    scopes = manifest["oauth_config"]["scopes"]["bot"]
    scopes.remove("groups:read")
    scopes.remove("users:read.email")
    scopes += ["pins:read", "bookmarks:read"]
    monkeypatch.setenv(DATABASE, sqlite_url)
    monkeypatch.chdir(tmp_path)
    async with opened(Line(tmp_path), sqlite_url, monkeypatch, manifest) as clinic:
        told = await clinic.found("scopes")
        shown = (await clinic()).out
        clinic.programme(kudos={"channel": "#cebu-floor"})
        by_name = await clinic.found("channels")
    assert [state for state, _, _ in told] == ["missing", "missing", "warning"]
    assert told[0][1].startswith("The scope groups:read is missing (delivery")
    assert told[1][1].startswith("The scope users:read.email is missing (/encore")
    assert "`encore manifest`" in told[0][2]
    assert told[2][1] == "The bot token may do more than Encore needs: bookmarks:read, pins:read."
    # What is to be done about both stands there once.
    assert shown.count("`encore manifest`") == 1
    assert by_name == [
        ("not checked", "#cebu-floor (for kudos) is not checked, since the scope groups:read is missing.", "")
    ]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("slow", "no answer came within 1.2 seconds"),
        ("dropped_before", "Slack cannot be reached"),
        ("server_error", "Slack has a problem of its own (HTTP 500)"),
        ("ratelimited", "Slack asks to wait 7 seconds"),
    ],
)
async def test_a_slack_that_has_a_bad_day_stops_nothing_else(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: FaultKind, said: str
) -> None:
    monkeypatch.setenv(DATABASE, sqlite_url)
    monkeypatch.chdir(tmp_path)
    where = house(sqlite_url)
    async with sandboxed(where) as sandbox:
        for method, check in (("api.test", "Slack"), ("auth.test", "workspace"), ("apps.connections.open", "socket")):
            sandbox.faults.next(method, fault, seconds=7 if fault == "ratelimited" else 3)
            clinic = Clinic(where, Line(tmp_path), monkeypatch, sandbox.url)
            known = {BOT: where.workspace.bot_token, APP: where.workspace.app_token, API: sandbox.api_url}
            # Only a slow Slack is to run out of time; the others answer, however busy the machine is.
            limit = "1.2" if fault == "slow" else "30"
            rows = (await clinic("--json", "--timeout", limit, **known)).json["checks"]
            told = {row["check"]: row for row in rows}
            assert (told[check]["state"], said in told[check]["said"]) == ("missing", True)
            assert told[check]["do"]
            assert told["database"]["state"] == "ok"
    where.centre.close()


async def test_what_is_not_slack_at_all_is_told(clinic: Clinic, unused_tcp_port: int) -> None:
    api = f"http://127.0.0.1:{unused_tcp_port}/api/"
    [(state, said, _)] = await clinic.found("Slack", **{API: api})
    assert (state, said) == ("missing", f"Slack cannot be reached at {api}: Connection refused.")
    elsewhere = f"{clinic.url}/static/"
    [(state, said, do)] = await clinic.found("Slack", **{API: elsewhere})
    assert (state, said) == ("missing", f"What answers at {elsewhere} is not Slack (HTTP 405).")
    assert "ENCORE_SLACK_API_URL" in do
    out = (await clinic(**{API: api})).out.splitlines()
    assert "not checked  right time, workspace, scopes, socket and channels, since Slack does not answer." in out


@pytest.mark.parametrize(
    ("ahead", "state", "said"),
    [
        (30, "ok", "This machine's clock agrees with Slack's."),
        (90, "warning", "This machine's clock is 90 seconds ahead of Slack's."),
        (-400, "missing", "This machine's clock is 7 minutes behind Slack's: posts come at the wrong time, and what Slack sends over HTTP is refused."),
        (-36_000, "missing", "This machine's clock is 10 hours behind Slack's: posts come at the wrong time, and what Slack sends over HTTP is refused."),
    ],
)  # fmt: skip
async def test_a_clock_that_is_wrong_is_told(clinic: Clinic, ahead: int, state: str, said: str) -> None:
    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=ahead)

    [told] = [
        t.finding for t in await asyncio.to_thread(list, examine(Patient(now, 5))) if t.check.name == "right time"
    ]
    # Slack's clock has whole seconds.
    assert told.state == state
    assert told.said.replace("89 sec", "90 sec").replace("91 sec", "90 sec") == said
    assert ("time server" in told.do) == (state != "ok")


async def test_settings_that_cannot_be_read_are_named_one_by_one(clinic: Clinic) -> None:
    settings = {"ENCORE_PORT": "many", MODE: "pigeon"}
    told = await clinic.found("settings", **settings)
    assert [said.partition(":")[0] for _, said, _ in told] == [MODE, "ENCORE_PORT"]
    assert (await clinic.found("database", **settings))[0][1] == "Not checked, since the settings cannot be read."
    # Not even a file that is no text stops it.
    (clinic.line.folder / ".env").write_bytes(b"\xff\xfe\x00")
    [(state, said, _)] = await clinic.found("settings")
    assert (state, said) == ("missing", "This could not be looked at: UnicodeDecodeError.")


async def test_a_database_that_is_not_there_is_not_made(clinic: Clinic, tmp_path: Path) -> None:
    file = tmp_path / "new" / "encore.sqlite3"
    said = await clinic(**{DATABASE: f"sqlite:///{file}"})
    assert said.status == 0
    assert f"The SQLite database {file} is empty or not there yet; Encore makes it when it starts." in said.out
    assert (
        "not checked  ledger, delivery, people, admins, sites and channels, since there are no tables yet." in said.out
    )
    assert not file.parent.exists()
    blocked = await clinic.found("database", **{DATABASE: f"sqlite:///{clinic.line.folder}/calls.csv/encore.sqlite3"})
    assert (blocked[0][0], "calls.csv is no folder" in blocked[0][1]) == ("missing", True)


async def test_a_database_that_cannot_be_opened_is_told_without_its_password(
    clinic: Clinic, unused_tcp_port: int
) -> None:
    file = clinic.line.folder / "calls.csv"
    [(state, said, _)] = await clinic.found("database", **{DATABASE: f"sqlite:///{file}"})
    assert (state, said) == ("missing", f"The SQLite database {file} cannot be opened: file is not a database.")
    address = f"postgres://encore:topsecret@127.0.0.1:{unused_tcp_port}/centre"
    [(state, said, _)] = await clinic.found("database", **{DATABASE: address})
    assert (state, "The PostgreSQL database centre on 127.0.0.1" in said) == ("missing", True)
    assert "topsecret" not in (await clinic("--json", **{DATABASE: address})).out
    [(state, said, _)] = await clinic.found("database", **{DATABASE: "topsecret"})
    assert (state, "is not a database address" in said) == ("missing", True)
    assert "topsecret" not in said


@pytest.mark.parametrize(("version", "state", "status"), [("0001", "warning", 0), ("9999", "missing", 1)])
async def test_tables_of_another_version_are_told_and_left_alone(
    on_both: Clinic, version: str, state: str, status: int
) -> None:
    on_both.do(f"UPDATE alembic_version SET version_num = '{version}'")
    assert (await on_both()).status == status
    [(told, said, do)] = await on_both.found("tables")
    assert (told, version in said, bool(do)) == (state, True, True)
    assert (await on_both.found("tables"))[0][1] == said
    assert (await on_both.found("sites"))[0][0] == "not checked"
    # What was written to see whether it can be is not there.
    on_both.do("CREATE TABLE encore_doctor (n INTEGER)")


async def test_a_token_that_the_running_encore_is_refused_with_is_told(on_both: Clinic) -> None:
    db, at = on_both.house.centre.db, datetime.now(UTC)
    assert (await on_both.found("delivery"))[0][0] == "ok"
    db.write_now(outbox.queue, at, key="one", channel="C1", view="board", value=DAY)
    claimed = db.write_now(outbox.claim, at)
    assert isinstance(claimed, Waiting)
    until = at + timedelta(minutes=5)
    db.write_now(outbox.shut_out, claimed, until=until, workspace_id="T1", uncertain=False, why="token_revoked")
    [(state, said, do)] = await on_both.found("delivery")
    assert (state, said) == ("missing", "Slack refuses the running Encore (token_revoked): what it has to say waits.")
    assert "start Encore anew" in do


async def test_a_ledger_that_could_be_altered_is_told(on_both: Clinic, database_url: str) -> None:
    name = "entry_no_delete" if database_url.startswith("sqlite") else "entry_append_only"
    on_both.do(f"DROP TRIGGER {name}{'' if database_url.startswith('sqlite') else ' ON entry'}")
    [(state, said, do)] = await on_both.found("ledger")
    assert (state, said) == ("missing", f"The ledger could be altered: the triggers {name} are not there.")
    assert "`encore verify`" in do


async def test_a_database_that_takes_nothing_is_told(
    line: Line, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATABASE, postgres_url)
    db = Database(postgres_url)

    def close(session: Session) -> None:
        assert isinstance(session.bind, Connection)
        name = session.bind.exec_driver_sql("SELECT current_database()").scalar()
        session.bind.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')

    db.write_now(close)
    db.close()
    rows = line("doctor", "--json").json["checks"]
    [told] = [row for row in rows if row["check"] == "database"]
    assert told["state"] == "missing"
    assert "cannot be written: cannot execute UPDATE in a read-only transaction." in told["said"]


async def test_a_database_in_which_somebody_writes_all_the_while_is_busy(clinic: Clinic, sqlite_url: str) -> None:
    with contextlib.closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = await clinic("--timeout", "0.2", "--json")
    [told] = [row for row in said.json["checks"] if row["check"] == "database"]
    assert (said.status, told["state"]) == (0, "warning")
    assert "another program has been writing" in told["said"]


async def test_each_channel_of_the_programme_is_looked_at(clinic: Clinic) -> None:
    workspace = clinic.house.workspace
    cebu, leads = clinic.house.channel, workspace.add_channel("leads", kind="private", members=["ULEA"]).slack_id
    away = workspace.add_channel("away", members=["ULEA"], with_bot=False).slack_id
    secret = workspace.add_channel("hidden", kind="private", members=["ULEA"], with_bot=False).slack_id
    old = workspace.add_channel("old", members=["ULEA"])
    old.is_archived = True
    found = {
        cebu: ("ok", "Encore is in #cebu-floor, for the site Cebu.", ""),
        leads: ("ok", "Encore is in #leads, for the site Cebu.", ""),
        "#leads": ("ok", "Encore is in #leads, for the site Cebu.", ""),
        "leads": ("warning", "#leads (for the site Cebu) stands in the programme without its #.", "Write it as #leads"),
        away: ("missing", "Encore is not in #away (for the site Cebu).", "Write /invite @encore in #away."),
        "#away": (
            "missing",
            "Encore is in no channel called #away (for the site Cebu).",
            "Write /invite @encore there",
        ),
        secret: ("missing", f"Slack shows Encore no channel {secret} (for the site Cebu).", "In a private channel"),
        "C0NOSUCHONE": ("missing", "Slack shows Encore no channel C0NOSUCHONE (for the site Cebu).", "In a private"),
        old.slack_id: ("missing", "#old (for the site Cebu) is archived.", "Unarchive it"),
    }
    for channel, (state, said, do) in found.items():
        clinic.programme(sites={CEBU[0]: {"mode": "live", "live_from": "2026-03-01", "channel": channel}})
        [told] = await clinic.found("channels")
        assert (told[0], told[1], told[2][: len(do)]) == (state, said, do)


async def test_a_channel_for_two_things_is_looked_at_once(clinic: Clinic) -> None:
    live = {"mode": "live", "live_from": "2026-03-01", "channel": clinic.house.channel}
    clinic.programme(sites={CEBU[0]: live}, kudos={"channel": clinic.house.channel})
    assert (await clinic.found("channels"))[0][1] == "Encore is in #cebu-floor, for the site Cebu and kudos."


@pytest.mark.parametrize(
    ("sites", "expected"),
    [
        ({}, [("warning", "Cebu is in shadow: everything is computed, and nothing is told.", "“Go live”")]),
        ({"Cebu": {"mode": "private"}}, [("ok", "Cebu is private", "")]),
        ({"Cebu": {"mode": "off"}}, [("ok", "Cebu is off.", "")]),
        (
            {"Cebu": {"mode": "live", "live_from": "2026-03-01"}},
            [("missing", "Cebu is live and has no channel", '[sites."Cebu"]')],
        ),
        (
            {"Cebu": {"mode": "off"}, "Atlantis": {}},
            [("ok", "Cebu is off.", ""), ("warning", "The programme speaks of “Atlantis”", "encore site add")],
        ),
    ],
)
async def test_each_site_says_what_it_may_see_and_how_it_goes_live(
    clinic: Clinic, sites: dict[str, Any], expected: Sequence[tuple[str, str, str]]
) -> None:
    clinic.programme(sites=sites)
    told = await clinic.found("sites")
    assert len(told) == len(expected)
    for (state, said, do), (expected_state, words, what) in zip(told, expected, strict=True):
        assert (state, said.startswith(words), what in do) == (expected_state, True, True)


async def test_a_new_house_is_told_how_to_go_on(line: Line) -> None:
    """Not even Slack is known yet."""
    rows = [row for row in line("doctor", "--json").json["checks"] if row["state"] == "warning"]
    assert [(row["check"], row["said"]) for row in rows] == [
        ("people", "Nobody is known yet."),
        ("admins", "Nobody is an admin yet."),
        ("sites", "There is no site yet."),
    ]
    line.load()
    rows = [row for row in line("doctor", "--json").json["checks"] if row["check"] == "people"]
    assert rows[0]["said"] == "None of 2 people is linked to Slack, so that /mystats answers nobody."
    assert "encore people link" in rows[0]["do"]


def test_the_manifest_is_printed_as_slack_takes_it(line: Line) -> None:
    assert yaml.safe_load(line("manifest").out) == MANIFEST
