"""Notices to admins: what was given up, why, and what to do, in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.domain.dead_letters import DeadLetter, DeadRun
from bot.domain.periods import period_of
from bot.views.blocks import context, plain, rich_text, run
from bot.views.figures import ENGLISH, period_words
from bot.views.message import Block, Message
from bot.views.names import among_words, escaped, is_channel_id, name_of, one_line
from bot.views.words import Words


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is refused, and what helps; plain sentences, with what is to be typed between backticks."""

    why: str
    what_to_do: str
    known: bool = True
    """Whether it surely was not said."""


KINDS: Final[Mapping[str, str]] = MappingProxyType({"board": "A leaderboard", "kudos": "A praise"})
"""What a view says, at the start of a sentence; any other is a message."""

_TOKEN: Final = Reason(
    "Slack does not accept Encore's token any more.",
    "Install the app to the workspace again, put the new token into ENCORE_SLACK_BOT_TOKEN and start Encore anew.",
)
_POSTING: Final = Reason(
    "Only some people may post there.", "Let Encore post, in the channel's settings under “Posting permissions”."
)
_CONTENT: Final = Reason(
    "Slack does not take a message of this form.",
    "That is a mistake in Encore: please report it, with what the log says of this message.",
)
_OWN: Final = Reason(
    "Encore could not put it into words.",
    "That is a mistake in Encore: please report it, with what the log says of this message.",
)
_NOBODY_THERE: Final = Reason(
    "Slack knows nobody under the id that is linked.",
    "Link the right one: `encore people link NAME --slack ID`.",
)
REASONS: Final[Mapping[str, Reason]] = MappingProxyType(
    {
        "not_in_channel": Reason("Encore is not in that channel.", "Write there: `/invite @encore`."),
        "channel_not_found": Reason(
            "Slack knows no such channel, or it is a private one and Encore is not in it.",
            "Write there: `/invite @encore`. If the channel is a wrong one, name another in the programme.",
        ),
        "is_archived": Reason(
            "The channel is archived.", "Bring it back in Slack, or name another one in the programme."
        ),
        "is_inactive": Reason(
            "The channel is archived.", "Bring it back in Slack, or name another one in the programme."
        ),
        "restricted_action": _POSTING,
        "restricted_action_read_only_channel": _POSTING,
        "restricted_action_thread_only_channel": _POSTING,
        "account_inactive": _TOKEN,
        "invalid_auth": _TOKEN,
        "not_authed": _TOKEN,
        "token_expired": _TOKEN,
        "token_revoked": _TOKEN,
        "missing_scope": Reason(
            "The app lacks a permission that it needs.",
            "Run `encore doctor`: it names the permission. Add it to the app and install it to the workspace again.",
        ),
        "messages_tab_disabled": Reason(
            "People cannot get messages from the app.", "Switch on “Messages Tab” in the app's settings, under “App Home”."
        ),
        "ekm_access_denied": Reason("Your company has suspended posting in Slack.", "Ask whoever runs Slack for you."),
        "org_login_required": Reason("The workspace is being moved.", "Wait until the move is over."),
        "team_access_not_granted": Reason(
            "The app may not be used in this workspace.", "Ask whoever runs Slack for you to add the app to it."
        ),
        "user_not_found": _NOBODY_THERE,
        "user_disabled": Reason(
            "Slack has switched this person's account off.", "Nothing, if they have left. Else link who they are now."
        ),
        "invalid_blocks": _CONTENT,
        "invalid_blocks_format": _CONTENT,
        "msg_blocks_too_long": _CONTENT,
        "msg_too_long": _CONTENT,
        "no_text": _CONTENT,
        "cannot_be_read": _OWN,
        "cannot_be_shown": _OWN,
        "unknown_view": Reason(
            "It was written by a newer Encore than the one that sends.", "Bring every Encore to the same version."
        ),
        "not_in_slack": Reason(
            "This person is not linked to anybody in Slack.", "Link them: `encore people link NAME --slack ID`."
        ),
        "has_left": Reason("This person has left.", "Nothing is to be done."),
        "nobody": Reason("There is no such person any more.", "Nothing is to be done."),
        "not_looked_up": Reason(
            "Slack did not tell, and Encore could not find it there.",
            "Look there yourself: if it stands there, nothing is to be done.",
            known=False,
        ),
        "slack_fails": Reason(
            "Slack went on to answer that something is wrong on its side.",
            "Look there yourself: if it stands there, nothing is to be done.",
            known=False,
        ),
    }
)  # fmt: skip
"""By Slack's word for it, or our own."""


def reason_of(cause: str, *, personal: bool = False) -> Reason:
    """Return why something was given up; a cause that nobody foresaw is named."""
    if personal and cause == "channel_not_found":
        return _NOBODY_THERE
    return REASONS.get(cause) or Reason(
        f"Slack refuses it, and calls that {cause}.", "Run `encore doctor`: it says what is missing."
    )


def letter(dead: DeadLetter, words: Words) -> Message:
    """Tell an admin of a message that was given up."""
    reason = reason_of(dead.cause, personal=dead.channel is None)
    shown, spoken = _where(dead, words)
    what = "A message to " if dead.channel is None else f"{KINDS.get(dead.view, 'A message')} for "
    outcome = "could not be sent" if reason.known else "may have been sent, or not"
    again = "Then bring it again" if reason.known else "If it is missing, send it again"
    retry = f"encore outbox retry {dead.message_id}{'' if reason.known else ' --missing'}"
    blocks = [
        rich_text(run("⚠️ "), run(what), shown, run(f" {outcome}. "), run(reason.why)),
        rich_text(*_with_code(reason.what_to_do)),
        rich_text(run(f"{again}, where Encore runs: "), run(retry, code=True)),
        context(plain("More of the same today are not told again: encore outbox list shows everything given up.")),
    ]
    text = (
        f"{what}{spoken} {outcome}. {escaped(reason.why)} {escaped(reason.what_to_do)} "
        f"{again}, where Encore runs: `{retry}`. "
        "More of the same today are not told again: `encore outbox list` shows everything given up."
    )
    return Message(text, blocks)


def board_run(dead: DeadRun, _words: Words) -> Message:
    """Tell an admin of a board that could not be made."""
    board, site = one_line(dead.board), among_words(one_line(dead.site))
    period = period_words(period_of(dead.period, dead.last), ENGLISH)
    first = f"The board {board} of {site} for {period} could not be made, in {dead.tries} tries ({dead.cause})."
    rest = (
        "That is a mistake in Encore: please report it, with what the log says of this board. "
        "The board of the next period is tried as usual, and all other boards go on."
    )
    return Message(f"{escaped(first)} {rest}", [rich_text(run("⚠️ "), run(first)), rich_text(run(rest))])


def _where(dead: DeadLetter, words: Words) -> tuple[Block, str]:
    """Return where it was to go, for rich text and for mrkdwn; a channel known by its name alone stays a name."""
    if dead.channel is None:
        name = among_words(name_of(dead.person_id or 0, words.names))
        return run(name), escaped(name)
    if is_channel_id(dead.channel):
        return {"type": "channel", "channel_id": dead.channel}, f"<#{dead.channel}>"
    return run(one_line(dead.channel)), escaped(one_line(dead.channel))


def _with_code(sentence: str) -> list[Block]:
    """Return a sentence for rich text, with what stands between backticks set apart."""
    return [run(part, code=n % 2 == 1) for n, part in enumerate(sentence.split("`")) if part]
