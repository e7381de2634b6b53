"""Kudos as they are typed: from an allowance of one's own month, never to oneself, bots, strangers or who has left."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.store import people, tables
from tests.encore import House, link, sandboxed, serving, until
from tests.stories.praising import GIVER, LEA, MAX, colleagues, live, opened, points, say, words_of


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    with colleagues(database_url) as where:
        yield where


@pytest.fixture
def manila(sqlite_url: str) -> Iterator[House]:
    """The same, where nothing depends on the database."""
    with colleagues(sqlite_url) as where:
        yield where


async def test_kudos_are_posted_and_counted(cebu: House) -> None:
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        answer = await say(cebu, sandbox, GIVER, "@lea saved the <Lee> case & more #wow")
        await until(lambda: len(cebu.posts()) == 1)
    assert answer == (
        f"Your kudos for Agent 2 are on their way to <#{cebu.channel}>.\n"
        "They bring 5 points. You have 20 of 25 points left to give; your allowance is new on April 1, 2026, at "
        "midnight your time."
    )
    assert cebu.said() == ["Agent 1 thanks Agent 2: saved the &lt;Lee&gt; case &amp; more #wow (#wow  ·  +5 points)"]
    assert points(cebu, "Agent 2", "Agent 1") == [5, 0]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("@lea @max stayed late", "Agent 1 thanks Agent 2 and Agent 3: stayed late (+5 points each)"),
        ("@lea, @max and @noa stayed late", "Agent 2, Agent 3 and Agent 4: stayed late (+5 points each)"),
        ("@lea @lea stayed late", "Agent 1 thanks Agent 2: stayed late (+5 points)"),
        ("@lea helped @max and me, see #cebu-floor", "Agent 2: helped @max and me, see #cebu-floor (+5 points)"),
        ("@lea wrote https://sample.example/a?b=1&c=2", "wrote https://sample.example/a?b=1&amp;c=2 (+5 points)"),
        ("@lea stayed late, #WOW!", "stayed late, #WOW! (#wow  ·  +5 points)"),
        ("@lea #wow and #teamwork, #wow", "#wow and #teamwork, #wow (#wow #teamwork  ·  +5 points)"),
        ("@lea told <!channel> *all* about it", "told &lt;!channel&gt; *all* about it (+5 points)"),
    ],
)
async def test_what_was_typed_reads_as_it_was_meant(manila: House, typed: str, said: str) -> None:
    live(manila, minimum_words=2)
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        await say(manila, sandbox, GIVER, typed)
        await until(lambda: len(manila.posts()) == 1)
    assert manila.said()[0].endswith(said)


async def test_an_emoji_is_drawn_and_a_time_of_day_is_none(manila: House) -> None:
    """Slack sends an emoji as its short name, which a rich text would show as letters."""
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        await say(manila, sandbox, GIVER, "@lea saved the day :tada::+1: at 10:30:45 sharp")
        await until(lambda: len(manila.posts()) == 1)
    elements = manila.posts()[0].blocks[0]["elements"][0]["elements"]
    assert [e["name"] for e in elements if e["type"] == "emoji"] == ["tada", "+1"]
    assert elements[-1]["text"] == " at 10:30:45 sharp"


@pytest.mark.parametrize("place", ["a conversation with Encore", "a private channel without it"])
async def test_it_works_alike_wherever_it_is_typed(manila: House, place: str) -> None:
    workspace = manila.workspace
    if place == "a private channel without it":
        where = workspace.add_channel("leads", kind="private", members=[GIVER], with_bot=False)
    else:
        where = workspace.conversation_of([GIVER, workspace.bot_user.slack_id])
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        answer = await say(manila, sandbox, GIVER, "@lea saved the day", place=where.slack_id)
        await until(lambda: len(manila.posts()) == 1)
    assert "Your kudos for Agent 2 are on their way" in answer


async def test_a_word_that_looks_like_a_value_is_asked_about(manila: House) -> None:
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        near = await say(manila, sandbox, GIVER, "@lea stayed late #teamwrok #case-4711")
        far = await say(manila, sandbox, GIVER, "@lea stayed late #case-4711")
    assert "“#teamwrok” is no value here; did you mean #teamwork?" in near
    assert "no value" not in far


async def test_an_allowance_is_new_with_the_givers_own_month(manila: House) -> None:
    # 31 March, 15:30 in UTC: in Cebu it is half an hour before midnight.
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        manila.clock.move_to(manila.clock.now().replace(month=3, day=31, hour=15, minute=30))
        last = await say(manila, sandbox, GIVER, "@lea did the last thing")
        manila.clock.skip(timedelta(hours=1))
        first = await say(manila, sandbox, GIVER, "@lea did the first thing")
    assert "20 of 25 points left to give; your allowance is new on April 1, 2026, at midnight your time" in last
    assert "20 of 25 points left to give; your allowance is new on May 1, 2026, at midnight your time" in first


async def test_a_giver_lives_by_the_clock_of_where_they_are_today(manila: House) -> None:
    """Who moves next month is still on today's clock: in Denver it would be the month before."""

    def move(session: Session) -> None:
        denver = people.add_site(session, "Denver", "America/Denver")
        people.add_stay(session, manila.centre.person("Agent 1"), denver.id, None, date(2026, 4, 20))

    manila.centre.db.write_now(move)
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        manila.clock.move_to(manila.clock.now().replace(month=3, day=31, hour=17))
        answer = await say(manila, sandbox, GIVER, "@lea did the first thing")
    assert "your allowance is new on May 1, 2026" in answer


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("@giver did well today", "you cannot give them to yourself"),
        ("@stranger did well today", "Sam Stranger is not known to Encore yet: they can get kudos as soon as an admin"),
        ("@visitor did well today", "Vic Visitor is a guest here, and kudos are for the people who work here."),
        ("@visitor @stranger did well today", "Vic Visitor is a guest here, and kudos are for the people who work"),
        ("@visitor @stranger did well today", "here. Sam Stranger is not known to Encore yet"),
        ("@encore did well today", "Encore is a bot, and kudos are for people"),
        ("@slackbot did well today", "Slackbot is a bot"),
        (
            "@slackbot hi",
            "Slackbot is a bot, and kudos are for people.\nSay in a few words what they did (at least 3 words).",
        ),
        ("@giver hi", "Kudos are for others: you cannot give them to yourself."),
        ("@giver @stranger hi", "to yourself. Sam Stranger is not known to Encore yet"),
        ("Sam Stranger did well today", "Say first whom you mean: with @, or by their whole name"),
        ("@max did well today", "Agent 3 does not work here any more"),
        ("@lea @max @stranger did well today", "Agent 3 does not work here any more. Sam Stranger is not known"),
        ("@gone did well today", "Gil Gone does not work here any more"),
        ("@nobody.here did well today", "Nobody here is called @nobody.here"),
        ("well done everybody", "Say first whom you mean"),
        ("@lea thanks", "at least 3 words"),
        ("@lea " + "x y " * 300, "1,000 fit"),
        ("help", "Thank somebody: /kudos @name what they did"),
        ("HELP", "You have 25 of 25 points left to give"),
    ],
)
async def test_what_cannot_be_given_says_what_would_work(manila: House, typed: str, said: str) -> None:
    workspace = manila.workspace
    workspace.add_person("visitor", real_name="Vic Visitor", is_restricted=True)
    workspace.change_person("USTRANGER", real_name="Sam Stranger")
    workspace.change_person(workspace.add_person("gone", real_name="Gil Gone").slack_id, deleted=True)
    workspace.change_person(MAX, deleted=True)
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        answer = await say(manila, sandbox, GIVER, typed)
    assert said in answer
    assert "@giver" not in typed or "few words" not in answer
    assert (manila.posts(), points(manila, "Agent 2", "Agent 3")) == ([], [0, 0])


