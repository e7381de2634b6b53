"""The programme refuses what the definitions forbid, and says why."""

from datetime import date, time

import pytest

from bot.domain.metrics import METRICS, Public
from bot.domain.periods import PeriodKind
from bot.domain.programme import Board, BoardChoice, Programme, Site, SiteMode, parse_programme
from bot.errors import InputError


def refusal(document: object) -> list[str]:
    """Return the lines of the message; nothing of it may need knowing the code."""
    with pytest.raises(InputError) as caught:
        parse_programme(document, origin="encore.toml")
    first, *lines = str(caught.value).splitlines()
    assert first == "encore.toml is not a programme; nothing was changed."
    assert "Value error" not in str(caught.value)
    return [line.strip() for line in lines]


def board(**fields: object) -> dict[str, object]:
    return {"boards": [{"key": "stars", **fields}]}


def test_an_empty_document_is_a_working_programme() -> None:
    programme = parse_programme({}, origin="encore.toml")
    assert programme == Programme()
    [only] = programme.boards
    assert only == Board(key="stars", metric="csat", period=PeriodKind.DAY, at=time(9), top=5, minimum_count=5)
    assert not programme.service_level.after_contact_is_customer_time
    assert programme.new_agent_days == 90
    assert programme.site("Manila") == Site(mode=SiteMode.SHADOW, boards=BoardChoice.OPT_OUT)


def test_a_whole_programme() -> None:
    programme = parse_programme(
        {
            "targets": {"positive": 0.9},
            "boards": [{"key": "weekly", "metric": "positive", "period": "week", "at": "08:30", "top": 3}],
            "sites": {"Manila": {"mode": "live", "live_from": "2026-03-02", "channel": "#cheers", "boards": "opt-in"}},
            "service_level": {"after_contact_is_customer_time": True},
        },
        origin="encore.toml",
    )
    assert programme.boards == (Board(key="weekly", metric="positive", period=PeriodKind.WEEK, at=time(8, 30), top=3),)
    assert programme.site("Manila") == Site(
        mode=SiteMode.LIVE, live_from=date(2026, 3, 2), channel="#cheers", boards=BoardChoice.OPT_IN
    )
    assert programme.service_level.after_contact_is_customer_time


def test_a_target_of_the_programme_goes_before_the_one_of_the_definitions() -> None:
    assert Programme().target("service_level") == 0.80
    assert Programme().target("csat") is None
    assert Programme(targets={"service_level": 0.75}).target("service_level") == 0.75


@pytest.mark.parametrize(
    ("metric", "why"),
    [
        ("handle_time", "a long contact is never a fault"),
        ("longest_contact", "the agent's consent"),
        ("volume", "not how well a customer was served"),
        ("service_level", "how many reached it, never who did not"),
        ("nps", "it is a figure of the team"),
        ("response_rate", "it is a figure of the team"),
        ("first_response", "it is a figure of the team"),
        ("idle_chat_seconds", "what could shame is private"),
        ("idle_chats", "what could shame is private"),
        ("attendance", "between a person and their lead"),
        ("returning", "it is a figure of the team"),
        ("qa", "for coaching"),
        ("wow_moments", "the moments themselves are told"),
        ("fcr", "it is a figure of the team"),
        ("own_decisions", "it is a figure of the team"),
        ("agent_happiness", "never kept per person"),
        ("praise_ratio", "between a lead and the lead's own lead"),
        ("coaching_coverage", "between a lead and the lead's own lead"),
        ("recovery", "it is a figure of the team"),
        ("attrition", "names nobody"),
    ],
)
def test_a_board_of_a_forbidden_metric_is_refused_with_its_reason(metric: str, why: str) -> None:
    [line] = refusal(board(metric=metric))
    assert line.startswith(f"boards.0.metric: “{metric}” cannot stand on a posted board of people: ")
    assert why in line
    assert line.endswith("A board can show csat, positive")


@pytest.mark.parametrize("metric", [key for key, row in METRICS.items() if row.public is Public.TOP])
def test_a_board_of_what_may_be_public_is_taken(metric: str) -> None:
    assert parse_programme(board(metric=metric), origin="encore.toml").boards[0].metric == metric


def test_a_metric_that_nobody_knows_is_refused_with_those_that_can_be_shown() -> None:
    assert refusal(board(metric="smiles")) == [
        "boards.0.metric: there is no metric “smiles”; a board can show csat, positive"
    ]


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"bords": []}, "bords"),
        (board(colour="red"), "boards.0.colour"),
        ({"sites": {"Manila": {"zone": "Asia/Manila"}}}, "sites.Manila.zone"),
        ({"service_level": {"after_contact": True}}, "service_level.after_contact"),
        (board(top=0), "boards.0.top"),
        (board(minimum_count=0), "boards.0.minimum_count"),
        (board(at="25:00"), "boards.0.at"),
        (board(period="year"), "boards.0.period"),
        (board(key="Stars!"), "boards.0.key"),
        ({"sites": {"Manila": {"mode": "loud"}}}, "sites.Manila.mode"),
        ({"new_agent_days": -1}, "new_agent_days"),
        ([], "the document"),
        ("boards", "the document"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(document: object, place: str) -> None:
    [line] = refusal(document)
    assert line.startswith(f"{place}: ")


def test_everything_wrong_is_named_at_once() -> None:
    lines = refusal({**board(metric="volume", top=99), "bords": 1, "new_agent_days": "soon"})
    assert sorted(line.split(":")[0] for line in lines) == [
        "boards.0.metric",
        "boards.0.top",
        "bords",
        "new_agent_days",
    ]


def test_a_target_of_an_unknown_metric_is_refused_with_the_known_ones() -> None:
    [line] = refusal({"targets": {"smiles": 3}})
    assert line.startswith("targets: there is no metric “smiles”; known are csat, positive, nps")


def test_two_boards_cannot_have_one_key() -> None:
    assert refusal({"boards": [{"key": "a"}, {"key": "b"}, {"key": "a"}]}) == [
        "boards: two boards have the key “a”; each needs its own"
    ]


def test_a_live_site_needs_its_first_day() -> None:
    assert refusal({"sites": {"Manila": {"mode": "live"}}}) == [
        "sites.Manila: a live site needs live_from, the first local day that may be posted"
    ]
