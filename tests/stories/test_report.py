"""`/encore report points`: the month-end report for admins, in totals; and how kudos points flow, which accuses nobody."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session

from bot.domain.periods import PeriodKind, period_of
from bot.domain.report import Place, Report
from bot.domain.rewards import Step
from bot.services import adjustments, praise, report
from bot.services import people as people_service
from bot.services.adjustments import Correction
from bot.store import ledger, people
from tests.encore import House
from tests.stories.pointing import bonus, entry, id_of, known, with_admins
from tests.stories.rewarding import (
    ADA,
    ANA,
    LEA,
    LEO,
    NAMES,
    REX,
    asked,
    award,
    buttons,
    change,
    live,
    open_floor,
    rows,
    take,
)

MARCH = period_of(PeriodKind.MONTH, date(2026, 3, 1))
BLUE, RED = Place("Cebu", "Blue"), Place("Cebu", "Red")


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    yield from with_admins(database_url)


def thank(where: House, giver: str, *receivers: str, times: int = 1, key: str = "") -> None:
    for number in range(times):
        text = f"stayed late for us, night {number}"
        given = praise.Asked(f"{key}{giver}{number}", where.workspace.team_id, giver, receivers, text, ())
        where.centre.db.write_now(praise.give, where.clock.now(), given)


def month_end(where: House) -> Report:
    return where.centre.db.read_now(report.month_end, where.clock.now(), MARCH)


async def test_an_admin_reads_totals_and_what_is_worth_a_look(cebu: House) -> None:
    live(cebu, points={"cost": "0.05", "currency": "PHP"}, kudos={"same_pair": 99})
    award(cebu, ANA, 100)
    bonus(cebu, ADA, ANA, 30)
    take(cebu, LEA, asked(cebu, ANA, "lunch", 50), Step.APPROVE)
    take(cebu, LEA, 1, Step.DONE)
    thank(cebu, LEA, LEO, times=4)
    thank(cebu, LEO, LEA, times=3)
    async with open_floor(cebu) as at:
        told = (await at.type(ADA, "/encore", "report points 2026-03")).text
        assert "Points, March 2026, so far." in told
        assert "165 points were issued so far: 0 by rules, 35 by kudos, 130 by hand." in told
        assert "50 were spent, and 115 are outstanding at this moment." in told
        assert "At 0.05 PHP a point, 2.50 PHP were spent and 5.75 PHP are outstanding." in told
        assert "Agent 2 and Agent 3 gave each other 30 points, 86% of all that they gave." in told
        assert "a pattern is a reason to talk, and proves nothing about anybody" in told.lower()
        # The money is told without names.
        assert NAMES[ANA] not in told
        # The ledger begins in March: of February there is nothing to tell.
        assert (await at.type(ADA, "/encore", "report")).text.startswith("Points, March 2026, so far.")
        assert "2026-04 has not begun yet." in (await at.type(ADA, "/encore", "report points 2026-04")).text
        assert "That is for people with the role “admin”" in (await at.type(LEA, "/encore", "report points")).text
        assert "There is one report" in (await at.type(ADA, "/encore", "report people")).text
    assert rows(cebu, "SELECT COUNT(*) FROM audit WHERE deed = 'report.look'") == [(2,)]


async def test_sites_come_to_a_whole_and_months_are_turned(cebu: House) -> None:
    cebu.centre.at, now = datetime(2026, 2, 20, tzinfo=UTC), cebu.centre.at
    award(cebu, ANA, 8)
    cebu.centre.at = now
    award(cebu, ANA, 100)
    award(cebu, REX, 1020)
    bonus(cebu, ADA, LEO, 480, unit="minutes")
    fill(cebu, "Blue", range(5, 10))
    wrong = Correction("c", known(cebu, ADA), entry(cebu), "Not hers.")
    asked(cebu, ANA, "ceo", 80)
    cebu.centre.db.write_now(adjustments.correct, cebu.clock.now(), wrong)
    change(cebu, f"UPDATE person SET locale = 'de-DE' WHERE id = {id_of(cebu, ADA)}")
    async with open_floor(cebu) as at:
        # Of what was corrected so much is back, and the rest is owed.
        march = await at.type(ADA, "/encore", "report points 2026-03")
        assert "Cebu / Blue: outstanding 80, owed 72, by hand 100, corrected −28." in march.text
        assert "Cebu, other teams: outstanding 1.020, by hand 1.020." in march.text
        assert "Cebu, in all: outstanding 1.100, owed 72, by hand 1.120, corrected −28." in march.text
        assert "72 more are owed" in march.text
        assert "8 h of paid time were issued so far: 0 min by rules, 8 h by hand." in march.text
        (table,) = [block for block in march.blocks or [] if block["type"] == "data_table"]
        assert [cell["text"] for cell in table["rows"][0]][:3] == ["Team", "Outstanding", "Owed"]
        assert [name for name in buttons(march.blocks or []) if name.startswith("report_look")] == [
            "report_look:2026-02"
        ]
        await at.press(ADA, march, "report_look")
        await at.shows(march, "0 were spent, and 8 are outstanding at the end of the month.")
        assert list(buttons(march.blocks or [])) == ["report_look:2026-03"]
        assert "Points, February 2026." in (await at.type(ADA, "/encore", "report")).text


def fill(where: House, team: str, numbers: Iterable[int], on: date | None = None) -> None:
    """Let agents be of a team, from a day on or since they came."""

    def move(session: Session) -> None:
        site = people_service.find_site(session, "Cebu").id
        team_id = people.find_or_add_team(session, site, team)
        for number in numbers:
            person_id = people_service.find(session, f"Agent {number}").id
            if on is None:
                people.fill_team(session, person_id, team_id)
            else:
                people.add_stay(session, person_id, site, team_id, on)

    where.centre.db.write_now(move)


def test_what_moved_counts_where_one_was_that_day(cebu: House) -> None:
    fill(cebu, "Blue", range(5, 10))
    fill(cebu, "Red", range(10, 17))
    award(cebu, ANA, 100)
    award(cebu, LEA, 3)
    fill(cebu, "Red", [1], date(2026, 3, 10))
    cebu.centre.at = datetime(2026, 3, 20, tzinfo=UTC)
    award(cebu, ANA, 7)
    places = month_end(cebu).places
    assert (places[BLUE].bonus, places[RED].bonus) == (103, 7)
    assert (places[BLUE].outstanding, places[RED].outstanding) == (3, 107)


def test_no_row_is_of_so_few_that_it_tells_a_balance(cebu: House) -> None:
    # Three are of team Blue, one is of Red: what they have stands with the rest of the site.
    award(cebu, ANA, 100)
    award(cebu, REX, 20)
    assert [(place, totals.outstanding) for place, totals in month_end(cebu).places.items()] == [
        (Place("Cebu", ""), 120)
    ]
    # Once Blue is large enough, and so is the rest, it stands by itself.
    fill(cebu, "Blue", range(5, 10))
    assert {place: t.outstanding for place, t in month_end(cebu).places.items()} == {BLUE: 100, Place("Cebu", ""): 20}
    # Were the rest two alone, it could be reckoned from the others; so it is told together with them.
    fill(cebu, "Blue", range(10, 17))
    assert list(month_end(cebu).places) == [Place("Cebu", "")]


def test_a_month_is_that_of_the_sites_own_clock(cebu: House) -> None:
    # In UTC it is still February, and again still March: in Cebu it is March, and April.
    for moment, amount in (
        (datetime(2026, 2, 28, 15, 59, tzinfo=UTC), 1),
        (datetime(2026, 2, 28, 16, 0, tzinfo=UTC), 20),
        (datetime(2026, 3, 31, 15, 59, tzinfo=UTC), 300),
        (datetime(2026, 3, 31, 16, 0, tzinfo=UTC), 4000),
    ):
        cebu.centre.at = moment
        award(cebu, ANA, amount)
    total = month_end(cebu).total
    assert (total.bonus, total.outstanding) == (320, 321)


def test_kudos_that_were_taken_back_make_no_pattern_and_count_as_corrected(cebu: House) -> None:
    thank(cebu, REX, ANA, times=2)
    cebu.centre.db.write_now(ledger.reverse, cebu.clock.now(), key="back", of=f"{REX}0", actor="story")
    total = month_end(cebu).total
    assert (total.kudos, total.corrected, total.given, total.outstanding) == (10, -5, 5, 5)
    assert cebu.centre.db.read_now(report.flow, MARCH).patterns.total == 5


def test_two_entries_of_one_person_change_no_total(cebu: House) -> None:
    award(cebu, ANA, 100)
    award(cebu, LEO, 9)
    before = month_end(cebu).total
    one, other = (cebu.centre.person(NAMES[who]) for who in (ANA, LEO))
    cebu.centre.db.write_now(people_service.merge, cebu.clock.now(), one, other)
    after = month_end(cebu).total
    assert (after.bonus, after.outstanding, after.other) == (before.bonus, before.outstanding, 0)
