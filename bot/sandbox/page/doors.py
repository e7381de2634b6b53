"""The doors of the sandbox that the page leads through."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.sandbox.forms import Forms
from bot.sandbox.interactions import Interactions
from bot.sandbox.manifest import Manifest
from bot.sandbox.responses import Answer
from bot.sandbox.workspace import Workspace

RunCommand = Callable[[str, str, str, str], Awaitable[Answer]]


@dataclass(frozen=True)
class Doors:
    """What the page shows and what people can do on it.

    `run_command` takes a person's id, a channel's id, the command and its text; `connected` says whether the app is
    there. `born` is different each time the sandbox starts, so that a page left open notices.
    """

    workspace: Workspace
    manifest: Manifest
    run_command: RunCommand
    interactions: Interactions
    forms: Forms
    connected: Callable[[], bool]
    born: str = field(default_factory=lambda: secrets.token_hex(4))