@pytest.mark.parametrize("typed", ["@lea did well today", "", "help"])
async def test_who_is_not_linked_is_told_whom_to_ask(manila: House, typed: str) -> None:
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        answer = await say(manila, sandbox, "USTRANGER", typed)
    assert ("Thank somebody" if typed == "help" else "I do not know you yet. Encore has no admin yet") in answer
    assert manila.workspace.modals.top("USTRANGER") is None


@pytest.mark.parametrize("command", ["/kudos", "/mystats", "/encore", "/coach", "/redeem"])
async def test_a_guest_is_not_sent_to_an_admin_in_vain(manila: House, command: str) -> None:
    guest = manila.workspace.add_person("visitor", is_restricted=True)
    manila.workspace.channel(manila.channel).members.append(guest.slack_id)
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        answer = await sandbox.command(guest.slack_id, manila.channel, command, "")
    assert answer.text.startswith("You are a guest here, and Encore is for the people who work here.")


@pytest.mark.parametrize("typed", ["Agent 2 and agent 3 stayed late for us", "@Agent 2, Agent 3 stayed late for us"])
async def test_whole_names_are_understood(manila: House, typed: str) -> None:
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        await say(manila, sandbox, GIVER, typed)
        await until(lambda: len(manila.posts()) == 1)
    assert manila.said() == ["Agent 1 thanks Agent 2 and Agent 3: stayed late for us (+5 points each)"]


async def test_help_has_values_only_where_there_are_some(manila: House) -> None:
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        some = await say(manila, sandbox, GIVER, "help")
        live(manila, values=[])
        none = await say(manila, sandbox, GIVER, "help")
    assert "What it stands for, where you like: #wow #teamwork" in some
    assert "#" not in none


async def test_a_person_who_has_left_gets_none(manila: House) -> None:
    def leave(session: Session) -> None:
        people.describe(session, manila.centre.person("Agent 3"), {"left_on": date(2026, 3, 6)})

    manila.centre.db.write_now(leave)
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        answer = await say(manila, sandbox, GIVER, "@max did well today")
    assert answer == "Agent 3 does not work here any more."


