"""The catalogue of admins, the form of a reward, and the form in which one is asked for."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.domain.catalogue import Catalogue, Reward, Shelved
from bot.domain.offers import Offer, Shelf
from bot.domain.rewards import Approver, PaidIn, RewardKind
from bot.sandbox.view_rules import view_problems
from bot.views import catalogue, rewards
from bot.views.form import Form
from bot.views.message import Message
from tests.views.oracle import seen, texts
from tests.views.test_rewards import titles
from tests.views.values import words

REWARDS = (
    Shelved(Reward(key="mug", title="A <mug>", price=1000, stock=3, sites=("Cebu", "Li*sbon*")), 2),
    Shelved(
        Reward(key="day", title="A day", price="own day", unit=PaidIn.MINUTES, kind=RewardKind.TIME_OFF, on_shelf=False),
        None,
    ),
    Shelved(
        Reward(
            key="ham", title="Ham", price=5, needs_approval=False, offered_from=date(2026, 12, 1),
            hands_over=Approver.ADMIN,
        ),
        None,
    ),
)  # fmt: skip
CATALOGUE = Catalogue(REWARDS, {1: "Cebu", 2: "Davao"}, date(2026, 11, 20), "en-PH")


def shown(form: Form) -> str:
    """Return a form as lines to read, once Slack would take it."""
    assert view_problems(form.view(), "modal", new_blocks=False) == []
    return "\n".join([f"# {form.title} <{form.submit or form.close}> {form.note}".rstrip(), *map(line, form.blocks)])


def line(block: dict[str, Any]) -> str:
    if block["type"] != "input":
        return seen(Message("", [block])).strip().removeprefix("text:").strip()
    element = block["element"]
    stands = [str(value) for name, value in element.items() if name.startswith("initial_")]
    marks = "" if not block["optional"] else " (optional)"
    hint = f" — {block['hint']['text']}" if "hint" in block else ""
    return f"[{element['type']} {block['block_id']}{marks}] {block['label']['text']}{hint} {' '.join(stands)}".rstrip()


def test_the_catalogue_of_admins(snapshot: SnapshotAssertion) -> None:
    pages = [
        catalogue.listing(CATALOGUE),
        catalogue.listing(Catalogue((), {}, date(2026, 1, 1), "en"), said="“A mug” is saved."),
        catalogue.form(REWARDS[0].reward, CATALOGUE),
        catalogue.form(None, Catalogue((), {}, date(2026, 1, 1), "en")),
    ]
    assert "\n\n".join(map(shown, pages)) == snapshot


def test_the_form_of_asking(snapshot: SnapshotAssertion) -> None:
    shelf = Shelf("en-PH", 1060, 0, (), (), 0, 500)
    gong = Offer("gong", "The gong", "", RewardKind.RECOGNITION, 20, 0, None, needs_approval=False)
    day = Offer("day", "A day", "", RewardKind.TIME_OFF, 462, 0, None, needs_approval=True, unit=PaidIn.MINUTES)
    assert "\n\n".join(shown(rewards.asking(offer, shelf)) for offer in (gong, day)) == snapshot


days = st.none() | st.dates(date(2020, 1, 1), date(2099, 1, 1))


@settings(deadline=None)
@given(
    title=titles, said=words, name=words, number=st.integers(1, 10**6), stock=st.none() | st.integers(0, 10**6), first=days,
    kind=st.sampled_from(RewardKind), page=st.integers(0, 9), count=st.integers(0, 70),
)  # fmt: skip
def test_any_catalogue(
    title: str, said: str, name: str, number: int, stock: int | None, first: date | None, kind: RewardKind, page: int,
    count: int,
) -> None:  # fmt: skip
    reward = Reward(key="k", title=title, words=said[:180], price=number, kind=kind, offered_from=first,
                    stock=None if kind is RewardKind.TEAM else stock, sites=(name[:48],))  # fmt: skip
    each = [Shelved(reward.model_copy(update={"key": f"k{n}"}), stock) for n in range(count)]
    many = Catalogue(each, {1: name[:48] or "-"}, date(2026, 11, 20), "en")
    forms = [catalogue.listing(many, page=page, said=catalogue.saved(reward, many)), catalogue.form(reward, many)]
    for form in forms:
        assert view_problems(form.view(), "modal", new_blocks=False) == []
        # Nobody's words stand where Slack looks for markup.
        assert texts(list(form.blocks), of_type="mrkdwn") == []
