"""`encore outbox`: messages that were given up, why, and how to bring them again."""

from typing import Annotated

import typer

from bot.cli import clock
from bot.cli.console import database, plain_errors, show, show_json, whole
from bot.errors import InputError, NotFoundError
from bot.services import dead_letters, outbox
from bot.store.database import Database
from bot.views.dead_letters import reason_of

app = typer.Typer(no_args_is_help=True, help="Messages for Slack: what was given up, and bringing it again.")

OPERATOR = "command line"


@app.command("list")
def list_all(json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the messages that were given up, and how many wait."""
    with plain_errors(), database() as db:
        dead, counts = db.read_now(dead_letters.list_all), db.read_now(outbox.counts)
    if json:
        letters = [
            {
                "id": letter.id, "view": letter.view, "channel": letter.channel, "cause": letter.error,
                "attempts": letter.attempts, "created_at": letter.created_at,
            }
            for letter in dead
        ]  # fmt: skip
        show_json({"given_up": letters, "waiting": counts["queued"], "being_sent": counts["sending"]})
        return
    for letter in dead:
        reason = reason_of(letter.error, personal=letter.channel.startswith("person:"))
        show(
            f"{letter.id:>6}  {letter.created_at:%Y-%m-%d %H:%M} UTC  {letter.view:<14} {letter.channel:<16} {letter.error}"
        )
        show(f"        {reason.why} {reason.what_to_do}")
    if dead:
        show(
            "To bring one again: encore outbox retry ID. Many: encore outbox retry --channel CHANNEL, or --cause CAUSE"
        )
    show(f"{len(dead):,} given up, {counts['queued']:,} waiting, {counts['sending']:,} being sent.")


@app.command()
def retry(
    message_id: Annotated[
        int | None, typer.Argument(metavar="[ID]", help="The message's number, as listed.", parser=whole)
    ] = None,
    channel: Annotated[
        str | None, typer.Option(help="All of this channel, as listed: C0123ABCD, #name, person:7.")
    ] = None,
    cause: Annotated[
        str | None, typer.Option(help="All that were given up for this, as listed: not_in_channel.")
    ] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="You have looked, and it does not stand in Slack: do not ask Slack.")
    ] = False,
) -> None:
    """Bring a message again that was given up, or many at once; if Slack may have one, Slack is asked first."""
    many = channel is not None or cause is not None
    with plain_errors(), database() as db:
        if (message_id is not None) == many:
            raise InputError("Say which: the ID of one message, or --channel, --cause or both for many.")
        if many and missing:
            raise InputError("--missing is for one message that you have looked for: say its ID.")
        if message_id is not None:
            db.write_now(dead_letters.retry, clock.now(), message_id, actor=OPERATOR, missing=missing)
            show(f"Message {message_id} is tried again; a running Encore sends it within seconds.")
            return
        count = _retry_many(db, channel, cause)
        if not count:
            raise NotFoundError("Nothing like that was given up. `encore outbox list` shows channels and causes.")
        are = "message is" if count == 1 else "messages are"
        show(f"{count:,} {are} tried again; a running Encore sends them one after another.")


def _retry_many(db: Database, channel: str | None, cause: str | None) -> int:
    """Bring many again, in short transactions; return how many. What is given up anew meanwhile is left."""
    count = behind = 0
    while ids := db.write_now(
        dead_letters.retry_some, clock.now(), behind=behind, actor=OPERATOR, channel=channel, cause=cause
    ):
        count, behind = count + len(ids), ids[-1]
    return count
