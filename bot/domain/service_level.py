"""The personal service level: the share of queue time spent with customers (KPIS.md, "Personal service level")."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.facts import Interaction, Presence, Shift
from bot.domain.intervals import Interval, intersect, seconds, subtract, union
from bot.domain.parts import Parts

ACTIVE_AFTER_MESSAGE_SECONDS: Final = 3 * 60
WRITING_CAP_SECONDS: Final = 15 * 60
QUIET_SHARE: Final = 0.25
IDLE_AFTER_LEAVING_SECONDS: Final = 60

OFF_QUEUE: Final = frozenset({"break", "coaching", "training", "meeting", "outage", "duty"})
"""States that take rostered time off the queue. Being `away` is none of them: it is queue time without a customer."""
CONVERSATIONS: Final = frozenset({"chat", "message"})
WRITINGS: Final = frozenset({"email", "social"})


@dataclass(frozen=True, slots=True)
class Day:
    """What is known of one person's work day; facts in any order."""

    contacts: Sequence[Interaction]
    roster: Sequence[Shift]
    presence: Sequence[Presence]


def service_level(day: Day, now: int, *, after_contact_is_customer_time: bool = False) -> Parts | None:
    """Return customer seconds over queue seconds of one work day; `now` in epoch seconds.

    None where it cannot be measured: no roster and no log-in known, a contact whose time with the customer is not
    known, or a quiet day (ready and waiting for more than a quarter of the queue time), which is not judged.
    """
    after_contact = _after_contact(day)
    queue = intersect(_on_duty(day), [(0, now)])
    if not after_contact_is_customer_time:
        queue = subtract(queue, after_contact)
    if not queue:
        return None
    ready = intersect(union((p.start, p.end) for p in day.presence if p.state == "ready"), queue)
    if seconds(ready) > QUIET_SHARE * seconds(queue):
        return None
    with_customers: list[Interval] = []
    for contact in day.contacts:
        times = customer_time(contact)
        if times is None:
            return None
        with_customers += times
    if after_contact_is_customer_time:
        with_customers += after_contact
    customer = intersect(union(with_customers), queue)
    return Parts(seconds(customer), seconds(queue), 1)


def customer_time(contact: Interaction) -> list[Interval] | None:
    """Return when the agent was with the customer of this contact, None where the source does not tell."""
    if contact.channel in CONVERSATIONS:
        return _conversation(contact)
    if contact.channel in WRITINGS:
        return _writing(contact)
    if contact.talk_seconds is not None:
        return [(contact.start, contact.start + contact.talk_seconds + (contact.hold_seconds or 0))]
    return None if contact.end is None else [(contact.start, contact.end)]


def _conversation(contact: Interaction) -> list[Interval] | None:
    """A session is active from a message until 3 minutes after the last message of either side."""
    if not contact.messages:
        return None
    moments = [contact.start + int(offset) for offset in contact.messages.split(",")]
    active = union((at, at + ACTIVE_AFTER_MESSAGE_SECONDS) for at in moments)
    closed = contact.end
    if contact.customer_left is not None:
        # A chat still open a minute after its customer left is idle from then on.
        idle_from = contact.customer_left + IDLE_AFTER_LEAVING_SECONDS
        closed = idle_from if closed is None else min(closed, idle_from)
    return active if closed is None else intersect(active, [(contact.start, closed)])


def _writing(contact: Interaction) -> list[Interval] | None:
    if contact.editing_seconds is not None:
        end = contact.end if contact.end is not None else contact.start + contact.editing_seconds
        return [(end - contact.editing_seconds, end)]
    if contact.end is None:
        return None
    return [(max(contact.start, contact.end - WRITING_CAP_SECONDS), contact.end)]


def _on_duty(day: Day) -> list[Interval]:
    """The roster less what takes people off the queue; where no roster is known, the logged-in time."""
    off = union(
        [(s.start, s.end) for s in day.roster if s.activity != "work"]
        + [(p.start, p.end) for p in day.presence if p.state in OFF_QUEUE]
    )
    shifts = union((s.start, s.end) for s in day.roster if s.activity == "work")
    logged_in = union((p.start, p.end) for p in day.presence if p.state != "away")
    return subtract(shifts or logged_in, off)


def _after_contact(day: Day) -> list[Interval]:
    return union([(p.start, p.end) for p in day.presence if p.state == "after_contact"] + list(_wrap_ups(day.contacts)))


def _wrap_ups(contacts: Iterable[Interaction]) -> Iterable[Interval]:
    for contact in contacts:
        end = contact.end
        if end is None:
            end = max((end for _, end in customer_time(contact) or ()), default=None)
        if contact.after_contact_seconds and end is not None:
            yield (end, end + contact.after_contact_seconds)
