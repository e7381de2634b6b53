"""One's own settings: kept in one, at once in force, and nobody is told who leaves the boards."""

from collections.abc import Iterator

import pytest

from bot.domain.manners import Messages
from bot.domain.people import Who
from bot.domain.programme import parse_programme
from bot.jobs import boards
from bot.sandbox.interactions import Outcome
from bot.services import preferences, who
from bot.services import programme as programmes
from bot.store import boards as board_store
from tests.encore import House, go_live, house, link, sandboxed, serving, thursday, until
from tests.services.test_at_once import together
from tests.stories.facts import shift
from tests.stories.setting_up import Hands

LEA = "ULEA"


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    where = house(database_url)
    thursday(where, people_count=14)
    go_live(where)
    link(where, "Agent 1", LEA)
    yield where
    where.centre.close()


def lea(where: House) -> Who:
    found = where.centre.db.read_now(who.find, where.centre.at, where.workspace.team_id, LEA)
    assert found is not None
    return found


def chosen(where: House) -> tuple[bool, Messages, bool]:
    look = where.centre.db.read_now(preferences.look, where.centre.at, lea(where))
    return look.preferences.announce, look.preferences.messages, look.is_on_boards


async def test_what_is_chosen_is_kept_and_told(cebu: House) -> None:
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        hands = Hands(cebu, sandbox, LEA)
        assert chosen(cebu) == (True, Messages.AT_ONCE, True)
        await hands.types("settings")
        assert "At Cebu everybody is on boards who does not leave them." in hands.reads()
        assert await hands.fills_in(announce=["no"], messages=["after_shift"], boards=["no"]) == Outcome()
        assert "You are on no board. Nobody is told who leaves, and your points stay yours." in hands.reads()
        assert chosen(cebu) == (False, Messages.AFTER_SHIFT, False)
        # The form begins with what is so.
        await hands.presses("Settings", await hands.types(""))
        assert await hands.fills_in(boards=["yes"]) == Outcome()
    assert chosen(cebu) == (False, Messages.AFTER_SHIFT, True)


async def test_when_messages_come_is_said_and_on_which_clock(cebu: House) -> None:
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        hands = Hands(cebu, sandbox, LEA)
        await hands.types("settings")
        assert "Your hours are 8:00\u202fAM – 8:00\u202fPM of every day (Asia/Manila), since no shift" in hands.reads()
        await hands.fills_in()
        cebu.centre.bring(shift("night", "Agent 1", "2026-03-06 22:00", "2026-03-07 06:00"))
        await hands.types("settings")
        await hands.fills_in()
        expected = "Your hours are your shifts: now or next Fri, Mar 6, 10:00\u202fPM – 6:00\u202fAM (Asia/Manila)."
        assert expected in hands.reads()


async def test_who_leaves_the_boards_is_not_on_the_next_one(cebu: House) -> None:
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await until(lambda: len(cebu.posts()) == 1)
        assert "Agent 1 with" in cebu.said()[0]
        hands = Hands(cebu, sandbox, LEA)
        await hands.types("settings")
        await hands.fills_in(boards=["no"])
        thursday(cebu, "2026-03-06", people_count=14)
        cebu.clock.move_to(cebu.clock.now().replace(day=7))
        await encore.loop.tick()
        await until(lambda: len(cebu.posts()) == 2)
    assert "Agent 2 with" in cebu.said()[1]
    assert "Agent 1 with" not in cebu.said()[1]


async def test_changing_ones_place_marks_the_boards_and_nothing_else_does(cebu: House) -> None:
    db, at = cebu.centre.db, cebu.centre.at

    def choose(*, announce: bool, on_boards: bool) -> None:
        db.write_now(
            preferences.choose, at, lea(cebu), announce=announce, messages=Messages.AT_ONCE, on_boards=on_boards
        )

    def is_dirty() -> bool:
        return db.read_now(board_store.find_dirty, cebu.clock.now()) is not None

    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await boards.refresh(encore.ctx)
        await until(lambda: not is_dirty())
        choose(announce=False, on_boards=True)
        assert not is_dirty()
        choose(announce=False, on_boards=False)
        assert is_dirty()


def test_who_chose_nothing_follows_the_sites_rule(cebu: House) -> None:
    db, at = cebu.centre.db, cebu.centre.at
    db.write_now(preferences.choose, at, lea(cebu), announce=False, messages=Messages.NEVER, on_boards=True)
    programmes_of = {"sites": {"Cebu": {"mode": "live", "live_from": "2026-03-01", "boards": "opt-in"}}}
    db.write_now(programmes.apply, at, parse_programme(programmes_of, origin="story"), actor="story")
    assert chosen(cebu) == (False, Messages.NEVER, False)
    db.write_now(preferences.choose, at, lea(cebu), announce=True, messages=Messages.NEVER, on_boards=True)
    assert chosen(cebu) == (True, Messages.NEVER, True)


@pytest.mark.both_databases
def test_two_forms_at_once_leave_one_of_the_two_whole(cebu: House) -> None:
    db, at, me = cebu.centre.db, cebu.centre.at, lea(cebu)
    together(
        lambda: db.write_now(preferences.choose, at, me, announce=True, messages=Messages.NEVER, on_boards=True),
        lambda: db.write_now(
            preferences.choose, at, me, announce=False, messages=Messages.AFTER_SHIFT, on_boards=False
        ),
    )
    assert chosen(cebu) in {(True, Messages.NEVER, True), (False, Messages.AFTER_SHIFT, False)}


async def test_who_is_not_linked_learns_whom_to_ask(cebu: House) -> None:
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        stranger = Hands(cebu, sandbox, "USTRANGER")
        for typed in ("settings", "", "help"):
            assert "I do not know you yet. Encore has no admin yet" in (await stranger.types(typed)).text
