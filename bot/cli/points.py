"""`encore points`: awarded by hand, and shown. `encore verify`: the proof of the ledger."""

from typing import Annotated

import typer

from bot.cli import clock
from bot.cli.console import Exit, database, plain_errors, say, show, show_json
from bot.services import people, points
from bot.store import ledger, proof

app = typer.Typer(no_args_is_help=True, help="Points: award them by hand, show what somebody has.")

Agent = Annotated[str, typer.Argument(help="A name, e-mail address or id.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
OPERATOR = "command line"


@app.command()
def award(
    agent: Agent,
    amount: Annotated[int, typer.Argument(metavar="N", help="How many points.")],
    key: Annotated[str, typer.Option(help="What makes this award one: the same key never counts twice.")],
    reason: Annotated[str, typer.Option(help="What for; the person reads it.")],
) -> None:
    """Give somebody points, once for each key."""
    with plain_errors(), database() as db:
        found = db.read_now(people.find, agent)
        receipt = db.write_now(points.award, clock.now(), found.id, amount, key=key, reason=reason, actor=OPERATOR)
        has = db.read_now(points.statement, found.id).balances.get("points", 0)
    done = "had been awarded under this key before; nothing changed" if receipt.replayed else "are awarded"
    show(f"{amount:,} points {done}. {found.name} has {has:,}.")


@app.command("show")
def show_points(agent: Agent, json: Json = False) -> None:
    """Show what somebody has, and the latest entries with what made them."""
    with plain_errors(), database() as db:
        found = db.read_now(people.find, agent)
        told = db.read_now(points.statement, found.id)
    if json:
        entries = [
            {
                "at": line.at, "kind": line.kind, "key": line.key, "unit": line.unit, "amount": line.amount,
                "balance_after": line.balance_after, "reason": line.reason,
            }
            for line in told.lines
        ]  # fmt: skip
        show_json({"agent": found.name, "balances": dict(told.balances), "entries": entries})
        return
    show(f"{found.name}: {told.balances.get('points', 0):,} points")
    for line in told.lines:
        left = "" if line.balance_after is None else f"{line.balance_after:,}"
        show(
            f"  {line.at:%Y-%m-%d %H:%M} UTC  {line.amount:>+8,} {line.unit:<10} {left:>8}  {line.reason or line.kind}"
        )


def verify(json: Json = False) -> None:
    """Prove every rule of the ledger; ends with status 1 if one does not hold."""
    with plain_errors(), database() as db:
        counted, found = db.read_now(ledger.counts), db.read_now(proof.verify)
    if json:
        violations = [{"rule": violation.rule, "where": violation.where} for violation in found]
        show_json({"ok": not found, **counted, "violations": violations})
    else:
        for violation in found:
            say(f"Does not hold: {violation.rule}. See {violation.where}.")
        if not found:
            held = ", ".join(f"{name} {count:,}" for name, count in counted.items())
            show(f"Every rule of the ledger holds ({held}).")
    if found:
        raise typer.Exit(Exit.REFUSED)
