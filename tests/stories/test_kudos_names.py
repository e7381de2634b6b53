"""Kudos without an @: whole names are found by their first word, as they are now."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from bot.domain.facts import Profile
from bot.services import praise
from bot.store import praise as store
from tests.encore import House, link, sandboxed, serving
from tests.stories.praising import GIVER, LEA, colleagues, live, say


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    with colleagues(database_url) as where:
        live(where)
        yield where


async def test_somebody_is_called_by_the_name_they_have_now(cebu: House) -> None:
    cebu.workspace.add_person("zoe", slack_id="UZOE00001")
    cebu.centre.bring(Profile("z", "Zoë Older", site="Cebu"))
    link(cebu, "Zoë Older", "UZOE00001")
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        before = await say(cebu, sandbox, GIVER, "zoe older and Agent 2 stayed late for the order")
        cebu.centre.bring(Profile("z", "Ánn-Zoë Newer", site="Cebu"))
        after = await say(cebu, sandbox, GIVER, "Ann-Zoe newer: stayed late for the order")
        unknown = await say(cebu, sandbox, GIVER, "Zoë Older stayed late for the order")
    assert before.startswith("Your kudos for Zoë Older and Agent 2 are on their way")
    assert after.startswith("Your kudos for Ánn-Zoë Newer are on their way")
    assert "Say first whom you mean" in unknown


def test_only_names_that_can_match_are_read(cebu: House) -> None:
    team, day = cebu.workspace.team_id, cebu.centre.at.date()
    cebu.centre.bring(Profile("z", "Agenta Older", site="Cebu"))
    link(cebu, "Agenta Older", "UZOE00001")
    found = {
        word: cebu.centre.db.read_now(store.list_called, team, word, day) for word in ("agent", "agenta", "lea", "")
    }
    assert {word: len(names) for word, names in found.items()} == {"agent": 4, "agenta": 1, "lea": 0, "": 0}
    typed = cebu.centre.db.read_now(praise.typed, cebu.centre.at, team, "Agent 2 did #wow")
    assert (typed.receivers, typed.words) == ((LEA,), "did #wow")
    if cebu.centre.db.url.drivername.startswith("sqlite"):
        plan = cebu.centre.db.read_now(
            lambda s: s.connection().execute(text("EXPLAIN QUERY PLAN SELECT 1 FROM person WHERE called = 'a'")).all()
        )
        assert "ix_person_called" in str(plan)
