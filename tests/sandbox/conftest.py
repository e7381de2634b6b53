"""A small workspace for every story: two channels, three people, an app with three commands."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Page
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.clock import Clock
from bot.sandbox.model import Channel, Person
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .browsing import browsing
from .showcase import on_stage

MANIFEST: dict[str, Any] = {
    "features": {
        "app_home": {"home_tab_enabled": True},
        "slash_commands": [
            {"command": "/mystats", "description": "Your figures", "usage_hint": "[today|week|month]"},
            {"command": "/kudos", "description": "Thank somebody", "usage_hint": "@name words", "should_escape": True},
            {"command": "/slow", "description": "Takes its time"},
        ],
    }
}


@pytest.fixture(autouse=True)
def _quiet_client() -> None:
    # slack_sdk speaks of every socket it leaves behind; the stories say what matters themselves.
    logging.getLogger("slack_bolt.AsyncApp").setLevel(logging.CRITICAL)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 18, 13, 0, tzinfo=UTC))


@pytest.fixture
def workspace(clock: Clock) -> Workspace:
    return Workspace(clock, rates=False)


@pytest.fixture
def ana(workspace: Workspace) -> Person:
    return workspace.add_person(
        "ana", real_name="Ana Kovač", email="ana@sample.example", tz="Europe/Belgrade", title="Agent"
    )


@pytest.fixture
def ben(workspace: Workspace) -> Person:
    return workspace.add_person("ben.reyes", real_name="Ben Reyes", email="ben@sample.example", tz="Asia/Manila")


@pytest.fixture
def team(workspace: Workspace, ana: Person, ben: Person) -> Channel:
    return workspace.add_channel("support", members=[ana.slack_id, ben.slack_id])


@pytest.fixture
async def sandbox(workspace: Workspace, clock: Clock, team: Channel) -> AsyncIterator[Sandbox]:
    async with Sandbox(workspace, MANIFEST, clock, ack_seconds=1.0).running() as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> AsyncWebClient:
    return AsyncWebClient(sandbox.workspace.bot_token, base_url=sandbox.api_url)


@pytest.fixture
async def stage(workspace: Workspace, team: Channel) -> AsyncIterator[Sandbox]:
    async with on_stage(workspace) as sandbox:
        yield sandbox


@pytest.fixture
async def page(stage: Sandbox) -> AsyncIterator[Page]:
    async with browsing() as page:
        yield page
