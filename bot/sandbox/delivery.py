"""How a payload reaches the app: over Socket Mode or as a signed HTTP request. One acknowledgement comes back."""

import hashlib
import hmac
import json
import time
from typing import Literal, Protocol
from urllib.parse import urlencode

import httpx

from bot.sandbox.model import Json

Kind = Literal["slash_commands", "interactive", "events_api"]


class DeliveryError(Exception):
    """The app did not take a payload; `error` is the name Slack shows: `operation_timeout` or `dispatch_failed`."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Delivery(Protocol):
    """A way to the app."""

    async def send(self, kind: Kind, payload: Json, seconds: float) -> Json:
        """Deliver and return what the app acknowledged with, {} for nothing. Raises DeliveryError after `seconds`."""
        ...


class SignedHttp:
    """Deliveries as HTTP requests to one address, signed with the app's secret."""

    def __init__(self, request_url: str, signing_secret: str, client: httpx.AsyncClient) -> None:
        self._request_url = request_url
        self._signing_secret = signing_secret
        self._client = client

    async def send(self, kind: Kind, payload: Json, seconds: float) -> Json:
        """Deliver as `Delivery.send` says; any status but 200 counts as not taken."""
        body, content_type = _encoded(kind, payload)
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        headers |= signature_headers(self._signing_secret, body, int(time.time()))
        try:
            response = await self._client.post(self._request_url, content=body, headers=headers, timeout=seconds)
        except httpx.TimeoutException:
            raise DeliveryError("operation_timeout") from None
        except httpx.HTTPError:
            raise DeliveryError("dispatch_failed") from None
        if response.status_code != httpx.codes.OK:
            raise DeliveryError("dispatch_failed")
        return _acknowledged(response)


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
    if response.headers.get("content-type", "").startswith("application/json"):
        try:
            read = response.json()
        except ValueError:
            return {"text": response.text}
        return read if isinstance(read, dict) else {"text": response.text}
    return {"text": response.text}
