"""A deed whose COMMIT went unanswered is done again under its key, and whoever asked for it reads the same."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

import pytest

from bot.domain.directory import LeadRemoved, SlackUser, Unlinked
from bot.services import directory, disputes
from tests.encore import House
from tests.stories.pointing import entry, id_of, known, with_admins
from tests.stories.rewarding import ADA, ANA, LEA, LEO, award, balance, live, rows
from tests.stories.test_disputes import ask, case_id
from tests.stories.test_pots import PIZZA, chip, take_back

T = TypeVar("T")


@pytest.fixture
def cebu(sqlite_url: str) -> Iterator[House]:
    yield from with_admins(sqlite_url)


def twice(deed: Callable[[], T]) -> T:
    """Do a deed as the database does whose answer was lost: again, with all that was given to it."""
    first = deed()
    assert deed() == first
    return first


def test_the_same_deed_comes_to_the_same(cebu: House) -> None:
    live(cebu, PIZZA)
    award(cebu, ANA, 100)
    write, now, team = cebu.centre.db.write_now, cebu.clock.now(), cebu.workspace.team_id
    chip(cebu, ANA, 30, key="chip")
    assert twice(partial(take_back, cebu, ANA, key="back")) == 30
    assert balance(cebu, ANA) == (100, 0)

    question = case_id(ask(cebu, entry(cebu)))
    passed = partial(write, disputes.pass_on, now, known(cebu, LEA), question)
    assert twice(passed).taken
    assert not write(disputes.pass_on, now, known(cebu, LEO), question).taken

    removed = partial(write, directory.remove_lead, now, id_of(cebu, ADA), team, LEO, "", key="lead")
    assert twice(removed) == LeadRemoved("Agent 3", "Blue")
    undone = partial(write, directory.unlink, now, id_of(cebu, ADA), team, SlackUser(ANA, "ana"), key="unlink")
    assert twice(undone) == Unlinked("ana", "Agent 1")
    deeds = "'dispute.step', 'role.revoke', 'people.unlink'"
    assert rows(cebu, f"SELECT deed, COUNT(*) FROM audit WHERE deed IN ({deeds}) GROUP BY deed ORDER BY deed") == [
        ("dispute.step", 1), ("people.unlink", 1), ("role.revoke", 1),
    ]  # fmt: skip
