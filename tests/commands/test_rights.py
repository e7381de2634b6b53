"""Everything Slack can send, by everybody who could send it: who may not is refused, and it is written down."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlencode

import httpx
import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import select

from bot import commands, web
from bot.commands import ACTIONS, COMMANDS, FORMS, SHORTCUTS
from bot.context import Context
from bot.sandbox.server import Sandbox
from bot.settings import Settings
from bot.store import tables
from tests.commands.test_repeats import SECRET, door, payload, signed
from tests.encore import House, sandboxed
from tests.stories.coached import ADMIN, AGENT, LEAD, LEFT, OTHER, STRANGER, found, staffed

GUEST: Final = "UGUEST"
EVERYBODY: Final = {
    "agent": AGENT, "lead": LEAD, "lead of another": OTHER, "admin": ADMIN, "left": LEFT, "stranger": STRANGER, "guest": GUEST,
}  # fmt: skip
KNOWN: Final = frozenset({"agent", "lead", "lead of another", "admin"})

ADMINS: Final = frozenset({"admin"})
LEADS: Final = frozenset({"lead"})
"""The lead of the one whom it is about."""
NOBODY: Final[frozenset[str]] = frozenset()
"""Nothing was written for anybody that they could answer."""
ANYBODY: Final = KNOWN | {"stranger"}
"""Who is not linked learns whom to ask."""

WHO_MAY: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "command": {
        "/coach": LEADS, "/encore": ANYBODY, "/encore settings": KNOWN, "/encore points": KNOWN, "/encore setup": ADMINS,
        "/encore rewards": ADMINS, "/encore bonus": ADMINS, "/encore approvals": ADMINS, "/encore report": ADMINS,
        "/kudos": KNOWN, "/mystats": ANYBODY, "/redeem": KNOWN,
    },
    "action": {
        **dict.fromkeys(
            (
                "adjustment_approve", "adjustment_decline", "adjustment_look", "catalogue_edit", "catalogue_look", "catalogue_shelve",
                "directory_leads", "directory_link", "directory_links", "directory_team",
                "directory_unlink", "report_look", "setup_admins", "setup_imports", "setup_look",
                "sites_edit", "sites_live", "sites_look", "sites_preview",
            ),
            ADMINS,
        ),
        **dict.fromkeys(
            (
                "kudos_write", "points_csv",
                "coaching_earlier", "dispute_answer", "dispute_open", "dispute_pass", "points_look",
                "points_page", "pot_chip", "pot_take_back", "preferences_look", "reward_approve", "reward_ask",
                "reward_cancel", "reward_decline", "reward_done", "reward_give_back", "reward_page", "reward_requests",
                "reward_words",
            ),
            KNOWN,
        ),
        "coaching_answer": NOBODY, "coaching_start": NOBODY, "encore_look": ANYBODY, "home_look": ANYBODY, "mystats_look": KNOWN,
        "mystats_place": KNOWN,
    },
    "form": {
        **dict.fromkeys(
            (
                "adjustment_bonus", "catalogue_edit", "directory_leads", "directory_link", "directory_links", "directory_team",
                "directory_unlink", "setup_admins",
                "sites_edit", "sites_live",
            ),
            ADMINS,
        ),
        **dict.fromkeys(
            (
                "coaching_answer", "dispute_answer", "dispute_ask", "kudos", "pot_chip", "preferences", "reward_approve",
                "reward_ask", "reward_decline", "reward_give_back",
            ),
            KNOWN,
        ),
        "coaching_choose": LEADS, "coaching_write": LEADS,
    },
    "shortcut": {"kudos_message": KNOWN},
}  # fmt: skip
"""What each person may ask for; whether it comes to anything is for the feature to say. A further row is a row here."""

TABLES: Final = {"command": COMMANDS, "action": ACTIONS, "form": FORMS, "shortcut": SHORTCUTS}


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    with staffed(database_url) as where:
        where.workspace.rates = False
        where.workspace.add_person("guest", slack_id=GUEST, is_restricted=True)
        yield where


@asynccontextmanager
async def answering(where: House, sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """Everything of Encore that answers Slack, behind its door for signed HTTP."""
    client = AsyncWebClient(where.workspace.bot_token, base_url=sandbox.api_url, retry_handlers=[])
    chosen = Settings(_env_file=None, slack_mode="http", slack_signing_secret=SECRET)
    team = where.workspace.team_id
    ctx = Context(where.clock.now, where.centre.db, client, chosen, team)

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=team, bot_token=where.workspace.bot_token)

    bolt = AsyncApp(name="story", signing_secret=SECRET, process_before_response=True, authorize=authorize)
    guard = commands.register(bolt, ctx)
    async with door(guard, web.build(ctx, bolt)) as http:
        yield http


def sent(where: House, kind: str, name: str, user: str, about: int) -> bytes:
    """Return what Slack sends when somebody does that; `about` is the agent whom it is about."""
    once = f"{kind}.{name}.{user}"
    if kind == "command":
        command, _, text = name.partition(" ")
        fields = {
            "command": command, "text": text or (f"<@{AGENT}>" if command == "/coach" else ""), "trigger_id": once,
            "team_id": where.workspace.team_id, "user_id": user, "channel_id": where.channel, "response_url": "",
        }  # fmt: skip
        return urlencode(fields).encode()
    somebody = {"user": {"id": user, "team_id": where.workspace.team_id}, "trigger_id": once}
    if kind == "action":
        action = {"type": "button", "action_id": name, "block_id": "b", "value": "1", "action_ts": once}
        container = {"type": "message", "message_ts": "3.4", "channel_id": where.channel}
        return payload(where, type="block_actions", actions=[action], container=container, **somebody)
    if kind == "shortcut":
        message = {"ts": "3.4", "user": LEAD, "text": "Done."}
        place = {"id": where.channel}
        return payload(
            where, type="message_action", callback_id=name, message=message, channel=place, response_url="", **somebody
        )
    agent = {"type": "static_select", "selected_option": {"value": str(about)}}
    view = {
        "id": once, "hash": once, "type": "modal", "callback_id": name, "private_metadata": json.dumps({"agent": about, "shown": 0}),
        "state": {"values": {"agent": {"agent": agent}}}, "title": {"type": "plain_text", "text": "A form"},
    }  # fmt: skip
    return payload(where, type="view_submission", view=view, **somebody)


def refusals(where: House) -> Counter[tuple[str, str]]:
    """Return (who, what) of every refusal in the audit."""
    row = tables.Audit
    found_rows = where.centre.db.read_now(lambda s: s.exec(select(row).where(row.deed == "refused")).all())
    return Counter((one.actor, one.subject) for one in found_rows)


def test_every_row_is_told_of() -> None:
    told = {kind: {name.partition(" ")[0] for name in WHO_MAY[kind]} for kind in TABLES}
    assert told == {kind: set(rows) for kind, rows in TABLES.items()}


async def test_who_may_not_is_refused_and_it_is_written_down(cebu: House) -> None:
    actors = {
        one: f"person:{found(cebu, slack_id).person_id}"
        for one, slack_id in EVERYBODY.items()
        if one in {*KNOWN, "left"}
    }
    actors |= {one: f"slack:{EVERYBODY[one]}" for one in ("stranger", "guest")}
    about = found(cebu, AGENT).person_id
    wrong = []
    async with sandboxed(cebu) as sandbox, answering(cebu, sandbox) as http:
        for kind, names in WHO_MAY.items():
            for name, may in names.items():
                before = refusals(cebu)
                for slack_id in EVERYBODY.values():
                    body = sent(cebu, kind, name, slack_id, about)
                    answer = await http.post("/slack/events", content=body, headers=signed(body))
                    assert answer.status_code == httpx.codes.OK, (kind, name, answer.text)
                refused = Counter(actor for actor, _ in (refusals(cebu) - before).elements())
                expected = Counter(actor for one, actor in actors.items() if one not in may)
                if refused != expected:
                    wrong.append((kind, name, [one for one in actors if refused[actors[one]] != expected[actors[one]]]))
    assert not wrong, wrong
    named = {what.split(" ")[0] for _, what in refusals(cebu)}
    assert named == {name.split(" ")[0] for names in WHO_MAY.values() for name in names}
