"""`/encore`, and what every command says where something is not set yet: whom to ask, and to admins what to do."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.domain.programme import parse_programme
from bot.sandbox.state import elements_in
from bot.services import programme as programmes
from tests.encore import House, sandboxed, serving
from tests.stories.setting_up import ADA, ANA, BEN, CHO, FRIDAY, Hands, code, opened, with_site, with_team, words_of

COMMANDS = (("/kudos", "@cho stayed late for us"), ("/mystats", ""), ("/redeem", ""), ("/encore", ""), ("/coach", ""))


@pytest.fixture
def fresh(sqlite_url: str) -> Iterator[House]:
    with opened(sqlite_url) as where:
        yield where


def buttons(where: House, hands: Hands, answer: Any) -> list[str]:
    blocks = hands.message(answer).blocks
    return [element["text"]["text"] for _, element in elements_in(blocks) if element["type"] == "button"]


async def said(hands: Hands, command: str, text: str = "") -> str:
    """Return what a command answers, whether it is a message or a page."""
    before = hands.top()
    answer = await hands.types(text, command)
    return answer.text or (words_of(hands.top()["blocks"]) if hands.top() is not before else "")


async def test_help_has_what_one_may_type(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada, ana, ben = (Hands(fresh, sandbox, slack_id) for slack_id in (ADA, ANA, BEN))
        await with_site(ada)
        await with_team(ada)
        for typed in ("", "help", "HELP"):
            help_of_ben = await ben.types(typed)
            assert all(word in help_of_ben.text for word in ("/kudos @ana", "/mystats", "/redeem", "/encore settings"))
            assert "/coach mine shows what a lead wrote for you" in help_of_ben.text
            assert "/coach @" not in help_of_ben.text
            assert "/coach @" not in await said(ben, "/coach", "help")
            assert "/encore setup" not in help_of_ben.text
            assert buttons(fresh, ben, help_of_ben) == ["Settings"]
        assert "/coach @ana" in (await ana.types("help")).text
        assert "/coach @name" in await said(ana, "/coach", "help")
        help_of_ada = await ada.types("help")
        assert "/encore setup" in help_of_ada.text
        assert buttons(fresh, ada, help_of_ada) == ["Settings", "Setup"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("setings", "I do not know “/encore setings”. Did you mean /encore settings?"),
        ("set up", "I do not know “/encore set up”. Did you mean /encore setup?"),
        ("xyzzy", "I do not know “/encore xyzzy”.\n"),
        ("<!channel> & co", "I do not know “/encore &lt;!channel&gt; &amp; co”.\n"),
    ],
)
async def test_another_word_gets_what_would_work(fresh: House, typed: str, told: str) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        answer = await Hands(fresh, sandbox, BEN).types(typed)
    assert told in answer.text
    assert "/kudos @ana" in answer.text


async def test_before_there_is_an_admin_every_command_says_how_one_comes_to_be(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        for command, text in COMMANDS:
            answer = await said(Hands(fresh, sandbox, BEN), command, text)
            assert "I do not know you yet. Encore has no admin yet" in answer, command
            assert "/encore setup CODE" in answer, command


async def test_who_is_not_linked_is_sent_to_the_admins_by_name(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        await Hands(fresh, sandbox, ADA).types(f"setup {code(fresh)}")
        for command, text in COMMANDS:
            answer = await said(Hands(fresh, sandbox, BEN), command, text)
            assert "I do not know you yet. Ask Ada Cruz to link you to Encore." in answer, command


async def test_an_admin_without_a_site_learns_what_to_do(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada = Hands(fresh, sandbox, ADA)
        await ada.types(f"setup {code(fresh)}")
        for command, text in COMMANDS[:3]:
            answer = await said(ada, command, text)
            assert "You belong to no site yet. /encore setup adds you to a team, with “Add a team”." in answer, command


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        ("off", "Encore is switched off at Cebu."),
        ("shadow", "Encore is not live at Cebu yet: it is being tried out, and tells nothing."),
        ("private", "Encore is not live at Cebu yet: everybody sees their own figures, and nothing is posted."),
    ],
)
async def test_at_a_site_that_is_not_live_agents_learn_whom_to_ask_and_admins_what_to_do(
    fresh: House, mode: str, why: str
) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada, ben = Hands(fresh, sandbox, ADA), Hands(fresh, sandbox, BEN)
        await with_site(ada)
        await with_team(ada, ADA, BEN, CHO)
        document = {"sites": {"Cebu": {"mode": mode, "channel": fresh.channel}}}
        fresh.centre.db.write_now(
            programmes.apply, FRIDAY, parse_programme(document, origin="story"), actor="story"
        )  # fmt: skip
        silent = COMMANDS[:2] if mode != "private" else COMMANDS[:1]
        for command, text in silent:
            assert f"{why} Ask Ada Cruz when it starts." in await said(ben, command, text), command
            assert f"{why} /encore setup lets it go live, with “Go live”." in await said(ada, command, text), command


async def test_without_a_channel_kudos_say_who_names_one(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada, ben = Hands(fresh, sandbox, ADA), Hands(fresh, sandbox, BEN)
        await with_site(ada)
        await with_team(ada, ADA, BEN, CHO)
        document = {"sites": {"Cebu": {"mode": "live", "live_from": "2026-03-06"}}}
        fresh.centre.db.write_now(
            programmes.apply, FRIDAY, parse_programme(document, origin="story"), actor="story"
        )  # fmt: skip
        lacking = "Cebu has no channel yet in which Encore could post."
        assert f"{lacking} Ask Ada Cruz to name one." in await said(ben, *COMMANDS[0])
        assert f"{lacking} /encore setup names one, with “Sites”." in await said(ada, *COMMANDS[0])
