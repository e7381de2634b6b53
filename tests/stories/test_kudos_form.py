"""The form that `/kudos` opens: what stands in it, what is wrong in it, and that one form counts once."""

import asyncio
from collections.abc import Iterator

import pytest
from prometheus_client import Counter

from tests.encore import House, sandboxed, serving, until
from tests.stories.praising import GIVER, LEA, MAX, colleagues, live, opened, points, send, shown, told, words_of


@pytest.fixture
def manila(sqlite_url: str) -> Iterator[House]:
    with colleagues(sqlite_url) as where:
        yield where


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    with colleagues(database_url) as where:
        yield where


async def test_the_form_gives_what_typing_gives(cebu: House) -> None:
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        await opened(cebu, sandbox)
        form = words_of(shown(cebu, GIVER)["blocks"])
        outcome = await send(
            cebu, sandbox, [LEA, MAX], "Stayed late.\n\n  Saved <the> order & smiled. #wow", values=["teamwork"]
        )
        await until(lambda: len(cebu.posts()) == 1 and len(told(cebu, LEA)) == 1)
    assert outcome.errors == {}
    assert (
        "Everybody you thank gets 5 points. You have 25 of 25 points left to give; your allowance is new on April 1, "
        "2026, at midnight your time."
    ) in form
    page = shown(cebu, GIVER)
    assert page["submit"] is None
    assert "Your kudos for Agent 2 and Agent 3 are on their way to" in words_of(page["blocks"])
    assert "They bring 5 points each. You have 15 of 25 points left to give" in words_of(page["blocks"])
    thanks = "Agent 1 thanks Agent 2 and Agent 3:\nStayed late.\nSaved &lt;the&gt; order &amp; smiled. #wow"
    assert cebu.said() == [f"{thanks} (#teamwork #wow  ·  +5 points each)"]
    assert points(cebu, "Agent 2", "Agent 3") == [5, 5]


async def test_a_programme_without_values_asks_for_none(manila: House) -> None:
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        await opened(manila, sandbox)
        assert "values" in {block.get("block_id") for block in shown(manila, GIVER)["blocks"]}
        live(manila, values=[])
        await opened(manila, sandbox)
        assert "values" not in {block.get("block_id") for block in shown(manila, GIVER)["blocks"]}


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        (None, "Everybody in the channel of their site (yours: <#{}>)"),
        ("C0ALL", "Everybody in <#C0ALL>"),
        ("#all <kudos>", "Everybody in #all &lt;kudos&gt;"),
    ],
)
async def test_who_reads_it_is_named(manila: House, channel: str | None, said: str) -> None:
    live(manila, channel=channel)
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        await opened(manila, sandbox)
        assert said.format(manila.channel) in words_of(shown(manila, GIVER)["blocks"])


async def test_all_that_is_wrong_is_told_at_once(manila: House) -> None:
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        await opened(manila, sandbox)
        outcome = await send(manila, sandbox, [GIVER], "hi")
    assert list(outcome.errors) == ["to", "words"]


@pytest.mark.parametrize(
    ("to", "words", "field", "said"),
    [
        ([LEA], "thank you", "words", "Say in a few words what they did (at least 3 words)."),
        ([GIVER], "did very well", "to", "you cannot give them to yourself"),
        ([LEA, "USTRANGER"], "did very well", "to", "stranger is not known to Encore yet"),
        (["USLACKBOT"], "did very well", "to", "Slackbot is a bot"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field_and_can_be_mended(
    manila: House, to: list[str], words: str, field: str, said: str
) -> None:
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        view_id = await opened(manila, sandbox)
        outcome = await send(manila, sandbox, to, words)
        assert said in outcome.errors[field]
        kept = shown(manila, GIVER)
        assert kept["id"] == view_id
        assert kept["state"]["values"]["words"]["words"]["value"] == words
        assert manila.posts() == []
        mended = await send(manila, sandbox, [LEA], "did very well")
        await until(lambda: len(manila.posts()) == 1)
    assert mended.errors == {}
    assert points(manila, "Agent 2") == [5]


async def test_without_a_channel_it_can_be_given_privately(manila: House) -> None:
    """What is wrong with no field of the form stands upon it, and what was typed is still there."""
    live(manila, has_channel=False)
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        form = await opened(manila, sandbox)
        await send(manila, sandbox, [LEA], "did very well")
        problem = shown(manila, GIVER)
        await sandbox.forms.close(GIVER, problem["id"])
        assert shown(manila, GIVER)["id"] == form
        await send(manila, sandbox, [LEA], "did very well", seen_by=["private"])
        await until(lambda: len(told(manila, LEA)) == 1)
    assert "Cebu has no channel yet" in words_of(problem["blocks"])
    assert manila.posts() == []


async def test_a_double_click_counts_once(cebu: House) -> None:
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        await opened(cebu, sandbox)
        await asyncio.gather(*[send(cebu, sandbox, [LEA], "did very well") for _ in range(2)])
        await until(lambda: len(told(cebu, LEA)) == 1)
    assert (len(cebu.posts()), points(cebu, "Agent 2")) == (1, [5])


async def test_one_form_that_reaches_two_processes_counts_once(cebu: House) -> None:
    """Each envelope goes to another connection; what came of it is said the same way by both."""
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as one, serving(cebu, sandbox) as other:
        await sandbox.socket_mode.until_connected(2)
        await opened(cebu, sandbox)
        await asyncio.gather(*[send(cebu, sandbox, [LEA, MAX], "did very well") for _ in range(4)])
        await until(lambda: len(told(cebu, LEA)) == len(told(cebu, MAX)) == 1)
        taken = [_forms(encore.ctx.meters.deliveries) for encore in (one, other)]
    assert all(taken), "both processes have to have had the form"
    assert (len(cebu.posts()), points(cebu, "Agent 2", "Agent 3")) == (1, [5, 5])


def _forms(deliveries: Counter) -> float:
    samples = [sample for metric in deliveries.collect() for sample in metric.samples]
    return sum(float(s.value) for s in samples if s.labels.get("kind") == "form" and s.name.endswith("_total"))
