"""What happened: the records that figures are made of, as a source told them.

Moments in a fact are whole seconds since 1970 in UTC, rounded once, on entry: every figure is a sum of seconds, and a
month of calls is tens of thousands of rows. Hence also plain named tuples instead of dataclasses: a fact is made once
a row of a file, and its fields, in this order, are the columns of its table (docs/decisions/0002).

`None` means "not known" and is never zero: no reply is not a reply after 0 seconds.
"""

from typing import Final, Literal, NamedTuple

Kind = Literal["interactions", "feedback", "shifts", "presence", "people"]
KINDS: Final[tuple[Kind, ...]] = ("interactions", "feedback", "shifts", "presence", "people")

CHANNELS: Final = ("phone", "chat", "message", "email", "social", "other")
"""How a customer reached us. Boards and figures join them under the channel `all`."""

ACTIVITIES: Final = ("work", "break", "coaching", "training", "meeting", "outage", "duty", "absence")
"""What a stretch of the roster is planned for. `work` is the shift itself; the others lie within one and take its
time off the queue (`duty` is a representative's duty). `absence` marks a protected absence: no shift to be judged."""

STATES: Final = (
    "queue", "ready", "contact", "after_contact", "break", "coaching", "training", "meeting", "outage", "duty", "away",
)  # fmt: skip
"""What an agent was really doing. `queue` is logged in without further detail, `ready` is waiting for a contact."""

CAUSES: Final = ("agent", "delivery", "product", "policy", "system")
"""What a customer's rating was about. Anything but the agent counts for the team alone (KPIS.md)."""


class Interaction(NamedTuple):
    """One contact of one agent with one customer."""

    external_id: str
    agent: str | None
    """The source's own name or id of the agent; None where nobody was assigned."""
    channel: str
    start: int
    """When the agent's part began; epoch seconds."""
    end: int | None = None
    arrival: int | None = None
    """When the customer reached us, where the source knows it: the contact's own beginning."""
    talk_seconds: int | None = None
    hold_seconds: int | None = None
    after_contact_seconds: int | None = None
    wait_seconds: int | None = None
    """Waiting in the queue, before anybody was assigned: a figure of the team, never of an agent."""
    reply_seconds: int | None = None
    """From the assignment to the first reply; None where there was no reply."""
    editing_seconds: int | None = None
    """Measured time of writing an e-mail or social reply."""
    messages: str | None = None
    """Seconds after `start` of every message of either side, ascending, joined by commas; None where not known."""
    customer_left: int | None = None
    """When the customer left a chat that stayed open; epoch seconds."""
    customer: str | None = None
    topic: str | None = None


class Feedback(NamedTuple):
    """A survey: that it was sent, and what the customer answered."""

    external_id: str
    agent: str | None
    """Whom the survey names; None where it names nobody."""
    contact: str | None
    """The external_id of the contact it is about."""
    channel: str
    requested: int | None = None
    """When the survey was sent; epoch seconds."""
    responded: int | None = None
    stars: int | None = None
    """Stars x 1000, from 1000 to 5000."""
    recommend: int | None = None
    """How likely the customer is to recommend us, 0 to 10."""
    resolved: int | None = None
    """1 where the customer says it was resolved, 0 where not."""
    cause: str | None = None
    """One of CAUSES; None reads as `agent`."""
    disputed: int = 0
    """1 while the rating is disputed: it does not count until that is decided."""
    comment: str | None = None


class Shift(NamedTuple):
    """A stretch of the roster; `activity` `work` is a shift, the others lie within one."""

    external_id: str
    agent: str | None
    start: int
    end: int
    activity: str = "work"


class Presence(NamedTuple):
    """What an agent was really doing, for a stretch of time."""

    external_id: str
    agent: str | None
    start: int
    end: int
    state: str = "queue"


class Profile(NamedTuple):
    """A person as a roster or directory lists them."""

    external_id: str
    agent: str | None
    """The display name; the external_id is the source's id of the same person."""
    email: str | None = None
    slack_id: str | None = None
    site: str | None = None
    team: str | None = None
    role: str | None = None
    """`agent`, `lead` (of the team), `recovery`, `executive` or `admin`."""
    employer: str | None = None
    locale: str | None = None
    starts_on: str | None = None
    """The first day of work, as YYYY-MM-DD."""
    contracted_minutes: int | None = None
    """Contracted minutes a week."""


Fact = Interaction | Feedback | Shift | Presence
Record = Fact | Profile
RECORDS: Final[dict[Kind, type[Record]]] = {
    "interactions": Interaction,
    "feedback": Feedback,
    "shifts": Shift,
    "presence": Presence,
    "people": Profile,
}
