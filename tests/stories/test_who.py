"""Who somebody is may be told late: nothing is lost, and past figures stay where they were made."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session

from bot.domain.facts import Profile
from bot.domain.ledger import ISSUER, SINK, Deed, person, transfer
from bot.domain.manners import Messages
from bot.domain.metrics import METRICS
from bot.domain.periods import Period, PeriodKind
from bot.domain.preferences import Preferences
from bot.errors import NotFoundError, RefusedError
from bot.services import imports, people, stats
from bot.services.facts import Origin
from bot.services.imports import NewImport
from bot.store import ledger, preferences, proof
from bot.store import people as people_store
from bot.store.boards import Scope
from tests.stories.facts import CEBU, DENVER, SOURCE, Centre, call, presence, shift, survey


def test_rows_of_somebody_unknown_wait_and_are_theirs_once_linked(centre: Centre) -> None:
    """Without a site nobody is made up: the rows are kept, and come with their days, ratings and shifts."""
    centre.begin("shifts", site=DENVER)
    centre.hire("Ada", site="Denver")
    centre.bring(
        call("late", "a.l", "2026-03-06 03:00", zone="UTC", talk=10),
        call("later", "a.l", "2026-03-06 12:00", zone="UTC", talk=20),
        site=None,
    )
    centre.bring(survey("s", about="late", answered="2026-03-08 10:00", stars=5), site=None)
    centre.bring(shift("s", "a.l", "2026-03-05 22:00", "2026-03-06 06:00", zone=DENVER[1]), site=None)
    centre.bring(presence("p", "a.l", "2026-03-06 01:00", "2026-03-06 02:00", zone=DENVER[1]), site=None)
    assert centre.rows() == {}
    assert [p.person_id for p in centre.facts("interactions")] == [None, None]

    centre.link("Ada", "a.l")
    assert centre.days("Ada", "handle_time") == {"2026-03-05": 30}
    assert centre.days("Ada", "csat") == {"2026-03-05": 5000}
    assert centre.of_person("Ada", "2026-03-05")["service_level"].denominator == 8 * 3600


def test_an_identity_that_is_somebody_elses_is_refused_and_nothing_is_changed(centre: Centre) -> None:
    centre.bring(call("1", "Ada", "2026-03-05 10:00"), call("2", "Bea", "2026-03-05 10:00"))
    ada, bea = centre.person("Ada"), centre.person("Bea")
    with pytest.raises(RefusedError, match=f"people merge {bea} {ada}"):
        centre.db.write_now(
            people.link, centre.at, bea, slack_id="U1", email="bea@example.org", identity=(SOURCE, "Ada")
        )
    assert all(not p.slack_ids and not p.emails for p in centre.db.read_now(people.list_people))


def test_an_attribution_that_was_cut_short_goes_on_when_it_is_asked_for_again(centre: Centre) -> None:
    centre.begin("shifts")
    centre.hire("Ada", site="Cebu")
    centre.bring(*(call(str(n), "a.l", f"2026-03-05 1{n}:00") for n in range(5)), site=None)
    known = centre.db.write_now(people.link, centre.at, centre.person("Ada"), identity=(SOURCE, "a.l"))
    assert centre.db.write_now(people.attribute_page, centre.at, known[0], 2) == 2
    assert centre.days("Ada") == {"2026-03-05": 2}
    centre.link("Ada", "a.l")
    assert centre.days("Ada") == {"2026-03-05": 5}


def test_two_entries_of_one_person_become_one(centre: Centre) -> None:
    """The second came with the roster of another system: its shift and its ratings go to the first."""
    centre.bring(call("night", "Ada", "2026-03-06 03:00", talk=40))
    centre.bring(shift("s", "Lovelace", "2026-03-05 22:00", "2026-03-06 06:00"), source="roster")
    centre.bring(survey("s", "Lovelace", answered="2026-03-09 10:00", stars=4), source="roster")
    gone = centre.person("Lovelace")
    centre.merge("Ada", "Lovelace")
    assert centre.days("Ada", "handle_time") == {"2026-03-05": 40}
    assert centre.days("Ada", "csat") == {"2026-03-09": 4000}
    level = centre.of_person("Ada", "2026-03-05")["service_level"]
    assert (level.numerator, level.denominator) == (40, 8 * 3600)
    assert gone not in {cell.owner_id for _, cell in centre.rows()}
    with pytest.raises(NotFoundError, match="Nobody is called “Lovelace”"):
        centre.person("Lovelace")
    # What comes later under the old name is the first one's too.
    centre.bring(survey("t", "Lovelace", answered="2026-03-09 11:00", stars=5), source="roster")
    assert centre.days("Ada", "csat") == {"2026-03-09": 9000}


def test_nobody_is_merged_into_an_entry_that_is_gone_itself(centre: Centre) -> None:
    """By its id a merged entry can still be named; merging into it would make both disappear."""
    centre.bring(*(call(name, name, "2026-03-05 10:00") for name in ("Ada", "Bea", "Cat")))
    ada, bea, cat = map(centre.person, ("Ada", "Bea", "Cat"))
    centre.merge("Ada", "Bea")
    for kept, gone in ((bea, ada), (bea, cat), (cat, bea)):
        with pytest.raises(RefusedError, match=rf"Ada \(id {ada}\)"):
            centre.db.write_now(people.merge, centre.at, kept, gone)
    with pytest.raises(RefusedError, match=rf"Ada \(id {ada}\)"):
        centre.db.write_now(people.link, centre.at, bea, slack_id="U1")
    with pytest.raises(RefusedError, match="same person"):
        centre.db.write_now(people.merge, centre.at, ada, ada)
    assert centre.days("Ada") == {"2026-03-05": 2}
    assert centre.days("Cat") == {"2026-03-05": 1}


def test_a_merging_that_was_cut_short_goes_on_when_it_is_asked_for_again(centre: Centre) -> None:
    centre.bring(call("1", "Ada", "2026-03-05 10:00"), call("2", "Bea", "2026-03-05 10:00"))
    ada, bea = centre.person("Ada"), centre.person("Bea")
    centre.db.write_now(people.merge, centre.at, ada, bea)
    assert centre.days("Ada") == {"2026-03-05": 1}
    centre.attribute(centre.db.write_now(people.merge, centre.at, ada, bea))
    assert centre.days("Ada") == {"2026-03-05": 2}


def test_past_figures_stay_with_the_site_and_team_of_their_day(centre: Centre) -> None:
    for site in (CEBU, DENVER):
        centre.begin("shifts", site=site)
    centre.hire("Ada", site="Cebu", team="Blue")
    centre.link("Ada", "Ada")
    centre.at = datetime(2026, 3, 10, 12, tzinfo=UTC)
    centre.hire("Ada", site="Denver", team="Red")
    assert centre.counts.changed == 1
    centre.at = datetime(2026, 6, 1, tzinfo=UTC)
    centre.bring(
        call("old", "Ada", "2026-03-05 10:00", talk=11),
        # In Denver it is still the 12th.
        call("new", "Ada", "2026-03-13 03:00", zone="UTC", talk=22),
    )
    assert centre.days("Ada") == {"2026-03-05": 1, "2026-03-12": 1}

    def talked(scope: Scope) -> int:
        march = Period(date(2026, 3, 1), date(2026, 3, 31), PeriodKind.MONTH)
        return centre.db.read_now(stats.total, METRICS["handle_time"], march, scope).numerator

    sites = {s.name: s.id for s in centre.db.read_now(people.list_sites)}
    stays = centre.db.read_now(people_store.list_stays, [centre.person("Ada")])[centre.person("Ada")]
    assert [talked(Scope(team_id=stay.team_id)) for stay in stays] == [11, 22]
    assert [talked(Scope(site_id=sites[name])) for name in ("Cebu", "Denver")] == [11, 22]
    assert talked(Scope()) == 33


def test_a_directory_that_names_a_waiting_identity_brings_it_its_rows(centre: Centre) -> None:
    centre.begin("shifts")
    centre.bring(call("1", "17", "2026-03-05 10:00"), site=None)
    origin = centre.begin("people", site=None)
    centre.take(origin, [Profile("17", "Ada", site="Cebu")])
    assert centre.days("Ada") == {"2026-03-05": 1}


def test_people_are_found_by_any_of_their_names(centre: Centre) -> None:
    centre.bring(*(call(name, name, "2026-03-05 10:00") for name in ("Émile Zoë", "O'Brien [Pat]", "Ada", "ADA")))
    emile = centre.person("émile zoë")
    assert centre.person("Émile Zoë") == centre.person("ÉMILE ZOË") == centre.person(str(emile)) == emile
    centre.db.write_now(people.link, centre.at, emile, email="Emile@Example.org")
    assert centre.person(" emile@example.ORG ") == emile
    with pytest.raises(NotFoundError, match="fits 2 people") as ambiguous:
        centre.person("ada")
    assert len(ambiguous.value.nearest) == 2
    with pytest.raises(NotFoundError) as unknown:
        centre.person("O'Brien [Pet]")
    assert unknown.value.nearest == ("O'Brien [Pat]",)
    for number in ("0", "9" * 30):
        with pytest.raises(NotFoundError):
            centre.person(number)
        with pytest.raises(NotFoundError):
            centre.db.read_now(imports.check_undo, int(number))


def test_agents_who_are_not_in_slack_yet_are_named(centre: Centre) -> None:
    centre.bring(call("1", "Ada", "2026-03-05 10:00"), call("2", "Bea", "2026-03-05 10:00"))
    centre.db.write_now(people.link, centre.at, centre.person("Ada"), slack_id="U1")
    assert centre.db.read_now(people.unmatched, SOURCE, ["Ada", "Bea", "Zed"]) == ["Bea", "Zed"]


def test_two_files_may_use_one_sources_names(centre: Centre) -> None:
    """Calls and surveys both name “Ada”: one person, where the second file says whose names it uses."""
    centre.bring(call("1", "Ada", "2026-03-05 10:00"), source="tel")
    new = NewImport("feedback", "sur", "surveys.csv", "", CEBU, people_source="tel")
    origin = centre.db.write_now(imports.begin, centre.at, new)
    told = [survey("s", "Ada", answered="2026-03-05 11:00", stars=5), survey("t", "Bea", answered="2026-03-05 11:00")]
    rehearsal = Origin("feedback", "sur", 0, people_source="tel")
    assert centre.db.read_now(imports.rehearse_page, centre.at, rehearsal, told).new == 2
    assert centre.take(origin, told).new == 2
    assert centre.take(origin, told).unchanged == 2
    assert centre.db.read_now(imports.rehearse_page, centre.at, rehearsal, told).unchanged == 2
    assert [(p.name, p.identities) for p in centre.db.read_now(people.list_people)] == [
        ("Ada", (("tel", "Ada"),)), ("Bea", (("tel", "Bea"),)),
    ]  # fmt: skip
    assert centre.days("Ada") == {"2026-03-05": 1}
    assert centre.days("Ada", "csat") == {"2026-03-05": 5000}


def test_what_somebody_chose_holds_for_the_entry_that_is_kept(centre: Centre) -> None:
    centre.bring(call("1", "Ada", "2026-03-05 10:00"), call("2", "Bea", "2026-03-05 10:00"))
    ada, bea = centre.person("Ada"), centre.person("Bea")
    centre.db.write_now(preferences.save, ada, Preferences(True, Messages.AFTER_SHIFT, True))
    centre.db.write_now(preferences.save, bea, Preferences(False, Messages.NEVER, False))
    centre.merge("Ada", "Bea")
    assert centre.db.read_now(preferences.find, ada) == Preferences(False, Messages.NEVER, False)


def test_a_link_for_every_workspace_is_nobodys_whom_one_workspace_knows(centre: Centre) -> None:
    centre.bring(call("1", "Ada", "2026-03-05 10:00"), call("2", "Bea", "2026-03-05 10:00"))
    ada, bea = centre.person("Ada"), centre.person("Bea")
    centre.db.write_now(people.link, centre.at, ada, slack_id="U1", workspace_id="T1")
    with pytest.raises(RefusedError, match=f"people merge {bea} {ada}"):
        centre.db.write_now(people.link, centre.at, bea, slack_id="U1")
    # Of a database that has both, the workspace's own link counts, wherever the other person belongs.
    centre.db.write_now(people_store.link_slack, bea, "*", "U1")
    assert {here.person_id for here in centre.db.read_now(people_store.list_here, "T1", "U1")} == {ada}
    assert {here.person_id for here in centre.db.read_now(people_store.list_here, "T2", "U1")} == {bea}


@pytest.mark.parametrize(("kept_gave", "left"), [(False, 20), (True, 15)])
def test_two_entries_have_one_allowance_in_a_month(centre: Centre, kept_gave: bool, left: int) -> None:
    """What the one gave counts where the other had given nothing; else each keeps to its own, and there is no second."""
    centre.bring(call("1", "Ada", "2026-03-05 10:00"), call("2", "Bea", "2026-03-05 10:00"))
    ada, bea = centre.person("Ada"), centre.person("Bea")
    gave(centre, bea, 5)
    if kept_gave:
        gave(centre, ada, 10)
    centre.merge("Ada", "Bea")
    assert [giving(centre, number) for number in (ada, bea)] == [(True, left), (True, 0)]
    assert centre.db.read_now(proof.verify) == []


def test_an_allowance_that_was_all_given_is_not_new_for_the_entry_that_is_kept(centre: Centre) -> None:
    centre.bring(call("1", "Ada", "2026-03-05 10:00"), call("2", "Bea", "2026-03-05 10:00"))
    ada, bea = centre.person("Ada"), centre.person("Bea")
    gave(centre, bea, 25)
    centre.merge("Ada", "Bea")
    assert giving(centre, ada) == (True, 0)


MARCH = "giving:2026-03"


def gave(centre: Centre, number: int, points: int) -> None:
    """Open the allowance of somebody as their first kudos do, and take points from it."""
    owner = person(number)

    def deeds(session: Session) -> None:
        for key, sides in (
            (f"{MARCH}:{owner}", transfer(MARCH, 25, source=ISSUER, target=owner)),
            (f"kudos:{owner}", transfer(MARCH, points, source=owner, target=SINK)),
        ):
            assert ledger.append(session, centre.at, Deed(key, "kudos", owner, sides, {})).done

    centre.db.write_now(deeds)


def giving(centre: Centre, number: int) -> tuple[bool, int]:
    """Return whether a month's allowance is opened, and what is left of it."""
    owner = person(number)
    opened = centre.db.read_now(ledger.find, f"{MARCH}:{owner}") is not None
    return opened, centre.db.read_now(ledger.balance, owner, MARCH)


def test_what_is_left_in_the_ledger_moves_when_two_are_merged_again(centre: Centre) -> None:
    centre.bring(call("1", "Ada", "2026-03-05 10:00"), call("2", "Bea", "2026-03-05 10:00"))
    ada, bea = centre.person("Ada"), centre.person("Bea")
    for n, points in enumerate((5, 7, 9)):
        sides = transfer("points", points, source=ISSUER, target=person(bea))
        centre.db.write_now(ledger.append, centre.at, Deed(f"late:{n}", "award", "story", sides, {}))
        centre.attribute(centre.db.write_now(people.merge, centre.at, ada, bea))
    assert [centre.db.read_now(ledger.balance, person(number), "points") for number in (ada, bea)] == [21, 0]
