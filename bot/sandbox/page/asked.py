"""What a request of the page's script says, read strictly."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.interactions import OnMessage, OnView, Place
from bot.sandbox.model import Channel


class AskedError(Exception):
    """The request is not one that the page makes."""


@dataclass(frozen=True)
class Asked:
    """The fields of a request: of its address, its form or its JSON."""

    fields: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return a text. Raises AskedError if it is none."""
        value = self.fields.get(name)
        if not isinstance(value, str):
            raise AskedError(name)
        return value

    def texts(self, name: str) -> list[str]:
        """Return a list of texts. Raises AskedError if it is none."""
        return _texts(self.fields.get(name))

    def typed(self) -> dict[str, dict[str, list[str]]]:
        """Return what stands in all elements: lists of texts by block and action. Raises AskedError."""
        state = self.fields.get("state")
        if not isinstance(state, dict) or not all(isinstance(row, dict) for row in state.values()):
            raise AskedError("state")
        return {
            block_id: {action_id: _texts(values) for action_id, values in row.items()}
            for block_id, row in state.items()
        }

    def place(self, channel: Channel) -> Place:
        """Return the message in the channel, or the view, that something was done in. Raises AskedError if none."""
        if "view" in self.fields:
            return OnView(self.text("view"))
        if self.text("channel") != channel.slack_id:
            raise AskedError("channel")
        return OnMessage(channel.slack_id, self.text("ts"))


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise AskedError("texts")
    return value
