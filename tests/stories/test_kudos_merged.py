"""Two entries of one person become one: what was given and thanked before counts on."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlmodel import select

from bot.errors import FormError
from bot.services import people as persons
from bot.services import praise
from bot.services.praise import Asked
from bot.store import tables
from tests.encore import House
from tests.stories.praising import GIVER, LEA, MAX, NOA, colleagues, live, points

SAID = "message:T1:C1:1.000001"


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    with colleagues(database_url) as where:
        yield where


def give(where: House, key: str, *receivers: str, giver: str = GIVER, about: str = SAID) -> int:
    """Give kudos, and return what each gets."""
    asked = Asked(key, where.workspace.team_id, giver, receivers, "stayed late for the big order", ())
    given = where.centre.db.write_now(praise.give, where.clock.now(), replace(asked, about=about))
    return given.points_each


def merge(where: House, kept: str, gone: str) -> None:
    ids = where.centre.person(kept), where.centre.person(gone)
    where.centre.db.write_now(persons.merge, where.clock.now(), *ids)


def refused(where: House, key: str, *receivers: str, giver: str = GIVER) -> bool:
    """Whether somebody is refused because everybody was thanked for the message before."""
    try:
        give(where, key, *receivers, giver=giver)
    except FormError as error:
        return "for this message already" in str(error)
    return False


def receivers(where: House) -> list[tuple[int, bool]]:
    """Return who stands in the praises, and whether it was for a message; the oldest first."""
    row = tables.PraiseReceiver
    rows = where.centre.db.read_now(lambda s: s.exec(select(row).order_by(row.praise_id, row.person_id)).all())  # type: ignore[arg-type]
    return [(r.person_id, r.once_for is not None) for r in rows]


def test_who_was_thanked_as_another_entry_was_thanked(cebu: House) -> None:
    live(cebu, same_pair=1)
    assert give(cebu, "first", LEA) == 5
    merge(cebu, "Agent 3", "Agent 2")
    assert refused(cebu, "second", MAX)
    assert give(cebu, "third", MAX, about="") == 0
    assert points(cebu, "Agent 3") == [5]


def test_who_thanked_as_another_entry_has_thanked(cebu: House) -> None:
    live(cebu, same_pair=1)
    assert give(cebu, "first", LEA) == 5
    merge(cebu, "Agent 4", "Agent 1")
    assert refused(cebu, "second", LEA, giver=NOA)
    assert give(cebu, "third", LEA, giver=NOA, about="") == 0
    # Another giver may thank for the same message.
    assert give(cebu, "fourth", LEA, giver=MAX) == 5


def test_where_both_were_thanked_for_one_message_nothing_collides(cebu: House) -> None:
    live(cebu)
    ids = [cebu.centre.person(f"Agent {n}") for n in (2, 3)]
    give(cebu, "together", LEA, MAX)
    give(cebu, "one", LEA, about="message:T1:C1:2.000002")
    give(cebu, "other", MAX, about="message:T1:C1:2.000002")
    merge(cebu, "Agent 3", "Agent 2")
    assert [found for found in receivers(cebu) if found[0] == ids[1]] == [
        (ids[1], True),
        (ids[1], False),
        (ids[1], True),
    ]
    assert [found for found in receivers(cebu) if found[0] == ids[0]] == [(ids[0], False)]
    assert refused(cebu, "again", MAX)


def test_where_both_thanked_for_one_message_nothing_collides(cebu: House) -> None:
    live(cebu)
    lea = cebu.centre.person("Agent 2")
    for giver in (GIVER, NOA):
        give(cebu, f"by {giver}", LEA, giver=giver)
    merge(cebu, "Agent 4", "Agent 1")
    assert sorted(receivers(cebu)) == [(lea, False), (lea, True)]
    assert refused(cebu, "again", LEA, giver=NOA)
