"""Whatever sites, people and teams are called: nobody is pinged, and Slack takes every page and form of the setup."""

import re
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.directory import Links, TeamSaved, Unmatched
from bot.domain.manners import Messages
from bot.domain.people import Reader, Role, Who
from bot.domain.preferences import Chosen, Hours, Preferences
from bot.domain.programme import BoardChoice, SiteMode
from bot.domain.setup import Imported, Place, Preview, Progress, Step, code, is_code
from bot.sandbox.blocks import problems
from bot.sandbox.view_rules import view_problems
from bot.views import directory, encore, preferences, setup, sites
from bot.views.form import Form, page
from bot.views.message import Message
from tests.views.oracle import texts
from tests.views.values import HOSTILE

MENTION = re.compile(r"<#[CG][A-Z0-9]{6,}>")

called = st.sampled_from(HOSTILE) | st.text(max_size=120)
places = st.builds(
    Place, id=st.integers(1, 99), name=called, zone=st.just("Asia/Manila"), mode=st.sampled_from(SiteMode),
    live_from=st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    channel=st.none() | st.just("C0123456789") | st.just("#<floor>") | called, boards=st.sampled_from(BoardChoice),
)  # fmt: skip
imports = st.builds(
    Imported, source=called, kinds=st.just(("feedback", "shifts")), rows=st.integers(1, 10**7),
    newest_at=st.just(datetime(2026, 3, 6, tzinfo=UTC)),
)  # fmt: skip
counts = st.integers(0, 50_000)
progresses = st.builds(
    Progress, places=st.lists(places, max_size=60, unique_by=lambda place: place.id).map(tuple), teams=counts,
    led=counts, people=counts, linked=counts, imports=st.lists(imports, max_size=7).map(tuple),
    admins=st.lists(called, max_size=60).map(tuple), locale=st.sampled_from(["en", "de-DE", "xx"]),
    zone=st.sampled_from(["UTC", "Asia/Manila"]), at=st.just(datetime(2026, 3, 7, tzinfo=UTC)),
)  # fmt: skip
unmatched = st.builds(Unmatched, st.integers(1, 10**9), called, st.none() | called, st.none() | called)
everybody = st.lists(unmatched, max_size=50, unique_by=lambda one: one.person_id).map(tuple)


def safe(*shown: Message | Form) -> None:
    for one in shown:
        blocks = list(one.blocks)
        if isinstance(one, Form):
            assert view_problems(one.view(), "modal", new_blocks=True) == []
        else:
            assert problems(blocks, new_blocks=True, surface="message", pointer="/blocks") == []
            assert view_problems(page("Setup", one).view(), "modal", new_blocks=True) == []
            assert len(one.text) < 12_000
            assert not re.search("[<>]", MENTION.sub("", one.text)), one.text
        for text in texts(blocks, of_type="mrkdwn"):
            assert not re.search("[<>]", MENTION.sub("", text)), text


@settings(deadline=None)
@given(progress=progresses, place=places)
def test_steps_and_sites(progress: Progress, place: Place) -> None:
    safe(
        setup.checklist(progress), setup.checklist(progress, "Welcome.", stays=False), setup.imports(progress),
        setup.admins_form(["U1", "U2"], progress.admins), setup.admins_saved(progress.admins, progress),
        sites.listing(progress), sites.form(None, "Asia/Manila", "C0123456789"), sites.form(None, "", ""),
        sites.form(place, place.zone, place.channel_id), sites.saved(place, progress), sites.went(place, progress),
        sites.live_form(place, date(2026, 3, 6), "en"),
        sites.preview(Preview(place, None, None, {}), Reader("UTC", "en"), native=False),
    )  # fmt: skip


@settings(deadline=None)
@given(progress=progresses, name=called, people=everybody, count=counts)
def test_people(progress: Progress, name: str, people: tuple[Unmatched, ...], count: int) -> None:
    safe(
        directory.team_saved(TeamSaved(name, name, 1, count, count, tuple(one.name for one in people)), progress),
        directory.links_form(progress), directory.linked(name, progress), directory.nobody_left(),
        directory.links_told(Links(count, count, people, count + len(people), count, count), progress),
    )  # fmt: skip
    if progress.places:
        safe(directory.team_form(progress.places))
    if people:
        safe(directory.link_form(people))


@settings(deadline=None)
@given(name=called, own=st.sampled_from(Messages), rule=st.sampled_from(BoardChoice), on=st.none() | st.booleans())
def test_ones_own(name: str, own: Messages, rule: BoardChoice, on: bool | None) -> None:
    shift = None if on else (datetime(2026, 3, 6, 14, tzinfo=UTC), datetime(2026, 3, 6, 22, tzinfo=UTC))
    hours = Hours("Asia/Manila", shift, time(8), time(20))
    chosen = Chosen(Preferences(announce=bool(on), messages=own, on_boards=on), name, rule, "de-DE", hours)
    safe(preferences.form(chosen), preferences.saved(chosen))
    me = Who(1, name, "en", "UTC", None, None, None, None, frozenset(Role), frozenset(), has_left=False)
    safe(encore.usage(me, problem=encore.unknown(name, "setup")), encore.usage(None, "I do not know you yet."))


def test_the_code_is_known_by_whoever_has_the_token_alone() -> None:
    assert re.fullmatch("[A-Z2-7]{10}", code("xoxb-1"))
    assert len({code(f"xoxb-{n}") for n in range(100)}) == 100
    for typed in (code("xoxb-1"), f" {code('xoxb-1').lower()} "):
        assert is_code(typed, "xoxb-1")
    for typed in ("", code("xoxb-1")[:9], code("xoxb-2"), "ß" * 10, code("xoxb-1") + "A"):
        assert not is_code(typed, "xoxb-1")


def progress(*, places: tuple[Place, ...] = (), teams: int = 0, led: int = 0, people: int = 1) -> Progress:
    return Progress(places, teams, led, people, 1, (), ("Ada",), "en", "UTC", datetime(2026, 3, 7, tzinfo=UTC))


CEBU = Place(1, "Cebu", "Asia/Manila", SiteMode.SHADOW, None, "C0123456789", BoardChoice.OPT_OUT)
LIVE = Place(1, "Cebu", "Asia/Manila", SiteMode.LIVE, date(2026, 3, 6), "C0123456789", BoardChoice.OPT_OUT)


@pytest.mark.parametrize(
    ("far", "comes"),
    [
        (progress(), Step.SITES),
        (progress(places=(CEBU,)), Step.TEAMS),
        (progress(places=(CEBU,), teams=2, led=1), Step.TEAMS),
        (progress(places=(CEBU,), teams=1, led=1), Step.LIVE),
        (progress(places=(LIVE,), teams=1, led=1, people=2), Step.LINKS),
        (progress(places=(LIVE,), teams=1, led=1), Step.FIGURES),
    ],
)
def test_what_comes_next(far: Progress, comes: Step) -> None:
    assert far.next is comes
    page_after = sites.saved(CEBU, far)
    first = page_after.blocks[-1]["elements"][0]
    assert (first["style"], first["text"]["text"].partition(":")[0]) == ("primary", "Next")
