"""What Slack documents of everything it sends to an app: keys only, each row with the page they were read from.

To prove a payload:     assert differences(DOCUMENTED["view_submission"], payload) == []
To prove an event:      assert event_differences("message/thread_reply", body) == []   # the envelope and the event
To prove one element:   assert differences(ACTIONS["button"], action) == [], likewise STATES, VIEWS
A difference names a key: "missing: user.name", "not Slack's: user.age". The names of the rows are the keys of DOCUMENTED.
Rows are written in `documented_interactions`, `documented_events`, `documented_answers`; their notation in `documented_keys`.
"""

from typing import Any

from .documented_answers import ANSWERS, RESPONSE_ACTIONS
from .documented_events import DELIVERY, ENVELOPES, EVENTS
from .documented_interactions import ACTIONS, INTERACTIONS, STATES, VIEWS
from .documented_keys import Documented, differences

__all__ = ["ACTIONS", "DOCUMENTED", "STATES", "VIEWS", "Documented", "differences", "event_differences"]

DOCUMENTED: dict[str, Documented] = {
    **INTERACTIONS,
    **ENVELOPES,
    **EVENTS,
    **DELIVERY,
    **ANSWERS,
    **RESPONSE_ACTIONS,
}


def event_differences(name: str, body: Any) -> list[str]:
    """Return how the body of an Events API request differs from Slack's, with its event held against the row `name`."""
    envelope = ENVELOPES.get(f"event_callback/{name.partition('/')[0]}", ENVELOPES["event_callback"])
    outer = differences(envelope, body)
    if not isinstance(body, dict) or not isinstance(body.get("event"), dict):
        return outer
    return outer + differences(EVENTS[name], body["event"], "event")
