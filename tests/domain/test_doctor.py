"""What `encore doctor` says of what no test can bring about: a disk that is full, a Slack that hides the scopes."""

import pytest

from bot.domain import doctor
from bot.domain.doctor import Finding, State


@pytest.mark.parametrize(
    ("free", "state", "said"),
    [
        (5 << 30, State.OK, "5.0 GB are free for the database."),
        (1 << 30, State.OK, "1.0 GB are free for the database."),
        ((1 << 30) - 1, State.WARNING, "Only 1024 MB are free for the database."),
        (100 << 20, State.WARNING, "Only 100 MB are free for the database."),
        ((100 << 20) - 1, State.MISSING, "Only 100 MB are free for the database."),
        (0, State.MISSING, "Only 0 MB are free for the database."),
    ],
)
def test_a_disk_is_judged_by_what_is_free(free: int, state: State, said: str) -> None:
    found = doctor.disk(free)
    assert (found.state, found.said) == (state, said)
    assert bool(found.do) == (state is not State.OK)


def test_scopes_that_are_not_told_are_a_warning() -> None:
    [found] = doctor.scopes(None, {"commands": "/mystats"})
    assert (found.state, found.said) == (State.WARNING, "Slack does not say which scopes the bot token has.")


@pytest.mark.parametrize("granted", ["commands,chat:write", "chat:write, commands"])
def test_scopes_are_a_set(granted: str) -> None:
    needed = {"commands": "/mystats", "chat:write": "posts"}
    assert list(doctor.scopes(granted, needed)) == [
        Finding(State.OK, "The bot token has all 2 scopes that Encore needs.")
    ]


@pytest.mark.parametrize(
    ("ahead", "state"),
    [(60, State.OK), (-60, State.OK), (61, State.WARNING), (300, State.WARNING), (-301, State.MISSING)],
)
def test_a_clock_may_be_off_by_a_minute(ahead: float, state: State) -> None:
    assert doctor.right_time(ahead).state is state
