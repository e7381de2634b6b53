"""Sites set up in Slack: a channel that Encore is in, a zone that there is, and a yes before anything is posted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from bot.domain.people import Role
from bot.domain.programme import BoardChoice, Programme, SiteMode, parse_programme
from bot.domain.setup import SiteAsked
from bot.errors import FormError, NotFoundError
from bot.sandbox.interactions import OnView, Outcome
from bot.services import programme as programmes
from bot.services import sites
from bot.store import people as people_store
from bot.store import setup as setup_store
from tests.encore import House, sandboxed, serving, thursday, until
from tests.services.test_at_once import together
from tests.stories.facts import CEBU, call
from tests.stories.setting_up import ADA, ANA, FRIDAY, Hands, audited, code, opened, with_site, with_team, words_of


@pytest.fixture
def fresh(database_url: str) -> Iterator[House]:
    with opened(database_url) as where:
        yield where


def programme(where: House) -> Programme:
    return where.centre.db.read_now(programmes.current, where.clock.now())


def apply(where: House, **document: Any) -> None:
    parsed = parse_programme(document, origin="story")
    where.centre.db.write_now(programmes.apply, FRIDAY - timedelta(days=1), parsed, actor="story")


async def add_site(ada: Hands) -> None:
    await ada.presses("Add a site", await ada.types(f"setup {code(ada.where)}"))


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("CELSEWHERE", "Encore is not in #elsewhere yet. Write /invite @Encore in that channel, and try again."),
        ("CSECRET01", "Encore is not in this channel yet. Write /invite @Encore in that channel, and try again."),
    ],
)
async def test_a_channel_that_encore_is_not_in_is_told_beside_the_field(fresh: House, channel: str, said: str) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        await add_site(ada)
        refused = await ada.fills_in(name="Cebu", channel=channel)
        assert refused.errors == {"channel": said}
        fresh.workspace.join(channel, fresh.workspace.bot_user.slack_id)
        assert await ada.fills_in(name="Cebu", channel=channel) == Outcome()
    assert programme(fresh).site("Cebu").channel == channel


async def test_a_channel_that_was_archived_meanwhile_is_refused(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        await add_site(ada)
        fresh.workspace.channel(fresh.channel).is_archived = True
        refused = await ada.fills_in(name="Cebu")
    assert refused.errors == {"channel": "#floor is archived. Choose another channel."}


async def test_the_form_of_a_new_site_knows_ones_own_zone_and_channel(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        await add_site(ada)
        elements = {block["block_id"]: block["element"] for block in ada.modal["blocks"]}
    assert elements["zone"]["initial_value"] == "Asia/Manila"
    assert elements["channel"]["initial_conversation"] == fresh.channel


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Manila", "“Manila” is not a time zone. Did you mean Asia/Manila?"),
        ("Lisbn", "“Lisbn” is not a time zone. Did you mean Europe/Lisbon?"),
        ("asia/manila", "“asia/manila” is not a time zone. Did you mean Asia/Manila?"),
        ("../../etc/passwd", "“../../etc/passwd” is not a time zone. Write it as a continent and a city: Asia/Manila."),
    ],
)
async def test_a_zone_that_is_none_gets_the_nearest(fresh: House, typed: str, said: str) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        await add_site(ada)
        assert (await ada.fills_in(name="Cebu", zone=typed)).errors == {"zone": said}
    assert fresh.centre.db.read_now(sites.places, FRIDAY) == []


async def test_a_site_is_there_once_whatever_its_case_and_keeps_a_zone_that_days_are_counted_in(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        await with_site(ada)
        await ada.presses("Sites", await ada.types("setup"))
        await ada.presses("Add a site")
        assert "There is a site “CEBU” already" in (await ada.fills_in(name="CEBU")).errors["name"]
        await ada.presses("Sites", await ada.types("setup"))
        await ada.presses("Change")
        assert await ada.fills_in(zone="Asia/Tokyo") == Outcome()
        fresh.centre.bring(call("1", "Somebody", "2026-03-05 10:00"), site=("Cebu", "Asia/Tokyo"))
        await ada.presses("Sites", await ada.types("setup"))
        await ada.presses("Change")
        assert "are counted in Asia/Tokyo already" in (await ada.fills_in(zone="Asia/Manila")).errors["zone"]


async def test_a_change_leaves_the_rest_of_the_programme_alone(fresh: House) -> None:
    apply(fresh, kudos={"allowance": 7, "values": ["wow"]}, sites={"Lisbon": {"mode": "private"}}, ask="Dana")
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        await with_site(Hands(fresh, sandbox, ADA))
    now = programme(fresh)
    assert (now.kudos.allowance, now.kudos.values, now.ask) == (7, ("wow",), "Dana")
    assert (now.site("Lisbon").mode, now.site("Cebu").mode) == (SiteMode.PRIVATE, SiteMode.SHADOW)
    assert [after for _, _, after in audited(fresh, "site.save")] == [
        {"name": "Cebu", "zone": "Asia/Manila", "channel": "CFLOOR001", "boards": "opt-out"}
    ]


async def test_a_channel_that_the_programme_knows_by_its_name_stays(fresh: House) -> None:
    fresh.centre.begin("people")
    apply(fresh, sites={"Cebu": {"channel": "#floor"}})
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        steps = await ada.types(f"setup {code(fresh)}")
        assert "Cebu (Asia/Manila), #floor." in steps.text
        await ada.presses("Sites", steps)
        await ada.presses("Change")
        assert await ada.fills_in(boards="opt-in") == Outcome()
    assert (programme(fresh).site("Cebu").channel, programme(fresh).site("Cebu").boards) == (
        "#floor",
        BoardChoice.OPT_IN,
    )


@pytest.mark.both_databases
def test_two_admins_at_once_do_not_lose_each_others_change(fresh: House) -> None:
    """Whoever comes second was asked earlier, and still sees what the first has done."""
    admin = fresh.centre.hire("Ada")
    fresh.centre.db.write_now(lambda session: people_store.grant(session, admin, Role.ADMIN, None))

    def adds(number: int) -> None:
        asked = SiteAsked(None, f"Site {number}", "Asia/Manila", f"CSITE000{number}", BoardChoice.OPT_IN)
        fresh.centre.db.write_now(sites.save, FRIDAY - timedelta(milliseconds=number), admin, asked)

    together(*[lambda n=n: adds(n) for n in range(6)])
    assert {name: site.channel for name, site in programme(fresh).sites.items()} == {
        f"Site {n}": f"CSITE000{n}" for n in range(6)
    }


async def test_going_live_takes_a_channel_a_day_to_come_and_a_yes(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        await add_site(ada)
        await ada.fills_in(name="Cebu", channel=[])
        assert "It has no channel yet" in ada.reads()
        await ada.presses("Go live", await ada.types("setup"))
        refused = await ada.fills_in(live_from="2026-03-05")
        assert refused.errors == {
            "mode": "This site has no channel yet. Choose one with “Sites” first.",
            "live_from": "A day before today cannot be: what is over is never posted.",
            "agreed": "Tick this to let the site go live. It is written down who said so.",
        }
        await ada.presses("Sites", await ada.types("setup"))
        await ada.presses("Change")
        await ada.fills_in(channel=fresh.channel)
        await with_team(ada)
        await ada.presses("Next: go live")
        assert await ada.fills_in(live_from="2026-03-09", agreed=["yes"]) == Outcome()
        assert "Cebu is live from March 9, 2026 on." in ada.reads()
        # The same again changes nothing; back it goes from the same form.
        for mode, said in (
            (["live"], "is live from March 9"),
            (["private"], "is private"),
            (["shadow"], "is in shadow"),
        ):
            await ada.presses("Sites", await ada.types("setup"))
            await ada.presses("Live or not" if mode != ["shadow"] else "Go live")
            assert await ada.fills_in(mode=mode, agreed=["yes"] if mode == ["live"] else []) == Outcome()
            assert said in ada.reads()
    assert [(actor, after["live_from"], after["said_yes"]) for actor, _, after in audited(fresh, "site.live")] == [
        ("person:1", "2026-03-09", True)
    ]
    assert (len(audited(fresh, "site.private")), len(audited(fresh, "site.shadow"))) == (1, 1)
    assert programme(fresh).site("Cebu").live_from is None


async def test_encore_that_was_thrown_out_of_the_channel_does_not_go_live(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        await with_site(ada)
        fresh.workspace.leave(fresh.channel, fresh.workspace.bot_user.slack_id)
        await ada.presses("Go live", await ada.types("setup"))
        refused = await ada.fills_in(agreed=["yes"])
    assert "Encore is not in #floor yet" in refused.errors["mode"]
    assert programme(fresh).site("Cebu").mode is SiteMode.SHADOW


async def test_the_first_board_is_shown_to_the_admin_alone_and_nothing_is_posted(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox) as encore:
        ada = Hands(fresh, sandbox, ADA)
        await with_site(ada)
        await ada.presses("Preview", await ada.types("setup"))
        await until(lambda: "There is nothing to show of Thursday, March 5, 2026" in ada.messages()[-1].text)
        thursday(fresh)
        await ada.presses("Preview", await ada.types("setup"))
        await until(lambda: "Only you see this." in ada.messages()[-1].text)
        shown = ada.messages()[-1]
        assert "Agent 1" in words_of(shown.blocks)
        assert shown.ephemeral_to == ADA
        assert "Agent 1" not in str(Hands(fresh, sandbox, ANA).messages())
        # In a modal it lies upon what is open.
        await ada.presses("Sites", await ada.types("setup"))
        await ada.presses("Preview")
        assert "Agent 1" in ada.reads()
        await encore.loop.tick()
    assert fresh.posts() == []


async def test_with_several_sites_one_says_which(fresh: House) -> None:
    fresh.centre.begin("people", site=("Lisbon <!channel> *", "Europe/Lisbon"))
    fresh.centre.begin("people", site=CEBU)
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        steps = await ada.types(f"setup {code(fresh)}")
        assert "<!channel>" not in str(ada.message(steps).blocks)
        await ada.presses("Go live", steps)
        assert "Lisbon &lt;!channel&gt;" in ada.reads()
        await ada.presses("Go live")
        assert "Cebu" in ada.reads()
        with pytest.raises(NotFoundError):
            await sandbox.interactions.act(ANA, OnView(ada.modal["id"]), "x", "sites_live", [], {})


def test_a_new_site_that_is_sent_twice_is_one(fresh: House) -> None:
    """Two processes get the same form at once; another form of that name is refused."""
    db = fresh.centre.db
    admin = db.write_now(people_store.add, FRIDAY, "Ada Cruz")
    db.write_now(people_store.grant, admin, Role.ADMIN, None)
    asked = SiteAsked(None, "Cebu", "Asia/Manila", fresh.channel, BoardChoice.OPT_OUT)
    places: list[Any] = []
    together(*[lambda: places.append(db.write_now(sites.save, FRIDAY, admin, asked))] * 3)
    assert len(places) == 3
    assert len(set(places)) == 1
    assert len(audited(fresh, "site.save")) == 1
    with pytest.raises(FormError, match="There is a site “Cebu” already"):
        db.write_now(sites.save, FRIDAY, admin, replace(asked, channel=""))


def test_a_team_whose_lead_has_left_has_none(fresh: House) -> None:
    def team(session: Session) -> None:
        site = people_store.add_site(session, "Cebu", "Asia/Manila")
        team_id = people_store.find_or_add_team(session, site.id, "Blue")
        lead = people_store.add(session, FRIDAY, "Ana Cruz")
        people_store.grant(session, lead, Role.LEAD, team_id)

    def leave(session: Session) -> None:
        people_store.describe(session, people_store.list_by_name(session, "Ana Cruz")[0], {"left_on": FRIDAY.date()})

    db = fresh.centre.db
    db.write_now(team)
    assert db.read_now(setup_store.count_teams, FRIDAY.date()) == (1, 1)
    db.write_now(leave)
    assert db.read_now(setup_store.count_teams, FRIDAY.date()) == (1, 0)
