"""Answers by a response_url are sent once, as posts are: Slack's library repeats those whose answer was lost."""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncBoltContext, AsyncRespond
from slack_sdk.webhook import WebhookResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient


class Respond(AsyncRespond):
    """What listeners get from Bolt as `respond`, without the library's own tries."""

    async def __call__(self, **message: Any) -> WebhookResponse:  # type: ignore[override]
        """Send a message, or what is to become of an earlier one, in Slack's own words."""
        assert self.response_url is not None
        client = AsyncWebhookClient(self.response_url, retry_handlers=[])
        return await client.send_dict(message)


async def once(context: AsyncBoltContext, next_: Callable[[], Awaitable[None]]) -> None:
    """Let every listener get this `respond`."""
    context["respond"] = Respond(response_url=context.response_url)
    await next_()
