"""The sandbox's clock only goes forwards, and takes the messages along."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.errors import RefusedError
from bot.sandbox.clock import Clock, tomorrow_at
from bot.sandbox.model import Channel, Person, moment_of
from bot.sandbox.workspace import Workspace


def test_it_runs_from_where_it_was_set(clock: Clock) -> None:
    first = clock.now()
    assert timedelta(0) <= first - datetime(2026, 11, 18, 13, 0, tzinfo=UTC) < timedelta(seconds=30)
    assert first.tzinfo is UTC
    assert clock.now() >= first


def test_without_a_start_it_shows_real_time() -> None:
    assert abs(Clock().now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_move_is_told_to_listeners_until_they_stop_listening(clock: Clock) -> None:
    heard: list[datetime] = []
    end = clock.on_move(lambda: heard.append(clock.now()))
    skipped = clock.skip(timedelta(hours=1))
    end()
    end()
    clock.skip(timedelta(hours=1))
    assert len(heard) == 1
    assert heard[0] - skipped < timedelta(seconds=30)


def test_it_refuses_to_go_back(clock: Clock) -> None:
    with pytest.raises(RefusedError):
        clock.skip(timedelta(seconds=-1))
    with pytest.raises(RefusedError):
        clock.move_to(datetime(2020, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/Belgrade", datetime(2026, 10, 25, 8, tzinfo=UTC)),  # the night in which summer time ends
        ("Asia/Manila", datetime(2026, 10, 26, 1, tzinfo=UTC)),  # where it is already the 25th
    ],
)
def test_tomorrow_is_the_persons_own(zone: str, expected: datetime) -> None:
    evening = datetime(2026, 10, 24, 18, 30, tzinfo=UTC)
    assert tomorrow_at(evening, ZoneInfo(zone), 9) == expected


def test_messages_live_on_it_and_never_share_a_moment(
    clock: Clock, workspace: Workspace, team: Channel, ana: Person
) -> None:
    stamps = [workspace.post(team.slack_id, ana.slack_id, "hello").ts for _ in range(200)]
    assert stamps == sorted(set(stamps))
    clock.move_to(datetime(2026, 12, 24, 9, 0, tzinfo=UTC))
    later = workspace.post(team.slack_id, ana.slack_id, "a month on")
    assert moment_of(later.ts) >= datetime(2026, 12, 24, 9, 0, tzinfo=UTC)
