"""The sample is the same for the same seed, however a day was reached, and plausible."""

from datetime import UTC, date, datetime, timedelta
from statistics import mean
from zoneinfo import ZoneInfo

import pytest

from bot.demo import days
from bot.demo.centre import HOSTILE_NAME, NEW_HIRE, ON_LEAVE, members, named
from bot.demo.days import Facts
from bot.domain.facts import Interaction, Presence, Shift
from bot.domain.service_level import Day, service_level

OPENED_ON = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WEEK = [OPENED_ON - timedelta(days=n) for n in range(8)]


@pytest.fixture(scope="module")
def week() -> Facts:
    return days.known(OPENED_ON, WEEK, NOON)


def by_id(facts: Facts) -> dict[str, object]:
    return {f.external_id: f for kind in facts for f in kind}


def test_the_same_seed_makes_the_same_week(week: Facts) -> None:
    days._whole.cache_clear()
    assert days.known(OPENED_ON, WEEK, NOON) == week


def test_a_day_does_not_depend_on_how_it_was_reached(week: Facts) -> None:
    """Known at once, hour by hour, or after one long skip: the newest word on every fact is the same."""
    whole = [*WEEK, *(OPENED_ON + timedelta(days=n + 1) for n in range(days.ROSTER_DAYS + 1))]
    at_once = by_id(days.known(OPENED_ON, whole, NOON))
    start = NOON - timedelta(days=2)
    for steps in (1, 7, 48):
        reached = by_id(days.known(OPENED_ON, whole, start))
        for n in range(steps):
            since, until = (start + timedelta(days=2) * k / steps for k in (n, n + 1))
            reached |= by_id(days.news(OPENED_ON, since, until))
        assert reached == at_once


def test_the_next_shift_is_ones_own_and_whoever_is_away_has_theirs_after_it() -> None:
    agent, away = members(OPENED_ON)[0], named(OPENED_ON, ON_LEAVE)
    moment = NOON
    for _ in range(4):
        found = days.next_shift(OPENED_ON, agent.slack_id, moment)
        assert found is not None
        known = days.known(OPENED_ON, [found.date() + timedelta(days=n) for n in (-1, 0, 1)], found)
        assert (agent.key, int(found.timestamp())) in {(s.agent, s.start) for s in known.shifts}
        assert moment < found <= moment + timedelta(days=3, hours=12)
        moment = found
    back = days.next_shift(OPENED_ON, away.slack_id, NOON)
    assert away.leave is not None
    assert back is not None
    assert back.date() >= away.leave[1]
    assert days.next_shift(OPENED_ON, "UNOBODY", NOON) is None


def test_nothing_is_known_before_it_happened(week: Facts) -> None:
    now = int(NOON.timestamp())
    assert all(p.end <= now for p in week.presence)
    assert all(c.end is not None and c.end <= now for c in week.interactions)
    assert all((s.requested or 0) <= now and (s.responded or 0) <= now for s in week.feedback)


def test_every_fact_has_an_id_of_its_own(week: Facts) -> None:
    for kind in week:
        assert len({f.external_id for f in kind}) == len(kind)


def test_the_figures_are_those_of_a_good_contact_centre(week: Facts) -> None:
    answered = [f for f in week.feedback if f.stars is not None]
    assert 4.3 < mean((f.stars or 0) / 1000 for f in answered) < 4.7
    assert 0.2 < len(answered) / len(week.feedback) < 0.33
    assert {f.cause for f in answered} == {None, "delivery", "product", "policy", "system"}
    worked: dict[str, tuple[list[Interaction], list[Shift], list[Presence]]] = {}
    for kind, place in ((week.interactions, 0), (week.shifts, 1), (week.presence, 2)):
        for fact in kind:
            day, who = fact.external_id.split("/")[:2]
            if day < str(OPENED_ON):
                worked.setdefault(f"{day}/{who}", ([], [], []))[place].append(fact)  # type: ignore[arg-type]
    known = [service_level(Day(*facts), int(NOON.timestamp())) for facts in worked.values() if facts[0]]
    levels = [level.numerator / (level.denominator or 1) for level in known if level is not None]
    assert 0.75 < mean(levels) < 0.9


def test_the_channels_tell_what_theirs_can(week: Facts) -> None:
    chats = [c for c in week.interactions if c.channel == "chat"]
    mails = [c for c in week.interactions if c.channel == "email"]
    assert chats
    assert all(c.messages is not None and c.reply_seconds is not None for c in chats)
    assert mails
    assert all(c.editing_seconds is not None for c in mails)


def test_a_night_in_manila_crosses_midnight(week: Facts) -> None:
    nights = {m.key for m in members(OPENED_ON) if m.team is not None and m.team.name == "Manila Nights"}
    shifts = [s for s in week.shifts if s.activity == "work" and s.agent in nights]
    assert shifts
    for shift in shifts:
        first, last = (datetime.fromtimestamp(at, ZoneInfo("Asia/Manila")).date() for at in (shift.start, shift.end))
        assert last == first + timedelta(days=1)


def test_some_people_are_special(week: Facts) -> None:
    everybody = members(OPENED_ON)
    assert len({m.handle for m in everybody}) == len(everybody)
    assert len([m for m in everybody if m.team is not None]) == 40
    assert {m.name for m in everybody} >= {HOSTILE_NAME}
    assert named(OPENED_ON, NEW_HIRE).starts_on == OPENED_ON - timedelta(weeks=3)
    away = named(OPENED_ON, ON_LEAVE)
    assert not [c for c in week.interactions if c.agent == away.key]
    assert {s.activity for s in week.shifts if s.agent == away.key} == {"work", "absence"}
    before = days.known(OPENED_ON, [OPENED_ON - timedelta(days=n) for n in range(28, 35)], NOON)
    assert [c for c in before.interactions if c.agent == away.key]
