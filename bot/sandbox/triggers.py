"""Trigger ids: each opens one modal, within three real seconds of the deed it came from."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

LIFE_SECONDS: Final = 3.0
KEPT_SECONDS: Final = 600.0


class TriggerError(Exception):
    """The trigger opens nothing; `error` is Slack's name for why."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass
class _Trigger:
    user_id: str
    issued: float
    view_id: str | None
    used: bool = False


class Triggers:
    """The triggers of the last ten minutes, spent ones too. `real_seconds` is a clock that only grows."""

    def __init__(self, real_seconds: Callable[[], float] = time.monotonic) -> None:
        self._real_seconds = real_seconds
        self._issued: dict[str, _Trigger] = {}

    def issue(self, user_id: str, view_id: str | None = None) -> str:
        """Return a new trigger for something that this person has just done, in the view `view_id` if in one."""
        now = self._real_seconds()
        while self._issued and now - next(iter(self._issued.values())).issued >= KEPT_SECONDS:
            del self._issued[next(iter(self._issued))]
        key = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._issued[key] = _Trigger(user_id, now, view_id)
        return key

    def check(self, key: str) -> str:
        """Return whose trigger it is.

        Raises TriggerError `invalid_trigger_id`, `exchanged_trigger_id` or `expired_trigger_id` if it is no use.
        """
        trigger = self._issued.get(key)
        if trigger is None:
            raise TriggerError("invalid_trigger_id")
        if trigger.used:
            raise TriggerError("exchanged_trigger_id")
        if self._real_seconds() - trigger.issued > LIFE_SECONDS:
            raise TriggerError("expired_trigger_id")
        return trigger.user_id

    def is_known(self, key: str) -> bool:
        """Return whether such a trigger was issued in the last ten minutes, used or not."""
        return key in self._issued

    def view_of(self, key: str) -> str | None:
        """Return the view in which the trigger arose, None if in none or if it is unknown."""
        trigger = self._issued.get(key)
        return trigger.view_id if trigger else None

    def exchange(self, key: str) -> str:
        """Use a trigger up and return whose it is. Raises TriggerError as `check` does."""
        user_id = self.check(key)
        self._issued[key].used = True
        return user_id
