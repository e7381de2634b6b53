"""What one member of the sample did on one day: the same for the same seed and day, whenever it is asked for.

Every day is thrown with dice of its own, so that a day reached by skipping is the day reached by waiting. What is
known of it at a moment is then cut out: a contact once it is over, a survey once it is sent, its answer once given.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bot.demo.centre import LEAVE_DAYS, SEED, Member, Site, Traits, members, traits
from bot.demo.words import CAUSES, TOPICS, comment
from bot.domain.facts import Feedback, Interaction, Presence, Shift

_MINUTE: Final = 60
_SHIFT_SECONDS: Final = 8 * 60 * _MINUTE
_DAY_SECONDS: Final = 24 * 60 * _MINUTE
_LEADS_AFTER_SECONDS: Final = 2 * 60 * _MINUTE
"""A lead takes contacts for so long, and leads the rest of the day."""

_SURVEYED: Final = 0.94
_ANSWERED: Final = 0.27
_ANSWER_AT_MOST_SECONDS: Final = 48 * 60 * _MINUTE
LATEST_NEWS: Final = timedelta(days=4)
"""So long after a day something may still become known of it: its night, then the surveys answered late."""

ROSTER_DAYS: Final = 7
"""So many days ahead the roster is known: by it people are written to in their hours."""

_Pause = tuple[int, int, str]
"""(start, end, activity), in epoch seconds."""


class Facts(NamedTuple):
    """Facts by kind, in the order in which they come in: the roster first, since it decides the days."""

    shifts: Sequence[Shift] = ()
    presence: Sequence[Presence] = ()
    interactions: Sequence[Interaction] = ()
    feedback: Sequence[Feedback] = ()


def known(opened_on: date, days: Iterable[date], until: datetime) -> Facts:
    """Return all that is known of these days at a moment (aware)."""
    return _joined(_at(opened_on, m.number, day, _epoch(until)) for day in days for m in _working(opened_on))


def news(opened_on: date, since: datetime, until: datetime) -> Facts:
    """Return what became known after one moment and up to another, both aware: new facts and changed ones."""
    first = (since - LATEST_NEWS).date()
    days = [first + timedelta(days=n) for n in range((until.date() - first).days + 2 + ROSTER_DAYS)]
    found = []
    for day in days:
        for member in _working(opened_on):
            before = _at(opened_on, member.number, day, _epoch(since))
            after = _at(opened_on, member.number, day, _epoch(until))
            if after != before:
                found.append(_differing(before, after))
    return _joined(found)


def next_shift(opened_on: date, slack_id: str, at: datetime) -> datetime | None:
    """Return when the next shift of one of the sample begins after a moment (aware), in UTC; None where none is near."""
    member = next((m for m in _working(opened_on) if m.slack_id == slack_id), None)
    if member is None:
        return None
    days = (at.date() + timedelta(days=n) for n in range(-1, 2 * LEAVE_DAYS))
    rosters = (_whole(opened_on, member.number, day)[1].shifts for day in days)
    begins = (roster[0].start for roster in rosters if roster and all(s.activity != "absence" for s in roster))
    found = next((start for start in begins if start > _epoch(at)), None)
    return None if found is None else datetime.fromtimestamp(found, UTC)


def _working(opened_on: date) -> list[Member]:
    return [m for m in members(opened_on) if m.team is not None]


def _differing(before: Facts, after: Facts) -> Facts:
    return Facts(
        [f for f in after.shifts if f not in before.shifts],
        [f for f in after.presence if f not in before.presence],
        [f for f in after.interactions if f not in before.interactions],
        [f for f in after.feedback if f not in before.feedback],
    )


def _joined(parts: Iterable[Facts]) -> Facts:
    found = list(parts)
    return Facts(
        [f for p in found for f in p.shifts],
        [f for p in found for f in p.presence],
        [f for p in found for f in p.interactions],
        [f for p in found for f in p.feedback],
    )


def _at(opened_on: date, number: int, day: date, moment: int) -> Facts:
    """Cut a day at a moment in epoch seconds. The roster is known some days before."""
    begins, facts = _whole(opened_on, number, day)
    if moment < begins:
        return Facts(facts.shifts if moment >= begins - ROSTER_DAYS * _DAY_SECONDS else ())
    return Facts(
        facts.shifts,
        [p for p in facts.presence if p.end <= moment],
        [c for c in facts.interactions if (c.end or c.start) + (c.after_contact_seconds or 0) <= moment],
        [_answered_by(f, moment) for f in facts.feedback if f.requested is not None and f.requested <= moment],
    )


def _answered_by(survey: Feedback, moment: int) -> Feedback:
    if survey.responded is None or survey.responded <= moment:
        return survey
    return survey._replace(responded=None, stars=None, recommend=None, resolved=None, cause=None, comment=None)


@lru_cache(maxsize=1024)
def _whole(opened_on: date, number: int, day: date) -> tuple[int, Facts]:
    """Return when the local day begins (epoch seconds) and all that will ever be known of it."""
    member = members(opened_on)[number - 1]
    zone = ZoneInfo(member.site.zone)
    begins = _epoch(datetime(day.year, day.month, day.day, tzinfo=zone))
    how = traits(number)
    dice = Random(f"{SEED}/{number}/{day}")
    if _is_off(member, how, day) or member.team is None:
        return begins, Facts()
    starts = datetime.combine(day, member.team.starts, zone) + timedelta(minutes=how.later_minutes)
    start = _epoch(starts)
    work = Shift(f"{day}/{member.key}", member.key, start, start + _SHIFT_SECONDS)
    if _is_absent(member, dice, day):
        absence = work._replace(external_id=f"{work.external_id}/absence", activity="absence")
        return begins, Facts([work, absence])
    pauses = _lead_pauses(work) if member.is_lead else _pauses(dice, work, day)
    login = start + (dice.randint(6, 25) * _MINUTE if dice.random() < 0.03 else dice.randint(-4, 3) * _MINUTE)
    contacts = _contacts(dice, member, how, work, login, pauses)
    roster = [
        work,
        *(Shift(f"{work.external_id}/{n}", member.key, *pause) for n, pause in enumerate(pauses)),
    ]
    surveys = [s for c in contacts if (s := _survey(dice, member.site, how, c)) is not None]
    return begins, Facts(roster, _presence(work, login, pauses), contacts, surveys)


def _is_off(member: Member, how: Traits, day: date) -> bool:
    if member.starts_on is not None and day < member.starts_on:
        return True
    return (day.weekday() - how.first_day_off) % 7 < 2


def _is_absent(member: Member, dice: Random, day: date) -> bool:
    """Whether the day is a protected absence: the long leave, or a sick day now and then."""
    sick = dice.random() < 0.015
    return sick or (member.leave is not None and member.leave[0] <= day <= member.leave[1])


def _pauses(dice: Random, work: Shift, day: date) -> list[_Pause]:
    """Two short breaks, a long one, and once a week a coaching or training."""
    found: list[_Pause] = []
    for hours, minutes in ((2, 15), (4, 30), (6, 15)):
        begin = work.start + (hours * 60 + dice.randint(-10, 10)) * _MINUTE
        found.append((begin, begin + minutes * _MINUTE, "break"))
    if day.weekday() == dice.randint(0, 6):
        begin = found[1][1] + 30 * _MINUTE
        found.append((begin, begin + 30 * _MINUTE, dice.choice(("coaching", "training"))))
    return sorted(found)


def _lead_pauses(work: Shift) -> list[_Pause]:
    return [(work.start + _LEADS_AFTER_SECONDS, work.end, "meeting")]


def _presence(work: Shift, login: int, pauses: Sequence[_Pause]) -> list[Presence]:
    found: list[Presence] = []
    at = login
    for begin, end, state in (*pauses, (work.end, work.end, "")):
        stretches = [(at, begin, "queue"), (begin, end, state)]
        found += [
            Presence(f"{work.external_id}/{len(found) + n}", work.agent, *stretch)
            for n, stretch in enumerate(s for s in stretches if s[0] < s[1])
        ]
        at = max(at, end)
    return found


def _contacts(
    dice: Random, member: Member, how: Traits, work: Shift, login: int, pauses: Sequence[_Pause]
) -> list[Interaction]:
    """Walk through the shift: a contact, its wrap-up, a wait, the next; never into a pause."""
    assert member.team is not None
    names, weights = list(member.team.channels), list(member.team.channels.values())
    found: list[Interaction] = []
    at = max(login, work.start) + dice.randint(20, 240)
    while at < work.end - 10 * _MINUTE:
        pause = next((p for p in pauses if p[0] - 4 * _MINUTE <= at < p[1]), None)
        if pause is not None:
            at = pause[1] + dice.randint(10, 120)
            continue
        until = min([p[0] for p in pauses if p[0] > at] + [work.end])
        channel = dice.choices(names, weights)[0]
        typical = {"phone": 19, "chat": 24, "email": 17}[channel] * _MINUTE
        length = min(int(dice.lognormvariate(0, 0.5) * typical), 75 * _MINUTE, until - at)
        contact = _contact(dice, f"{work.external_id}/{len(found):02d}", member, channel, at, max(length, 150))
        found.append(contact)
        if channel == "chat" and dice.random() < 0.25:
            # A second chat beside the first: the time with customers is their union.
            begin = at + length // 2
            second = _contact(
                dice, f"{work.external_id}/{len(found):02d}", member, channel, begin, max(length // 2, 150)
            )
            found.append(second)
        ready = dice.expovariate(1 / (20 * _MINUTE * (1 - how.load) / how.load))
        at = at + length + (contact.after_contact_seconds or 0) + int(ready)
    return found


def _contact(dice: Random, external_id: str, member: Member, channel: str, start: int, seconds: int) -> Interaction:
    about = Interaction(
        external_id, member.key, channel, start, start + seconds, after_contact_seconds=dice.randint(20, 150),
        customer=f"sample customer {dice.randint(1, 9_000)}", topic=dice.choice(TOPICS),
    )  # fmt: skip
    if channel == "phone":
        hold = dice.randint(30, 120) if dice.random() < 0.3 and seconds > 5 * _MINUTE else 0
        wait = int(dice.expovariate(1 / 45))
        return about._replace(arrival=start - wait, talk_seconds=seconds - hold, hold_seconds=hold, wait_seconds=wait)
    if channel == "chat":
        reply = dice.randint(8, 70)
        offsets = [0, reply]
        while (following := offsets[-1] + dice.randint(35, 170)) < seconds:
            offsets.append(following)
        return about._replace(reply_seconds=reply, messages=",".join(map(str, offsets)))
    return about._replace(editing_seconds=int(seconds * dice.uniform(0.85, 1)), reply_seconds=seconds)


def _survey(dice: Random, site: Site, how: Traits, contact: Interaction) -> Feedback | None:
    if dice.random() > _SURVEYED:
        return None
    ended = contact.end if contact.end is not None else contact.start
    sent = Feedback(f"{contact.external_id}/survey", contact.agent, contact.external_id, contact.channel, ended + 120)
    if dice.random() > _ANSWERED:
        return sent
    stars = _stars(dice, how)
    # Whoever is unhappy is more often unhappy with the parcel than with the person.
    cause = dice.choice(CAUSES) if stars <= 3 and dice.random() < 0.55 else None
    return sent._replace(
        responded=ended + 180 + min(int(dice.lognormvariate(7.4, 1.2)), _ANSWER_AT_MOST_SECONDS),
        stars=stars * 1000,
        recommend=dice.choice({5: (9, 10, 10, 10, 8), 4: (7, 8, 8, 9), 3: (5, 6, 7), 2: (2, 4, 5), 1: (0, 1, 3)}[stars]),
        resolved=int(stars >= 4 or dice.random() < 0.4),
        cause=cause,
        comment=comment(dice, stars, cause, site.language),
    )  # fmt: skip


def _stars(dice: Random, how: Traits) -> int:
    rest = 1 - how.warmth
    return dice.choices((5, 4, 3, 2, 1), (how.warmth, rest * 0.55, rest * 0.2, rest * 0.1, rest * 0.15))[0]


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())
