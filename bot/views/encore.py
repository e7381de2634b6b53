"""`/encore`: what one can type, and what a word may have meant."""

from typing import Final

from bot.domain.people import Role, Who
from bot.views.blocks import actions, bullets, button, rich_text, run
from bot.views.message import Block, Message
from bot.views.names import escaped, one_line

MOST_TYPED: Final = 40

LINES: Final[tuple[tuple[str, str, Role], ...]] = (
    ("/kudos @ana stayed late for the big order", "thanks a colleague", Role.AGENT),
    ("/mystats week", "shows your own figures, to you alone", Role.AGENT),
    ("/redeem", "shows what your points can get you", Role.AGENT),
    ("/coach mine", "shows what a lead wrote for you, to you alone", Role.AGENT),
    ("/coach @ana", "prepares a coaching talk with somebody of your team, between the two of you", Role.LEAD),
    ("/encore points", "shows your points, entry by entry, with what made each", Role.AGENT),
    ("/encore settings", "is how Encore treats you: messages, boards, what is announced", Role.AGENT),
    ("/encore rewards", "is what points can get: add, change, take off the shelf", Role.ADMIN),
    ("/encore bonus", "gives people a bonus of points or paid time, with a reason", Role.ADMIN),
    ("/encore approvals", "shows the bonuses and corrections that wait for a second admin", Role.ADMIN),
    ("/encore report points", "is the month-end report of points", Role.ADMIN),
    ("/encore setup", "sets Encore up: sites, teams, going live", Role.ADMIN),
)
"""What can be typed, what it does, and for whom it is."""


def usage(who: Who | None, lacking: str = "", problem: str = "") -> Message:
    """Say what one can type; `lacking` is what is not set yet, `problem` what was wrong with what was typed."""
    rows = [(typed, does) for typed, does, role in LINES if role is Role.AGENT or (who is not None and who.may(role))]
    before = [words for words in (problem, lacking) if words]
    intro = "This is what you can type. Each command also answers “help”."
    blocks: list[Block] = [rich_text(run("\n".join([*before, intro])))]
    blocks.append(bullets(*[(run(typed, code=True), run(f" {does}")) for typed, does in rows]))
    doors = [button("preferences_look", "Settings")] if who is not None else []
    if who is not None and who.may(Role.ADMIN):
        doors.append(button("setup_look", "Setup"))
    if doors:
        blocks.append(actions(*doors))
    lines = [*before, intro, *(f"{typed} {does}" for typed, does in rows)]
    return Message(escaped("\n".join(lines)), blocks)


def unknown(typed: str, nearest: str) -> str:
    """Say that a word means nothing here, and which one may have been meant."""
    hint = f" Did you mean /encore {nearest}?" if nearest else ""
    return f"I do not know “/encore {one_line(typed, MOST_TYPED)}”.{hint}"
