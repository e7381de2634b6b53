"""However often it is delivered, whoever else gives at the same moment: kudos are given once, and nothing is overspent."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

import httpx
import pytest
from sqlmodel import Session, select

from bot.domain.praise import Given
from bot.errors import FormError, RefusedError
from bot.sandbox.delivery import signature_headers
from bot.services import praise
from bot.services.praise import Asked
from bot.store import tables
from tests.encore import House, sandboxed, serving, until
from tests.services.test_at_once import together
from tests.stories.praising import GIVER, LEA, MAX, NOA, colleagues, live, points, say, told

pytestmark = pytest.mark.both_databases


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    with colleagues(database_url) as where:
        yield where


@pytest.fixture
def manila(sqlite_url: str) -> Iterator[House]:
    with colleagues(sqlite_url) as where:
        yield where


def asked(where: House, key: str, *receivers: str, giver: str = GIVER) -> Asked:
    return Asked(key, where.workspace.team_id, giver, receivers, "stayed very late", ())


def give(where: House, request: Asked) -> Given:
    return where.centre.db.write_now(praise.give, where.clock.now(), request)


def test_one_key_at_once_is_one_gift_with_one_answer(cebu: House) -> None:
    request, answers = asked(cebu, "k", LEA, MAX), list[Given]()
    together(*[lambda: answers.append(give(cebu, request))] * 8)
    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert points(cebu, "Agent 2", "Agent 3") == [5, 5]
    assert cebu.centre.db.read_now(lambda s: len(s.exec(select(tables.Text)).all())) == 1
    with pytest.raises(RefusedError, match="in other words"):
        give(cebu, replace(request, words="did something else"))


def test_what_is_done_is_answered_as_done_whatever_changed_since(cebu: House) -> None:
    request = asked(cebu, "k", LEA, MAX)
    first = give(cebu, request)
    live(cebu, mode="off", has_channel=False)
    assert give(cebu, request) == first
    with pytest.raises(RefusedError, match="no kudos for you to give yet"):
        give(cebu, asked(cebu, "another", LEA))


def test_one_key_at_once_without_points_is_one_gift_too(cebu: House) -> None:
    """Then no account of the ledger lets one wait for the other."""
    live(cebu, points=0)
    together(*[lambda: give(cebu, asked(cebu, "k", LEA))] * 8)
    assert cebu.centre.db.read_now(_kept) == (1, 1, 2)


def test_two_forms_for_one_message_at_once_thank_once(cebu: House) -> None:
    refused: list[str] = []

    def thank(number: int) -> None:
        try:
            give(cebu, replace(asked(cebu, f"form{number}", LEA, MAX), about="message:T1:C1:1.000001"))
        except FormError as error:
            refused.append(error.fields["to"])

    together(*[lambda n=n: thank(n) for n in range(6)])
    assert refused == ["You thanked Agent 2 and Agent 3 for this message already."] * 5
    assert points(cebu, "Agent 2", "Agent 3") == [5, 5]


def test_people_who_thank_each_other_at_once_do_not_get_in_each_others_way(cebu: House) -> None:
    everybody = [GIVER, LEA, MAX, NOA]
    gifts = [
        asked(cebu, f"{giver}{n}", *(one for one in everybody if one != giver), giver=giver)
        for giver in everybody
        for n in range(2)
    ]
    together(*[lambda gift=gift: give(cebu, gift) for gift in gifts])
    # Of 25 points one gift of 15 can be paid.
    assert points(cebu, "Agent 1", "Agent 2", "Agent 3", "Agent 4") == [15] * 4
    assert cebu.centre.db.read_now(_kept)[0] == 8


def test_twenty_gifts_at_once_on_an_allowance_for_five(cebu: House) -> None:
    together(*[lambda n=n: give(cebu, asked(cebu, f"k{n}", (LEA, MAX)[n % 2])) for n in range(20)])
    assert sum(points(cebu, "Agent 2", "Agent 3")) == 25


async def test_the_same_kudos_delivered_again_count_once(cebu: House) -> None:
    """At once, a moment later in another envelope, and after Encore was started anew."""
    async with sandboxed(cebu) as sandbox:
        async with serving(cebu, sandbox):
            sandbox.faults.deliver_twice()
            await say(cebu, sandbox, GIVER, "@lea saved the Lee case")
            payload = next(entry.request for entry in sandbox.record if entry.title == "/kudos")
            await asyncio.gather(*[sandbox.gateway.deliver("slash_commands", "again", payload) for _ in range(3)])
            await until(lambda: len(cebu.posts()) == len(told(cebu, LEA)) == 1)
        async with serving(cebu, sandbox):
            await sandbox.gateway.deliver("slash_commands", "again", payload)
            await say(cebu, sandbox, GIVER, "@max saved the Lee case")
            # What is said in the channel later has been said after it.
            await until(lambda: len(cebu.posts()) == 2)
    assert [said.partition(":")[0] for said in cebu.said()] == ["Agent 1 thanks Agent 2", "Agent 1 thanks Agent 3"]
    assert points(cebu, "Agent 2", "Agent 3") == [5, 5]
    assert cebu.centre.db.read_now(_kept) == (2, 2, 4)


async def test_a_captured_signed_command_runs_once(manila: House) -> None:
    """The signature is good for five minutes: what was overheard is known again all the same."""
    async with (
        sandboxed(manila) as interface,
        serving(manila, interface, slack_mode="http") as encore,
        sandboxed(manila, request_url=f"{encore.url}/slack/events") as sandbox,
        httpx.AsyncClient() as http,
    ):
        await say(manila, sandbox, GIVER, "@lea saved the Lee case")
        await until(lambda: len(manila.posts()) == 1 and manila.centre.db.read_now(_seen) == 1)
        before = len(manila.workspace.channel(manila.channel).messages)
        sent = next(entry.request for entry in sandbox.record if entry.title == "/kudos")
        # The record hides tokens; otherwise this is what was sent, byte for byte.
        body = urlencode(sent | {"token": manila.workspace.verification_token}).encode()
        headers = signature_headers(manila.workspace.signing_secret, body, int(time.time()))
        headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        answers = [await http.post(f"{encore.url}/slack/events", content=body, headers=headers) for _ in range(3)]
        await say(manila, sandbox, GIVER, "@max saved the Lee case")
        await until(lambda: len(manila.posts()) == 2)
    assert [(answer.status_code, answer.text) for answer in answers] == [(200, "")] * 3
    # The second command's own answer, and its post.
    assert len(manila.workspace.channel(manila.channel).messages) == before + 2
    assert points(manila, "Agent 2", "Agent 3") == [5, 5]


def _kept(session: Session) -> tuple[int, int, int]:
    """Return how many praises, texts and messages there are."""
    tallies = [len(session.exec(select(table)).all()) for table in (tables.Praise, tables.Text, tables.Outbox)]
    return tallies[0], tallies[1], tallies[2]


def _seen(session: Session) -> int:
    return len(session.exec(select(tables.Seen)).all())
