"""Kudos through the front door: once for each deed, from an allowance of one's own month, never to oneself or strangers."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.domain.ledger import person
from bot.domain.programme import parse_programme
from bot.services import programme
from bot.store import ledger, proof
from tests.encore import House, house, link, sandboxed, serving, thursday, until

GIVER, LEA = "UGIVER", "ULEA"


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    where = house(database_url)
    thursday(where, people_count=4)
    where.workspace.add_person("giver", slack_id=GIVER, tz="Asia/Manila")
    where.workspace.channel(where.channel).members.append(GIVER)
    link(where, "Agent 1", GIVER)
    link(where, "Agent 2", LEA)
    live(where)
    yield where
    assert where.centre.db.read_now(proof.verify) == []
    where.centre.close()


def live(where: House, **kudos: object) -> None:
    document = {
        "sites": {"Cebu": {"mode": "live", "live_from": "2026-03-01", "channel": where.channel}},
        "boards": [],
        "kudos": {"allowance": 25, "points": 5, "values": ["wow"], **kudos},
    }
    where.centre.db.write_now(
        programme.apply, where.centre.at, parse_programme(document, origin="story"), actor="story"
    )


def points(where: House, name: str) -> int:
    return where.centre.db.read_now(ledger.balance, person(where.centre.person(name)), "points")


async def test_kudos_are_posted_and_counted(cebu: House) -> None:
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        answer = await sandbox.command(GIVER, cebu.channel, "/kudos", "@lea saved the <Lee> case & more #wow")
        await until(lambda: len(cebu.posts()) == 1)
    assert answer.ephemeral
    assert answer.text == (
        f"Your kudos for Agent 2 are on their way to <#{cebu.channel}>.\n"
        "They bring 5 points. You have 20 points left to give; your allowance is new on April 1, 2026."
    )
    assert cebu.said() == ["Agent 1 thanks Agent 2: saved the &lt;Lee&gt; case &amp; more #wow (#wow  ·  +5 points)"]
    assert (points(cebu, "Agent 2"), points(cebu, "Agent 1")) == (5, 0)


async def test_the_same_kudos_delivered_again_count_once(cebu: House) -> None:
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        sandbox.faults.deliver_twice()
        await sandbox.command(GIVER, cebu.channel, "/kudos", "@lea saved the Lee case")
        await until(lambda: len(cebu.posts()) == 1)
        cebu.clock.skip(timedelta(minutes=10))
        await asyncio.sleep(0.3)
    assert len(cebu.posts()) == 1
    assert points(cebu, "Agent 2") == 5


async def test_twenty_at_once_on_an_allowance_for_five(cebu: House) -> None:
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        answers = await asyncio.gather(
            *[sandbox.command(GIVER, cebu.channel, "/kudos", f"@lea did great thing {n}") for n in range(20)]
        )
    with_points = [answer for answer in answers if "They bring 5 points" in answer.text]
    without = [answer for answer in answers if "They come without points: you have 0 left" in answer.text]
    assert (len(with_points), len(without)) == (5, 15)
    assert points(cebu, "Agent 2") == 25


async def test_an_allowance_is_new_with_the_givers_own_month(cebu: House) -> None:
    # 31 March, 15:30 in UTC: in Cebu it is half an hour before midnight.
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        cebu.clock.move_to(cebu.clock.now().replace(month=3, day=31, hour=15, minute=30))
        last = await sandbox.command(GIVER, cebu.channel, "/kudos", "@lea did the last thing")
        cebu.clock.skip(timedelta(hours=1))
        first = await sandbox.command(GIVER, cebu.channel, "/kudos", "@lea did the first thing")
    assert "20 points left to give; your allowance is new on April 1, 2026" in last.text
    assert "20 points left to give; your allowance is new on May 1, 2026" in first.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("@giver did well today", "you cannot give them to yourself"),
        ("@stranger did well today", "not linked to Encore"),
        ("@encore did well today", "not linked to Encore"),
        ("@nobody.here did well today", "Nobody here is called @nobody.here"),
        ("well done everybody", "Say first whom you mean"),
        ("@lea thanks", "at least 3"),
        ("@lea " + "x y " * 300, "1,000 fit"),
        ("", "You have 25 of 25 points left to give"),
        ("help", "Thank somebody: /kudos @name"),
    ],
)
async def test_what_cannot_be_given_says_what_would_work(cebu: House, typed: str, said: str) -> None:
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        answer = await sandbox.command(GIVER, cebu.channel, "/kudos", typed)
        stranger = await sandbox.command("USTRANGER", cebu.channel, "/kudos", "@lea did well today")
    assert said in answer.text
    assert "I do not know you yet" in stranger.text
    assert (cebu.posts(), points(cebu, "Agent 2")) == ([], 0)


async def test_several_get_the_points_each_or_nobody(cebu: House) -> None:
    cebu.workspace.add_person("third", slack_id="UTHIRD")
    link(cebu, "Agent 3", "UTHIRD")
    live(cebu, allowance=5)
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        answer = await sandbox.command(GIVER, cebu.channel, "/kudos", "@lea @third stayed late for us")
        await until(lambda: len(cebu.posts()) == 1)
    assert "Agent 2 and Agent 3" in answer.text
    assert "They come without points: you have 5 left" in answer.text
    assert (points(cebu, "Agent 2"), points(cebu, "Agent 3")) == (0, 0)


async def test_nobody_is_thanked_where_encore_is_not_live(cebu: House) -> None:
    document = {"sites": {"Cebu": {"mode": "shadow"}}}
    cebu.centre.db.write_now(programme.apply, cebu.centre.at, parse_programme(document, origin="story"), actor="story")
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        answer = await sandbox.command(GIVER, cebu.channel, "/kudos", "@lea saved the day")
    assert "Encore is not live at your site yet" in answer.text
