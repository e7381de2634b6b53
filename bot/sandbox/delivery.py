"""How a payload reaches the app: over Socket Mode or as a signed HTTP request. One acknowledgement comes back."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Final, Literal, Protocol
from urllib.parse import urlencode

import httpx

from bot.sandbox.model import Json
from bot.sandbox.strict_json import read_json

Kind = Literal["slash_commands", "interactive", "events_api"]
Spoil = Literal["forged_signature", "old_timestamp"]

OLD_SECONDS: Final = 10 * 60
"""How old a request is that pretends to be fresh; Slack advises to refuse what is older than five minutes."""


class DeliveryError(Exception):
    """The app did not take a payload.

    `error` is the name Slack shows: `operation_timeout` or `dispatch_failed`; `reason` is what a repeat of an event says
    about it, `final` whether the app asked for no repeat.
    """

    def __init__(self, error: str, reason: str = "unknown_error", *, final: bool = False) -> None:
        super().__init__(error)
        self.error = error
        self.reason = reason
        self.final = final


@dataclass(frozen=True)
class Parcel:
    """One payload on its way. `attempt` counts the repeats of an event, `reason` says why it is repeated.

    `spoiled` makes it a request that does not come from Slack, or comes late: it only has a meaning over HTTP.
    """

    kind: Kind
    payload: Json
    attempt: int = 0
    reason: str = ""
    spoiled: Spoil | None = None


class Delivery(Protocol):
    """A way to the app."""

    async def send(self, parcel: Parcel, seconds: float) -> Json:
        """Deliver and return what the app acknowledged with, {} for nothing. Raises DeliveryError after `seconds`."""
        ...


class SignedHttp:
    """Deliveries as HTTP requests to one address, signed with the app's secret."""

    def __init__(self, request_url: str, signing_secret: str, client: httpx.AsyncClient) -> None:
        self._request_url = request_url
        self._signing_secret = signing_secret
        self._client = client

    async def send(self, parcel: Parcel, seconds: float) -> Json:
        """Deliver as `Delivery.send` says; any status but 200 (for events: but 2xx) counts as not taken."""
        body, content_type = _encoded(parcel.kind, parcel.payload)
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        headers |= self._signature(body, parcel.spoiled)
        if parcel.attempt:
            headers |= {"X-Slack-Retry-Num": str(parcel.attempt), "X-Slack-Retry-Reason": parcel.reason}
        try:
            # The limit is for the whole exchange: a client's own would begin anew with every piece that arrives.
            async with asyncio.timeout(seconds):
                response = await self._client.post(self._request_url, content=body, headers=headers, timeout=None)
        except TimeoutError:
            raise DeliveryError("operation_timeout", "http_timeout") from None
        except httpx.HTTPError:
            raise DeliveryError("dispatch_failed", "connection_failed") from None
        # Commands and actions want a 200, events any success.
        taken = response.is_success if parcel.kind == "events_api" else response.status_code == httpx.codes.OK
        if not taken:
            final = response.headers.get("x-slack-no-retry") == "1"
            raise DeliveryError("dispatch_failed", "http_error", final=final)
        return _acknowledged(response)

    def _signature(self, body: bytes, spoiled: Spoil | None) -> dict[str, str]:
        now = int(time.time())
        if spoiled == "forged_signature":
            return signature_headers("not the app's secret", body, now)
        return signature_headers(self._signing_secret, body, now - OLD_SECONDS if spoiled else now)


def signature_headers(signing_secret: str, body: bytes, timestamp: int) -> dict[str, str]:
    """Return the two headers with which Slack signs `body` at `timestamp`, real seconds since 1970."""
    signed = b"v0:%d:%s" % (timestamp, body)
    digest = hmac.new(signing_secret.encode(), signed, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(timestamp), "X-Slack-Signature": f"v0={digest}"}


def _encoded(kind: Kind, payload: Json) -> tuple[bytes, str]:
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _acknowledged(response: httpx.Response) -> Json:
    if not response.content:
        return {}
    words = {"text": response.content.decode(errors="replace")}
    if response.headers.get("content-type", "").startswith("application/json"):
        try:
            read = read_json(response.content)
        except ValueError:
            return words
        return read if isinstance(read, dict) else words
    return words
