"""Encore and the sandbox together, as stories use them: everything goes through the front door."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from bot.app import Running, now, running
from bot.domain.programme import parse_programme
from bot.sandbox.clock import Clock
from bot.sandbox.model import Message
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace
from bot.services import people, programme
from bot.settings import Settings
from tests.stories.facts import CEBU, Centre, call, survey

MANIFEST: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent.parent / "manifest.yml").read_text())

MORNING = datetime(2026, 3, 6, 1, 0, tzinfo=UTC)
"""Friday 6 March 2026, 09:00 in Cebu: the board of Thursday is due."""


@dataclass(frozen=True, slots=True)
class House:
    """A centre with its Slack."""

    centre: Centre
    workspace: Workspace
    clock: Clock
    channel: str

    def posts(self) -> list[Message]:
        """Return what Encore posted in the floor's channel, for all to see."""
        messages = self.workspace.channel(self.channel).messages
        return [m for m in messages if m.user == self.workspace.bot_user.slack_id and not m.ephemeral_to]

    def said(self) -> list[str]:
        """Return the words of what Encore posted in the floor's channel."""
        return [m.text for m in self.posts()]


async def until(condition: Callable[[], bool], *, seconds: float = 10) -> None:
    """Wait until something has become true, at most so long."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def house(url: str, *, at: datetime = MORNING, new_blocks: bool = True, with_bot: bool = True) -> House:
    """Return a centre in Cebu and a workspace with a channel for its floor."""
    clock = Clock(at)
    workspace = Workspace(clock, new_blocks=new_blocks)
    workspace.add_person("lea", slack_id="ULEA", tz=CEBU[1])
    workspace.add_person("stranger", slack_id="USTRANGER")
    floor = workspace.add_channel("cebu-floor", members=["ULEA", "USTRANGER"], with_bot=with_bot)
    centre = Centre(url)
    centre.at = at
    return House(centre, workspace, clock, floor.slack_id)


def go_live(
    where: House, *, mode: str = "live", since: str = "2026-03-01", boards: Sequence[Any] | None = None,
    channel: str | None = None,
) -> None:  # fmt: skip
    """Put a programme in force in which Cebu is live; `channel` names its channel otherwise than by the id."""
    site = {"mode": mode, "live_from": since, "channel": channel or where.channel}
    document: dict[str, Any] = {"sites": {CEBU[0]: site}}
    if boards is not None:
        document["boards"] = boards
    where.centre.db.write_now(
        programme.apply, where.centre.at, parse_programme(document, origin="story"), actor="story"
    )  # fmt: skip


def thursday(where: House, *days: str, people_count: int = 12, ratings: int = 6) -> None:
    """Bring in a day of calls and ratings, or several: agent 1 is rated best, agent 12 least."""
    worked = [
        (day, n, f"Agent {n + 1}", k)
        for day in days or ("2026-03-05",)
        for n in range(people_count)
        for k in range(ratings)
    ]
    calls = [call(f"{day}-{n}-{k}", name, f"{day} 10:{k:02}") for day, n, name, k in worked]
    surveys = [
        survey(f"s{day}-{n}-{k}", name, sent=f"{day} 11:00", answered=f"{day} 11:30", stars=5 if k >= n // 2 else 3)
        for day, n, name, k in worked
    ]
    where.centre.bring(*calls)
    where.centre.bring(*surveys)


def link(where: House, name: str, slack_id: str) -> None:
    """Say who somebody in Slack is."""
    person_id = where.centre.person(name)
    where.centre.db.write_now(people.link, where.centre.at, person_id, slack_id=slack_id)


@asynccontextmanager
async def sandboxed(where: House, **options: Any) -> AsyncIterator[Sandbox]:
    """Run the sandbox."""
    async with Sandbox(where.workspace, MANIFEST, where.clock, **options).running(port=0) as sandbox:
        yield sandbox


@asynccontextmanager
async def serving(
    where: House, sandbox: Sandbox, *, machine: Callable[[], datetime] = now, **settings: Any
) -> AsyncIterator[Running]:
    """Run Encore against the sandbox, over Socket Mode unless told otherwise."""
    chosen: dict[str, Any] = {
        "database_url": where.centre.db.url.render_as_string(hide_password=False), "port": 0,
        "slack_bot_token": where.workspace.bot_token, "slack_app_token": where.workspace.app_token,
        "slack_signing_secret": where.workspace.signing_secret, "slack_api_url": sandbox.api_url,
    } | settings  # fmt: skip
    async with running(Settings(_env_file=None, **chosen), clock=where.clock.now, machine=machine) as encore:
        if encore.ctx.settings.slack_mode == "socket":
            await sandbox.socket_mode.until_connected()
        yield encore
