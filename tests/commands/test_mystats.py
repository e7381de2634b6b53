"""`/mystats` through the front door: the sandbox sends it over Socket Mode, and shows what the person would see."""

from collections.abc import Iterator

import pytest

from bot.jobs import boards
from bot.store.database import Database
from tests.encore import House, go_live, house, link, sandboxed, serving, thursday
from tests.stories.facts import call


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    where = house(database_url)
    yield where
    where.centre.close()


async def ask(where: House, text: str = "", who: str = "ULEA") -> str:
    async with sandboxed(where) as sandbox, serving(where, sandbox) as encore:
        await encore.loop.tick()
        await boards.refresh(encore.ctx)
        answer = await sandbox.command(who, where.channel, "/mystats", text)
    assert answer.error is None
    assert answer.ephemeral
    return answer.text


async def test_my_own_figures_beside_the_team_and_my_place(cebu: House) -> None:
    thursday(cebu)
    go_live(cebu)
    link(cebu, "Agent 3", "ULEA")
    words = await ask(cebu)
    assert "Week 10" in words
    assert "Customer stars: 4.67 ★ from 6 answers" in words
    assert "Contacts: 6" in words
    assert "3rd of 12" in words or "you are 3rd" in words
    # The next step is told without a name.
    assert "to the next place" in words
    assert "Agent" not in words.replace("Agent 3", "")


async def test_today_and_month(cebu: House) -> None:
    thursday(cebu)
    go_live(cebu)
    link(cebu, "Agent 1", "ULEA")
    assert "March 2026" in await ask(cebu, "month")
    assert "There is nothing for Friday" in await ask(cebu, "today")


async def test_the_day_week_and_month_before(cebu: House) -> None:
    thursday(cebu)
    go_live(cebu)
    link(cebu, "Agent 1", "ULEA")
    assert "Thursday, March 5, 2026" in await ask(cebu, "Yesterday")
    assert "There is nothing for Week 9" in await ask(cebu, " last  week ")
    assert "There is nothing for February 2026. Try /mystats week or /mystats month." in await ask(cebu, "last month")


async def test_a_week_without_a_finished_work_day_gives_the_last_one(cebu: House) -> None:
    """Monday, 9:00 in Cebu: a first call has been taken."""
    thursday(cebu)
    go_live(cebu)
    link(cebu, "Agent 1", "ULEA")
    cebu.clock.move_to(cebu.clock.now().replace(day=9))
    cebu.centre.bring(call("monday", "Agent 1", "2026-03-09 08:30"))
    usual, asked_for = await ask(cebu), await ask(cebu, "week")
    assert "Week 10" in usual
    assert "This week has no finished work day of yours yet. /mystats week shows it so far." in usual
    assert "Week 11" in asked_for
    assert "/mystats last week shows a whole one" in asked_for
    cebu.clock.move_to(cebu.clock.now().replace(day=10))
    on_tuesday = await ask(cebu)
    assert "Week 11" in on_tuesday
    assert "no finished work day" not in on_tuesday


async def test_the_night_shift_is_still_on_yesterdays_day(cebu: House) -> None:
    from tests.stories.facts import shift

    cebu.centre.bring(shift("night", "Agent 1", "2026-03-05 22:00", "2026-03-06 10:00"))
    cebu.centre.bring(call("c1", "Agent 1", "2026-03-06 02:00"))
    go_live(cebu)
    link(cebu, "Agent 1", "ULEA")
    # It is Friday 09:00, and the shift that began on Thursday still runs.
    assert "Thursday, March 5, 2026" in await ask(cebu, "today")


async def test_somebody_unknown_learns_whom_to_ask(cebu: House) -> None:
    words = await ask(cebu, who="USTRANGER")
    assert "I do not know you yet" in words
    assert "whoever installed Encore here" in words


async def test_somebody_without_figures_learns_what_to_expect(cebu: House) -> None:
    thursday(cebu)
    go_live(cebu)
    cebu.centre.hire("Newcomer", site="Cebu")
    link(cebu, "Newcomer", "ULEA")
    assert "Newcomer" in await ask(cebu)


async def test_in_shadow_nobody_is_told_anything(cebu: House) -> None:
    thursday(cebu)
    go_live(cebu, mode="shadow")
    link(cebu, "Agent 1", "ULEA")
    words = await ask(cebu)
    assert "★" not in words
    assert "tried out" in words


async def test_in_private_there_are_own_figures_and_no_places(cebu: House) -> None:
    thursday(cebu)
    go_live(cebu, mode="private")
    link(cebu, "Agent 2", "ULEA")
    words = await ask(cebu)
    assert "Customer stars: 5.00 ★" in words
    assert "2nd" not in words
    assert ", team " not in words
    assert ", site " not in words


async def test_the_mean_of_a_handful_is_not_told(cebu: House) -> None:
    thursday(cebu, people_count=4)
    go_live(cebu)
    link(cebu, "Agent 1", "ULEA")
    words = await ask(cebu)
    assert "Customer stars: 5.00 ★" in words
    # With three colleagues the mean would tell on each of them.
    assert "site 4" not in words.lower()
    assert "team 4" not in words.lower()


async def test_who_left_the_boards_has_no_place_and_is_on_none(cebu: House) -> None:
    thursday(cebu)
    go_live(cebu)
    link(cebu, "Agent 1", "ULEA")
    person = cebu.centre.person("Agent 1")
    cebu.centre.db.write_now(
        lambda s: s.connection().exec_driver_sql(f"UPDATE person SET boards = 'out' WHERE id = {person}")
    )
    words = await ask(cebu)
    assert "Customer stars: 5.00 ★" in words
    assert "1st" not in words
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await encore.loop.tick()
    assert all("Agent 1 with" not in said for said in cebu.said())


async def test_help_and_words_that_are_not_known(cebu: House) -> None:
    assert "/mystats month" in await ask(cebu, "help")
    unknown = await ask(cebu, "<!channel> yesterday")
    assert "`/mystats last week`" in unknown
    assert "is not a period" in unknown
    assert "<!channel>" not in unknown


async def test_what_breaks_is_told_kindly_with_a_reference(cebu: House, caplog: pytest.LogCaptureFixture) -> None:
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        broken: Database = encore.ctx.db
        broken.write_now(lambda s: s.connection().exec_driver_sql("DROP TABLE slack_identity"))
        answer = await sandbox.command("ULEA", cebu.channel, "/mystats")
    assert "not your fault" in answer.text
    reference = answer.text.rpartition(" ")[2].strip(".`")
    assert reference in caplog.text
