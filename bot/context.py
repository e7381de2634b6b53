"""What the shell hands on to whatever Slack or the clock starts."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from weakref import WeakValueDictionary

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.people import Member
from bot.meters import Meters
from bot.settings import Settings
from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Context:
    """The time, the database, Slack, the settings, and the event that wakes delivery."""

    now: Callable[[], datetime]
    """The present moment, aware and in UTC; the sandbox moves it."""
    db: Database
    slack: AsyncWebClient
    """Posts with it are never tried again by the library: a message whose answer was lost would be said twice."""
    settings: Settings
    workspace_id: str
    """The Slack workspace whose token this is."""
    meters: Meters = field(default_factory=Meters)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when something waits in the outbox."""
    classic_workspaces: set[str] = field(default_factory=set)
    """The workspaces that refused the blocks of 2026."""
    native_workspaces: set[str] = field(default_factory=set)
    """The workspaces that took them since Encore started."""
    beats: dict[str, datetime] = field(default_factory=dict)
    """When the loop and delivery last gave a sign of life."""
    members: dict[str, tuple[datetime, Member]] = field(default_factory=dict)
    """What Slack said of people, by Slack id, and when."""
    homes: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    """Whose Home is being made, by Slack id: one after another."""
