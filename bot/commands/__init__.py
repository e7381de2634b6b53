"""Everything Slack can send. A further command is a further row, and a row of manifest.yml."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from slack_bolt.async_app import AsyncApp

from bot.commands import kudos, mystats
from bot.commands.guard import Handler, guard
from bot.context import Context

COMMANDS: Final[Mapping[str, Handler]] = MappingProxyType({"/kudos": kudos.handle, "/mystats": mystats.handle})


def register(bolt: AsyncApp, ctx: Context) -> None:
    """Let every command reach its handler, through the guard."""
    for command, handler in COMMANDS.items():
        bolt.command(command)(guard(ctx, handler))
