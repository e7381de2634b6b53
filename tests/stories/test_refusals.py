"""Whoever asks for what is not for them is refused in words that help, and it is written down, once."""

from collections.abc import Iterator

import pytest

from bot.domain.directory import Team
from bot.errors import ForbiddenError
from bot.sandbox.interactions import Outcome
from bot.services import directory
from tests.encore import House, sandboxed, serving
from tests.stories.setting_up import ADA, ANA, BEN, CHO, FRIDAY, Hands, audited, opened, with_site, with_team


@pytest.fixture
def fresh(database_url: str) -> Iterator[House]:
    with opened(database_url) as where:
        yield where


async def test_every_refusal_at_a_command_is_written_down_once(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        await with_site(Hands(fresh, sandbox, ADA))
        await with_team(Hands(fresh, sandbox, ADA), BEN, lead=BEN)
        ben, cho = Hands(fresh, sandbox, BEN), Hands(fresh, sandbox, CHO)
        told = {}
        for who, command, text in (
            (ben, "/encore", "setup"), (ben, "/encore", "Rewards"), (ben, "/encore", "bonus"),
            (ben, "/encore", "report points"), (ben, "/encore", "approvals"),
            (cho, "/encore", "setup"), (cho, "/encore", "rewards"), (cho, "/encore", "settings"),
            (cho, "/encore", "points 2026-02"), (cho, "/encore", "bonus"), (cho, "/kudos", ""),
            (cho, "/kudos", "@ben stayed late for the order"), (cho, "/coach", "@ben"), (cho, "/redeem", ""),
        ):  # fmt: skip
            told[who.slack_id, command, text] = (await who.types(text, command)).text
        assert all("Ada Cruz" in words for words in told.values()), told
        # Help is for everybody.
        for command in ("/encore", "/kudos", "/mystats"):
            await cho.types("help", command)
    by_ben = f"person:{fresh.centre.person('Ben Cruz')}"
    words = ["setup", "rewards", "bonus", "report", "approvals"]
    of_ben = [(by_ben, f"/encore {word}") for word in words]
    of_cho = [
        (f"slack:{CHO}", what)
        for what in (
            *(f"/encore {word}" for word in ("setup", "rewards", "settings", "points", "bonus")),
            "/kudos", "/kudos", "/coach", "/redeem",
        )
    ]  # fmt: skip
    assert [(actor, subject) for actor, subject, _ in audited(fresh, "refused")] == [*of_ben, *of_cho]


async def test_who_is_an_admin_no_more_when_a_form_comes_back_is_refused_and_it_is_written_down(fresh: House) -> None:
    async with sandboxed(fresh) as sandbox, serving(fresh, sandbox):
        ada, ana = Hands(fresh, sandbox, ADA), Hands(fresh, sandbox, ANA)
        await with_site(ada)
        await with_team(ada)
        await ada.presses("Admins", await ada.types("setup"))
        assert await ada.fills_in(admins=[ADA, ANA]) == Outcome()
        await ana.presses("Admins", await ana.types("setup"))
        await ada.presses("Admins", await ada.types("setup"))
        assert await ada.fills_in(admins=[ADA]) == Outcome()
        await ana.fills_in(admins=[ANA])
        assert "Ada Cruz" in ana.reads()
    assert [subject for _, subject, _ in audited(fresh, "refused")] == ["setup_admins"]
    asked, ana_id = Team(1, "Red", (ANA,), (BEN,)), fresh.centre.person("Ana Cruz")
    with pytest.raises(ForbiddenError):
        fresh.centre.db.write_now(directory.save_team, FRIDAY, ana_id, fresh.workspace.team_id, asked, {})
