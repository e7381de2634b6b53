"""A site that is switched off says nothing more, whatever was queued before; whoever wants no public words gets none."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from bot.domain.people import Role
from bot.domain.praise import KudosPost
from bot.services import dead_letters, outbox
from bot.services.manners import LOOK_AGAIN
from bot.store import people, tables, texts
from tests.encore import House, go_live, house, link, sandboxed, serving, thursday
from tests.jobs.personal import grant, heard, rows, settle, states, tell, words_to
from tests.stories.facts import CEBU
from tests.views.values import DAY

LEA, BEN = "ULEA", "UBEN"


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    where = house(database_url)
    where.workspace.rates = False
    where.workspace.add_person("ben", slack_id=BEN)
    thursday(where, people_count=4)
    link(where, "Agent 1", LEA)
    link(where, "Agent 2", BEN)
    go_live(where, boards=[])
    yield where
    where.centre.close()


async def settled(where: House, *, seconds: int = 2) -> None:
    async with sandboxed(where) as sandbox, serving(where, sandbox) as encore:
        for _ in range(seconds):
            await settle(where, encore)
            where.clock.skip(timedelta(seconds=1))


def switch(where: House, mode: str) -> None:
    where.centre.at = where.clock.now()
    go_live(where, mode=mode, boards=[])


def queue(where: House, key: str, value: Any, **given: Any) -> None:
    view = "kudos" if isinstance(value, KudosPost) else "board"
    where.centre.db.write_now(
        outbox.queue, where.clock.now(), key=key, channel=where.channel, view=view, value=value, **given
    )  # fmt: skip


def site_id(where: House) -> int:
    return next(site.id for site in where.centre.db.read_now(people.list_sites) if site.name == CEBU[0])


def kudos(where: House, *names: str) -> KudosPost:
    at = where.clock.now()
    text_id = where.centre.db.write_now(lambda s: texts.add(s, at, kind="kudos", body="stayed late"))
    return KudosPost(where.centre.person("Agent 4"), tuple(where.centre.person(name) for name in names), text_id, (), 0)


@pytest.mark.parametrize(("mode", "tells"), [("off", False), ("shadow", False), ("private", True)])
async def test_what_is_queued_is_not_said_by_a_site_that_is_silent_now(cebu: House, mode: str, tells: bool) -> None:
    queue(cebu, "board", DAY, site_id=site_id(cebu))
    queue(cebu, "kudos", kudos(cebu, "Agent 1"))
    tell(cebu, "Agent 1", "news")
    switch(cebu, mode)
    await settled(cebu)
    assert cebu.said() == []
    assert len(heard(cebu, LEA)) == tells
    told = states(cebu)
    assert (told["board"], told["kudos"]) == (("folded", "site_is_silent"), ("folded", "nobody_to_name"))
    assert told["news"] == (("sent", None) if tells else ("folded", "site_is_silent"))


async def test_what_asks_waits_until_the_site_is_on_again(cebu: House) -> None:
    tell(cebu, "Agent 1", "ask", "decide", asks=True)
    switch(cebu, "off")
    await settled(cebu)
    assert states(cebu)["ask"] == ("queued", "site_is_silent")
    switch(cebu, "live")
    cebu.clock.skip(LOOK_AGAIN)
    await settled(cebu)
    assert words_to(cebu, LEA) == ["Agent 1 thanks Agent 1: decide"]


async def test_whoever_has_to_do_with_every_site_is_told_although_their_own_is_off(cebu: House) -> None:
    grant(cebu, "Agent 2", Role.ADMIN)
    switch(cebu, "off")
    tell(cebu, "Agent 2", "ask", "decide", asks=True)
    tell(cebu, "Agent 2", "news", "something")
    await settled(cebu, seconds=3)
    assert len(heard(cebu, BEN)) == 2


async def test_a_change_takes_its_place_although_the_site_is_off(cebu: House) -> None:
    """It makes no sound, and whoever pressed a button is not left with it."""
    tell(cebu, "Agent 1", "ask", "decide", asks=True)
    await settled(cebu)
    switch(cebu, "off")
    cebu.centre.db.write_now(outbox.edit, cebu.clock.now(), "ask", key="edit", view="board", value=DAY)
    await settled(cebu)
    assert states(cebu)["edit"] == ("sent", None)


async def test_a_letter_that_is_brought_again_is_not_said_either(cebu: House) -> None:
    nowhere = cebu.workspace.add_channel("nowhere", with_bot=False)
    cebu.centre.db.write_now(
        outbox.queue, cebu.clock.now(), key="board", channel=nowhere.slack_id, view="board", value=DAY,
        site_id=site_id(cebu),
    )  # fmt: skip
    await settled(cebu)
    assert states(cebu)["board"] == ("dead", "not_in_channel")
    switch(cebu, "shadow")
    cebu.workspace.join(nowhere.slack_id, cebu.workspace.bot_user.slack_id)
    cebu.centre.db.write_now(dead_letters.retry, cebu.clock.now(), rows(cebu)[0].id or 0, actor="story")
    await settled(cebu)
    assert states(cebu)["board"] == ("folded", "site_is_silent")
    assert nowhere.messages == []


def hide(where: House, name: str) -> None:
    person_id = where.centre.person(name)

    def deed(session: Session) -> None:
        session.merge(tables.Preference(person_id=person_id, announce=False))

    where.centre.db.write_now(deed)


async def test_who_wants_no_public_words_by_now_is_not_named_in_them(cebu: House) -> None:
    queue(cebu, "both", kudos(cebu, "Agent 1", "Agent 2"))
    queue(cebu, "one", kudos(cebu, "Agent 1"))
    hide(cebu, "Agent 1")
    await settled(cebu, seconds=3)
    assert cebu.said() == ["Agent 4 thanks Agent 2: stayed late"]
    assert (states(cebu)["both"], states(cebu)["one"]) == (("sent", None), ("folded", "nobody_to_name"))


async def test_they_still_read_it_themselves(cebu: House) -> None:
    hide(cebu, "Agent 1")
    tell(cebu, "Agent 1", "news")
    await settled(cebu)
    assert len(heard(cebu, LEA)) == 1
