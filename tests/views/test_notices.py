"""The short notices of any command."""

from syrupy.assertion import SnapshotAssertion

from bot.views import notices
from tests.views.oracle import check, seen


def test_what_is_seen(snapshot: SnapshotAssertion) -> None:
    messages = [
        notices.working(),
        notices.trouble("7f3a-91"),
        notices.notice("There is no metric “<stars>”.\n\nKnown are: csat, nps."),
        notices.notice(" "),
    ]
    for message in messages:
        check(message, new_blocks=False)
    assert "\n\n".join(map(seen, messages)) == snapshot
