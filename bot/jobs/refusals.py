"""What it means that Slack refuses: for good, for now, not at all, or nobody knows."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from slack_sdk.errors import SlackApiError

HOPELESS: Final = frozenset(
    {
        "channel_not_found", "ekm_access_denied", "invalid_blocks", "invalid_blocks_format", "is_archived",
        "is_inactive", "messages_tab_disabled", "missing_scope", "msg_blocks_too_long", "msg_too_long", "no_text",
        "not_in_channel", "org_login_required", "restricted_action", "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel", "team_access_not_granted", "user_disabled", "user_not_found",
    }
)  # fmt: skip
"""Answers that will not change by asking again."""

ACCOUNT: Final = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"})
"""Answers that Encore gets and not the message: they change when an admin installs it again or mends its token."""

BLOCKS_REFUSED: Final = frozenset({"invalid_blocks", "invalid_blocks_format"})

UNCERTAIN: Final = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
"""Answers after which nobody knows whether Slack did it; any with a status of 500 or more is such a one."""

NEEDLESS: Final = frozenset({"cant_update_message", "edit_window_closed", "message_not_found"})
"""Answers to an edit whose message is gone, or may not be changed any more: there is nothing left to do."""

PASSING_WAIT: Final = timedelta(seconds=30)
"""How long a refusal is waited for that should pass, where Slack does not say it."""

LEAST_WAIT: Final = timedelta(seconds=1)
MOST_WAIT: Final = timedelta(hours=1)
"""What Slack asks for is obeyed between these: neither in a circle nor, by a slip, for years."""

_LIMITED: Final = frozenset({"ratelimited", "rate_limited"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer of Slack's that is no yes."""

    name: str
    """Slack's word for it, empty where the answer is not one of Slack's own."""
    status: int
    method: str
    retry_after: str | None

    @property
    def limited(self) -> bool:
        """Whether it was asked too often, and did nothing."""
        return self.name in _LIMITED or self.status == HTTPStatus.TOO_MANY_REQUESTS

    @property
    def definite(self) -> bool:
        """Whether Slack surely did nothing."""
        return bool(self.name) and self.name not in UNCERTAIN and self.status < HTTPStatus.INTERNAL_SERVER_ERROR

    @property
    def answered(self) -> bool:
        """Whether Slack itself answered, and not something between that knows nothing of it."""
        return bool(self.name) or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR

    @property
    def wait(self) -> timedelta:
        """How long the method is to be left alone."""
        try:
            return min(max(timedelta(seconds=float(self.retry_after or "")), LEAST_WAIT), MOST_WAIT)
        except (ValueError, OverflowError):
            return PASSING_WAIT


def refusal_of(error: SlackApiError) -> Refusal:
    """Read an error of Slack's library, whatever stood in the answer: a proxy between may have said anything."""
    response = error.response
    body = getattr(response, "data", None)
    name = body.get("error") if isinstance(body, dict) else None
    method = str(getattr(response, "api_url", "")).partition("?")[0].rpartition("/")[2]
    # Where the body was no JSON the library hands on aiohttp's own answer.
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    return Refusal(str(name or ""), status, method, response.headers.get("Retry-After"))
