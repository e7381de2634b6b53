"""Everything Slack can send. A further one is a further row, and a row of manifest.yml."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from slack_bolt.async_app import AsyncApp

from bot.commands import kudos, mystats
from bot.commands.guard import Guard, Row
from bot.commands.request import Kind
from bot.context import Context

COMMANDS: Final[Mapping[str, Row]] = MappingProxyType(
    {
        "/kudos": Row(kudos.handle, linked=False),
        "/mystats": Row(mystats.handle, linked=False),
    }
)
"""By the command as it is typed."""

ACTIONS: Final[Mapping[str, Row]] = MappingProxyType({})
"""By the `action_id` of a button or menu; a colon and what follows it only tells several apart."""

FORMS: Final[Mapping[str, Row]] = MappingProxyType({})
"""By the name of the form."""

SHORTCUTS: Final[Mapping[str, Row]] = MappingProxyType({})
"""By the `callback_id` of the manifest."""

_ANY: Final = re.compile("")


def register(bolt: AsyncApp, ctx: Context) -> Guard:
    """Let everything reach its handler, through the guard, which is to be finished before Encore ends."""
    guard = Guard(
        ctx, {Kind.COMMAND: COMMANDS, Kind.ACTION: ACTIONS, Kind.FORM: FORMS, Kind.SHORTCUT: SHORTCUTS}
    )  # fmt: skip
    for command in COMMANDS:
        bolt.command(command)(guard.command)
    bolt.action(_ANY)(guard.action)
    bolt.view(_ANY)(guard.form)
    bolt.shortcut(_ANY)(guard.shortcut)
    return guard
