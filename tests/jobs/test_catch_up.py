"""What becomes of periods whose time was missed, of a schedule that is changed, and of a board that cannot be made."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from bot.app import Running
from bot.domain.dead_letters import DeadRun
from bot.domain.people import Role
from bot.domain.periods import PeriodKind
from bot.services import dead_letters, posting
from bot.store import tables
from bot.store.runs import DueRun
from tests.encore import House, go_live, house, link, sandboxed, serving, thursday, until
from tests.jobs.personal import grant, rows, settle, words_to
from tests.stories.facts import CEBU, LISBON, call

LEA = "ULEA"
DAYS = [f"2026-03-{day:02}" for day in range(2, 7)]
"""Monday to Friday, each with figures; the stories begin on Friday morning."""


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    where = house(database_url)
    where.workspace.rates = False
    yield where
    where.centre.close()


def board(policy: str, **fields: object) -> dict[str, object]:
    return {"key": "stars", "metric": "csat", "at": "09:00", "catch_up": policy, **fields}


def bring(where: House, *days: str) -> None:
    thursday(where, *days, people_count=6)


async def tick(where: House, encore: Running, *, seconds: int = 1) -> None:
    """Let the clock start what is due, and deliver for so many seconds."""
    await encore.loop.tick()
    for _ in range(seconds):
        await settle(where, encore)
        where.clock.skip(timedelta(seconds=1))


def boards_of(where: House) -> list[str]:
    """Return the days of the boards that were posted, in order."""
    return [words.partition("March ")[2].partition(",")[0] for words in where.said()]


def runs_of(where: House) -> list[tuple[str, str, int]]:
    def look(session: Session) -> list[tuple[str, str, int]]:
        found = session.exec(select(tables.JobRun).order_by(col(tables.JobRun.schedule), col(tables.JobRun.period)))
        return [(str(row.period), row.status, row.attempts) for row in found]

    return where.centre.db.read_now(look)


@pytest.mark.parametrize(
    ("policy", "at", "said"),
    [
        # From Friday on it stood still; it goes on on Tuesday at noon, or in the night before, at two.
        ("latest", datetime(2026, 3, 10, 4, tzinfo=UTC), ["5", "9"]),
        ("latest", datetime(2026, 3, 9, 18, tzinfo=UTC), ["5", "8"]),
        ("all", datetime(2026, 3, 10, 4, tzinfo=UTC), ["5", "6", "7", "8", "9"]),
        ("none", datetime(2026, 3, 10, 4, tzinfo=UTC), ["5", "9"]),
        # In the night the day is over on which Sunday's was to be posted.
        ("none", datetime(2026, 3, 9, 18, tzinfo=UTC), ["5"]),
    ],
)
async def test_after_some_days_of_standing_still(cebu: House, policy: str, at: datetime, said: list[str]) -> None:
    bring(cebu, *(f"2026-03-{day:02}" for day in range(4, 10)))
    go_live(cebu, since="2026-03-05", boards=[board(policy)])
    async with sandboxed(cebu) as sandbox:
        async with serving(cebu, sandbox) as encore:
            await tick(cebu, encore)
            assert boards_of(cebu) == ["5"]
        cebu.clock.move_to(at)
        async with serving(cebu, sandbox) as encore:
            await tick(cebu, encore, seconds=6)
            await tick(cebu, encore)
    assert boards_of(cebu) == said


async def test_all_begins_with_the_newest_and_goes_back_a_month_at_most(cebu: House) -> None:
    bring(cebu, *DAYS[:4])
    go_live(cebu, since="2026-01-01", boards=[board("all")])
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await tick(cebu, encore, seconds=4)
        # A board that is new has missed nothing.
        assert boards_of(cebu) == ["5"]
        cebu.clock.skip(timedelta(days=60))
        await encore.loop.tick()
    # The empty days wait for figures, and not for ever.
    assert len(runs_of(cebu)) == 1 + posting.MOST_MISSED


async def test_a_day_on_which_nothing_happens_holds_up_no_other_and_comes_when_its_figures_do(cebu: House) -> None:
    bring(cebu, "2026-03-05", "2026-03-06", "2026-03-08")
    go_live(cebu, boards=[board("all")])
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await tick(cebu, encore)
        cebu.clock.move_to(datetime(2026, 3, 9, 4, tzinfo=UTC))
        await tick(cebu, encore, seconds=3)
        assert boards_of(cebu) == ["5", "6", "8"]
        bring(cebu, "2026-03-07")
        await tick(cebu, encore)
        assert boards_of(cebu) == ["5", "6", "8"]
        cebu.clock.skip(posting.AGAIN)
        await tick(cebu, encore)
    assert boards_of(cebu) == ["5", "6", "8", "7"]


@pytest.mark.parametrize(
    ("boards", "said"),
    [
        ([board("latest", key="renamed")], ["5"]),
        # Another board that is there beside it, and one of another metric in its place, are boards of their own.
        ([board("latest"), board("latest", key="second")], ["5", "5"]),
        ([board("latest", key="other", metric="positive")], ["5", "5"]),
    ],
)
async def test_a_board_that_is_renamed_does_not_post_its_period_again(
    cebu: House, boards: list[dict[str, object]], said: list[str]
) -> None:
    bring(cebu, "2026-03-05")
    go_live(cebu, boards=[board("latest")])
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await tick(cebu, encore)
        # The day's programme was in force when it was posted.
        cebu.centre.at = cebu.clock.now()
        go_live(cebu, boards=boards)
        await tick(cebu, encore, seconds=3)
    assert boards_of(cebu) == said


async def test_what_waits_from_before_a_site_is_live_again_is_not_posted(cebu: House) -> None:
    bring(cebu, "2026-03-04")
    go_live(cebu, boards=[board("latest")])
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await tick(cebu, encore)
        go_live(cebu, since="2026-03-20", boards=[board("latest")])
        bring(cebu, "2026-03-05")
        cebu.clock.skip(posting.AGAIN_NEWEST)
        await tick(cebu, encore)
    assert (boards_of(cebu), runs_of(cebu)) == ([], [("2026-03-05", "skipped", 0)])


def test_what_waits_for_a_site_that_was_taken_off_is_not_posted(cebu: House) -> None:
    bring(cebu, "2026-03-05")
    go_live(cebu, boards=[board("latest")])
    db, at = cebu.centre.db, cebu.clock.now()
    db.write_now(posting.schedule, at)
    run = db.read_now(posting.find_due, at, "stars", CEBU[0])
    assert run is not None
    # Another process changes the programme between the two.
    go_live(cebu, boards=[board("latest", sites=[LISBON[0]])])
    assert db.write_now(posting.post, at, "stars", CEBU[0], run)
    assert runs_of(cebu) == [("2026-03-05", "skipped", 0)]


async def test_a_board_of_the_last_minute_of_a_day_is_not_missed_after_midnight(cebu: House) -> None:
    bring(cebu, "2026-03-05")
    go_live(cebu, since="2026-03-05", boards=[board("none", at="23:59")])
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        cebu.clock.move_to(datetime(2026, 3, 6, 16, 1, tzinfo=UTC))
        await tick(cebu, encore)
    assert boards_of(cebu) == ["5"]


@pytest.mark.both_databases
def test_several_that_fail_together_at_one_run_count_once_and_blame_no_other(cebu: House) -> None:
    bring(cebu, "2026-03-04")
    go_live(cebu, boards=[board("all")])
    db = cebu.centre.db
    db.write_now(posting.schedule, cebu.clock.now())
    cebu.clock.skip(timedelta(days=1))
    db.write_now(posting.schedule, cebu.clock.now())
    run = db.read_now(posting.find_due, cebu.clock.now(), "stars", CEBU[0])
    assert run is not None
    for _ in range(3):
        db.write_now(posting.failed, cebu.clock.now(), "stars", CEBU[0], run, "ValueError")
        cebu.clock.skip(posting.FIRST_WAIT)
    assert runs_of(cebu) == [("2026-03-05", "due", 1), ("2026-03-06", "due", 0)]


def test_runs_that_are_given_up_of_one_cause_are_one_notice_a_day(cebu: House) -> None:
    bring(cebu, "2026-03-05")
    grant(cebu, "Agent 1", Role.ADMIN)
    friday = DeadRun(1, "stars", CEBU[0], PeriodKind.DAY, date(2026, 3, 5), date(2026, 3, 5), 8, "ValueError")
    saturday = replace(friday, run_id=2, first=date(2026, 3, 6), last=date(2026, 3, 6))
    for dead in (friday, saturday, replace(saturday, cause="KeyError"), replace(saturday, board="other")):
        cebu.centre.db.write_now(dead_letters.give_run_up, cebu.clock.now(), dead)
    assert len(rows(cebu)) == 3
    cebu.clock.skip(timedelta(days=1))
    cebu.centre.db.write_now(dead_letters.give_run_up, cebu.clock.now(), saturday)
    assert len(rows(cebu)) == 4


@pytest.mark.parametrize("policy", ["latest", "all", "none"])
async def test_whatever_is_changed_about_a_schedule_no_period_comes_again(cebu: House, policy: str) -> None:
    bring(cebu, *DAYS)
    go_live(cebu, boards=[board(policy)], since="2026-03-05")
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await tick(cebu, encore, seconds=2)
        assert boards_of(cebu) == ["5"]
        for changed in (
            {"at": "08:00"}, {"at": "10:30"}, {"top": 3}, {"metric": "positive"}, {"minimum_count": 1},
            {"catch_up": "all"}, {"catch_up": "none"},
        ):  # fmt: skip
            go_live(cebu, boards=[board(policy) | changed], since="2026-03-05")
            await tick(cebu, encore)
        # Where it is still Thursday there, or Friday is over already: Thursday does not come again, nor an older one.
        for zone in ("America/Denver", "Pacific/Kiritimati", "Asia/Manila"):
            move_site(cebu, zone)
            await tick(cebu, encore)
        assert boards_of(cebu) == ["5"]
        cebu.clock.move_to(datetime(2026, 3, 7, 1, tzinfo=UTC))
        await tick(cebu, encore)
    assert boards_of(cebu) == ["5", "6"]


async def test_a_board_that_cannot_be_made_holds_up_no_other_and_is_given_up_in_the_end(
    cebu: House, caplog: pytest.LogCaptureFixture
) -> None:
    bring(cebu, "2026-03-05")
    cebu.centre.bring(call("far", "Agent far", "2026-03-05 10:00", zone=LISBON[1]), site=LISBON)
    link(cebu, "Agent 1", LEA)
    grant(cebu, "Agent 1", Role.ADMIN)
    go_live(
        cebu, boards=[board("latest", key="broken", sites=[CEBU[0]]), board("latest", key="stars", metric="positive")]
    )
    break_figures(cebu, "csat")
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await tick(cebu, encore)
        # The board behind it is posted at once.
        assert boards_of(cebu) == ["5"]
        assert ("2026-03-05", "due", 1) in runs_of(cebu)
        await tick(cebu, encore)
        assert ("2026-03-05", "due", 1) in runs_of(cebu)
        for tries in range(1, posting.MOST_TRIES):
            cebu.clock.skip(posting.FIRST_WAIT * 2 ** (tries - 1))
            await tick(cebu, encore)
        assert ("2026-03-05", "dead", posting.MOST_TRIES) in runs_of(cebu)
        cebu.clock.skip(timedelta(hours=3))
        await tick(cebu, encore)
        await until(lambda: len(words_to(cebu, LEA)) == 1)
        assert words_to(cebu, LEA)[0].startswith(
            "The board broken of Cebu for Thursday, March 5, 2026 could not be made, in 8 tries (JSONDecodeError)."
        )
        # The next day is tried as usual.
        mend_figures(cebu)
        cebu.clock.move_to(datetime(2026, 3, 7, 1, tzinfo=UTC))
        bring(cebu, "2026-03-06")
        await tick(cebu, encore, seconds=3)
    assert boards_of(cebu) == ["5", "6", "6"]


def move_site(where: House, zone: str) -> None:
    """Put the site into another time zone."""
    sql = text("UPDATE site SET zone = :zone")
    where.centre.db.write_now(lambda s: s.connection().execute(sql, {"zone": zone}))


def break_figures(where: House, metric: str) -> None:
    """Put something into the day's figures that cannot be read."""
    sql = (
        "INSERT INTO site_stat (site_id, work_day, metric, channel, numerator, count, buckets) "
        "SELECT id, '2026-03-05', :metric, 'phone', 0, 0, 'a secret' FROM site WHERE name = 'Cebu'"
    )
    where.centre.db.write_now(lambda s: s.connection().execute(text(sql), {"metric": metric}))


def mend_figures(where: House) -> None:
    where.centre.db.write_now(
        lambda s: s.connection().execute(text("DELETE FROM site_stat WHERE buckets = 'a secret'"))
    )


def test_a_failure_of_a_board_that_is_gone_is_nobodys(cebu: House) -> None:
    run = DueRun(1, "board:gone:day:site:1", date(2026, 3, 5), cebu.clock.now(), 0)
    cebu.centre.db.write_now(posting.failed, cebu.clock.now(), "gone", "Cebu", run, "ValueError")
    assert runs_of(cebu) == []
