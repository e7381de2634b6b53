"""Slack asked from the command line: one call at a time, with a time-out, and no word of its tokens in any error."""

import http.client
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse, WebClient

from bot.domain.doctor import Finding, State
from bot.domain.readiness import Seen

ERROR: Final = re.compile(r"\w+")
QUIET: Final = logging.getLogger("encore.slack")
"""The library tells on standard error of whatever goes wrong, and here it is told in plain words."""
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False


class NoAnswerError(Exception):
    """Slack did not answer what was asked; `finding` says why."""

    def __init__(self, said: str, do: str) -> None:
        super().__init__(said)
        self.finding = Finding(State.MISSING, said, do, "Slack does not answer")


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack answered. `error` is its name for a refusal, empty where it did what was asked.

    `headers` have lower-case names; `at` is the moment of the call by this machine's clock.
    """

    error: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    at: datetime


class Slack:
    """Slack's Web API at an address; `now` is this machine's clock."""

    def __init__(self, api_url: str, seconds: float, now: Callable[[], datetime]) -> None:
        self.api_url: Final = api_url
        self._seconds: Final = seconds
        self._now: Final = now
        # urllib takes whole seconds and parts of them alike; the type only knows the whole ones.
        timeout: Any = seconds
        self._client: Final = WebClient(base_url=api_url, timeout=timeout, retry_handlers=[], logger=QUIET)

    def ask(self, method: str, token: str | None = None, **arguments: str | int) -> Answer:
        """Call a method and return its answer, a refusal too; NoAnswerError where there is none."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        began = self._now()
        try:
            response = self._client.api_call(method, params=arguments, headers=headers)
        except SlackApiError as error:
            response = error.response
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self._unreached(error) from None
        return self._judged(response, began + (self._now() - began) / 2)

    def channel(self, token: str, channel_id: str) -> Seen | Answer | None:
        """Return the channel of an id, None where the bot is shown none, or the answer that refuses to say."""
        answer = self.ask("conversations.info", token, channel=channel_id)
        if answer.error == "channel_not_found":
            return None
        return answer if answer.error else _seen(answer.body["channel"])

    def joined(self, token: str) -> list[Seen] | Answer:
        """Return the channels that the bot is in, or the answer that refuses to say."""
        found: list[Seen] = []
        cursor = ""
        while True:
            answer = self.ask(
                "users.conversations", token, types="public_channel,private_channel", limit=200, cursor=cursor
            )
            if answer.error:
                return answer
            # These are the bot's own, and so Slack does not say of each that it is a member.
            found += [Seen(row["name"], True, bool(row.get("is_archived"))) for row in answer.body["channels"]]
            cursor = (answer.body.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return found

    def _judged(self, response: SlackResponse, at: datetime) -> Answer:
        headers = {str(name).lower(): str(value) for name, value in response.headers.items()}
        body = response.data if isinstance(response.data, dict) else {}
        error = "" if body.get("ok") else str(body.get("error") or "")
        if error == "ratelimited" or response.status_code == 429:
            wait = headers.get("retry-after", "60")
            raise NoAnswerError(f"Slack asks to wait {wait} seconds.", "Run `encore doctor` again after that.")
        if response.status_code >= 500:
            raise NoAnswerError(
                f"Slack has a problem of its own (HTTP {response.status_code}).",
                "Try again in a while; status.slack.com tells how Slack is.",
            )
        if not body.get("ok") and not ERROR.fullmatch(error):
            raise NoAnswerError(
                f"What answers at {self.api_url} is not Slack (HTTP {response.status_code}).",
                "Leave ENCORE_SLACK_API_URL out, and look whether a proxy stands in between.",
            )
        return Answer(error, body, headers, at)

    def _unreached(self, error: Exception) -> NoAnswerError:
        cause = getattr(error, "reason", error)
        late = isinstance(cause, TimeoutError)
        why = f"no answer came within {self._seconds:g} seconds" if late else _words(cause)
        return NoAnswerError(
            f"Slack cannot be reached at {self.api_url}: {why}.",
            "Look at the network of this machine; where a proxy is needed, HTTPS_PROXY names it.",
        )


def _seen(row: Mapping[str, Any]) -> Seen:
    return Seen(str(row["name"]), bool(row.get("is_member")), bool(row.get("is_archived")))


def _words(cause: object) -> str:
    """Return why a connection failed. Only the system's words: a library's own could hold what was sent."""
    told = cause.strerror if isinstance(cause, OSError) else None
    return told or type(cause).__name__
