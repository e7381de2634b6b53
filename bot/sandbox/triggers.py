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
    used: bool = False


class Triggers:
    """The triggers of the last ten minutes, spent ones too. `real_seconds` is a clock that only grows."""

    def __init__(self, real_seconds: Callable[[], float] = time.monotonic) -> None:
        self._real_seconds = real_seconds
        self._issued: dict[str, _Trigger] = {}

    def issue(self, user_id: str) -> str:
        """Return a new trigger for something that this person has just done."""
        now = self._real_seconds()
        self._issued = {key: known for key, known in self._issued.items() if now - known.issued < KEPT_SECONDS}
        key = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._issued[key] = _Trigger(user_id, now)
        return key

    def check(self, key: str) -> None:
        """Raise TriggerError `invalid_trigger_id`, `exchanged_trigger_id` or `expired_trigger_id` if it is no use."""
        trigger = self._issued.get(key)
        if trigger is None:
            raise TriggerError("invalid_trigger_id")
        if trigger.used:
            raise TriggerError("exchanged_trigger_id")
        if self._real_seconds() - trigger.issued > LIFE_SECONDS:
            raise TriggerError("expired_trigger_id")

    def exchange(self, key: str) -> str:
        """Use a trigger up and return whose it is. Raises TriggerError as `check` does."""
        self.check(key)
        trigger = self._issued[key]
        trigger.used = True
        return trigger.user_id