@pytest.mark.parametrize("fault", ["slow", "server_error", "dropped_before", "ratelimited"])
async def test_where_slack_does_not_say_who_somebody_is_it_goes_on_without(manila: House, fault: str) -> None:
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        sandbox.faults.next("users.info", fault, 2, seconds=30)  # type: ignore[arg-type]
        answer = await say(manila, sandbox, GIVER, "@lea @max did well today")
        sandbox.faults.next("users.info", fault, seconds=30)  # type: ignore[arg-type]
        unknown = await say(manila, sandbox, GIVER, "@stranger did well today")
    assert "Your kudos for Agent 2 and Agent 3 are on their way" in answer
    # A connection that broke is tried again, and then the name is known.
    who = "stranger" if fault == "dropped_before" else "Somebody you named"
    assert unknown.startswith(f"{who} is not known to Encore yet")


async def test_slack_is_asked_once_in_a_while(manila: House) -> None:
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):

        async def asked() -> int:
            await say(manila, sandbox, GIVER, "@lea did well today")
            return sum(entry.title == "users.info" for entry in sandbox.record)

        assert [await asked(), await asked()] == [1, 1]
        manila.clock.skip(timedelta(minutes=5))
        assert await asked() == 2


async def test_twenty_at_once_on_an_allowance_for_five(cebu: House) -> None:
    """Each is given, and five of them bring points; on a busy machine Slack does not wait for every answer."""

    def brought(session: Session) -> list[int]:
        return sorted(session.exec(select(tables.Praise.points_each)))

    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox):
        answers = await asyncio.gather(
            *[say(cebu, sandbox, GIVER, f"@lea did great thing {n}") for n in range(20)]
        )  # fmt: skip
        await until(lambda: len(cebu.centre.db.read_now(brought)) == 20)
        last = await say(cebu, sandbox, GIVER, "@lea did one thing more")
    assert cebu.centre.db.read_now(brought) == [0] * 16 + [5] * 5
    assert points(cebu, "Agent 2") == [25]
    assert 0 < sum("They bring 5 points" in answer for answer in answers) <= 5
    assert "They come without points. You have 0 of 25 points left" in last


@pytest.mark.parametrize(
    ("allowance", "said"),
    [
        (4, "They come without points. You have 4 of 4 points left"),
        (5, "5 points each for 3 people is more than you have. 1 person would fit. You have 5 of 5 points left"),
        (14, "5 points each for 3 people is more than you have. 2 people would fit. You have 14 of 14 points left"),
        (15, "They bring 5 points each. You have 0 of 15 points left to give"),
    ],
)
async def test_several_get_the_points_each_or_nobody(manila: House, allowance: int, said: str) -> None:
    live(manila, allowance=allowance)
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        answer = await say(manila, sandbox, GIVER, "@lea @max @noa stayed late for us")
        await until(lambda: len(manila.posts()) == 1)
    assert "Agent 2, Agent 3 and Agent 4" in answer
    assert said in answer
    assert points(manila, "Agent 2", "Agent 3", "Agent 4") == ([5] * 3 if allowance == 15 else [0] * 3)


@pytest.mark.parametrize("kudos", [{"allowance": 0}, {"points": 0}])
async def test_a_programme_without_points_never_speaks_of_them(manila: House, kudos: dict[str, Any]) -> None:
    live(manila, **kudos)
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        given = await say(manila, sandbox, GIVER, "@lea @max stayed late today")
        usage = await say(manila, sandbox, GIVER, "help")
        await opened(manila, sandbox)
        view = manila.workspace.modals.top(GIVER)
        await until(lambda: len(manila.posts()) == 1)
    assert view is not None
    for said in (given, usage, words_of(view["blocks"]), *manila.said()):
        assert "point" not in said
    assert points(manila, "Agent 2") == [0]


async def test_nobody_is_thanked_where_encore_is_not_live(manila: House) -> None:
    live(manila, mode="shadow")
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        words = await say(manila, sandbox, GIVER, "@lea saved the day")
        alone = await say(manila, sandbox, GIVER)
    assert "Encore is not live at Cebu yet" in words
    assert alone == words
    assert manila.workspace.modals.top(GIVER) is None


async def test_ten_people_and_a_thousand_characters(manila: House) -> None:
    more = [f"ten{n}" for n in range(8)]
    for name in more:
        called = f"{name} O'Hara <!channel> דנה"
        slack_id = manila.workspace.add_person(name).slack_id
        manila.centre.hire(called, site="Cebu")
        link(manila, called, slack_id)
    named = " ".join(f"@{name}" for name in ["lea", "max", *more])
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        answer = await say(manila, sandbox, GIVER, f"{named} {'<&>' * 331} is so")
        await until(lambda: len(manila.posts()) == 1)
        eleven = await say(manila, sandbox, GIVER, f"{named} @noa did it all")
    assert "10 people is more than you have. 5 people would fit" in answer
    assert "<!" not in manila.said()[0] + answer
    assert "O'Hara" in words_of(manila.posts()[0].blocks)
    assert "at most 10 people" in eleven


async def test_the_same_kudos_of_two_givers_are_two(manila: House) -> None:
    async with sandboxed(manila) as sandbox, serving(manila, sandbox):
        await say(manila, sandbox, GIVER, "@max did well today")
        await say(manila, sandbox, LEA, "@max did well today")
        await until(lambda: len(manila.posts()) == 2)
    assert points(manila, "Agent 3") == [10]
