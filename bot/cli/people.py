"""`encore people`: who is who."""

from datetime import datetime
from typing import Annotated

import typer

from bot.cli import clock
from bot.cli.console import database, plain_errors, show, show_json, show_table
from bot.domain.ledger import Unit
from bot.domain.people import Role
from bot.errors import InputError
from bot.services import handing_on, leavers, people, points, roles
from bot.store.database import Database
from bot.store.people import Known
from bot.views.figures import ENGLISH
from bot.views.leavers import leaver_words
from bot.views.points import amount_words

app = typer.Typer(
    no_args_is_help=True,
    help="Who is who: list, link to Slack or unlink, merge two entries of one person, grant roles.",
)

Person = Annotated[str, typer.Argument(help="A name, e-mail address or id.")]
TeamName = Annotated[
    str | None, typer.Option("--team", help="The team that a lead leads; SITE/TEAM where several sites have one.")
]
OPERATOR = "command line"


@app.command("list")
def list_people(json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List everybody with every name they have."""
    with plain_errors(), database() as db:
        found = db.read_now(people.list_people)
    if json:
        show_json(
            [
                {
                    "id": p.id,
                    "name": p.name,
                    "site": p.site,
                    "team": p.team,
                    "roles": list(p.roles),
                    "emails": list(p.emails),
                    "slack": list(p.slack_ids),
                    "identities": [{"source": source, "id": external_id} for source, external_id in p.identities],
                }
                for p in found
            ]
        )
        return
    rows = [
        (
            str(p.id), p.name, " / ".join(filter(None, (p.site, p.team))), ", ".join(p.roles),
            ", ".join(p.slack_ids) or "not in Slack yet", ", ".join(p.emails),
        )
        for p in found
    ]  # fmt: skip
    if rows:
        show_table(("Id", "Name", "Site / team", "Roles", "Slack", "E-mail"), rows)


@app.command()
def link(
    person: Person,
    slack: Annotated[str | None, typer.Option(help="The Slack member id, such as U0123456789.")] = None,
    workspace: Annotated[str, typer.Option(help="The Slack team id, where there are several.")] = people.ANY_WORKSPACE,
    email: Annotated[str | None, typer.Option(help="A further e-mail address.")] = None,
    identity: Annotated[str | None, typer.Option(help="SOURCE/ID: how a source calls this person.")] = None,
) -> None:
    """Say that a Slack user, an address or a source's name is this person."""
    with plain_errors(), database() as db:
        if slack is None and email is None and identity is None:
            raise typer.BadParameter("say what to link: --slack, --email or --identity")
        if slack is not None:
            _check_slack_id(slack)
        named = None if identity is None else _identity(identity)
        found = db.read_now(people.find, person)
        known = db.write_now(
            people.link, clock.now(), found.id, slack_id=slack, workspace_id=workspace, email=email, identity=named
        )
        moved = _attribute(db, known)
        show(f"{found.name} is linked." + (f" {moved:,} rows are {found.name}'s now." if moved else ""))


@app.command()
def unlink(
    person: Person,
    slack: Annotated[str, typer.Option(help="The Slack member id that is not this person's.")],
    workspace: Annotated[str | None, typer.Option(help="The Slack team id; all, if not given.")] = None,
) -> None:
    """Take a wrong link to Slack away again."""
    with plain_errors(), database() as db:
        _check_slack_id(slack)
        found = db.read_now(people.find, person)
        db.write_now(handing_on.unlink, clock.now(), found.id, slack_id=slack, workspace_id=workspace)
        show(f"{found.name} is no longer linked to {slack}.")


@app.command()
def merge(
    kept: Annotated[str, typer.Argument(help="Who stays: a name, e-mail address or id.")],
    gone: Annotated[str, typer.Argument(help="The other entry of the same person.")],
) -> None:
    """Make two entries of one person one: every name and figure goes to the first."""
    with plain_errors(), database() as db:
        one, other = db.read_now(people.find, kept), db.read_now(people.find, gone)
        moved = _attribute(db, db.write_now(people.merge, clock.now(), one.id, other.id))
        show(f"{other.name} (id {other.id}) is {one.name} (id {one.id}) now; {moved:,} rows moved.")


@app.command()
def grant(
    person: Person,
    role: Annotated[str, typer.Argument(help="lead, recovery, executive or admin.")],
    team: TeamName = None,
) -> None:
    """Give somebody a role."""
    with plain_errors(), database() as db:
        found, given, team_id = _role(db, person, role, team)
        new = db.write_now(roles.grant, clock.now(), found.id, given, team_id, actor=OPERATOR)
        show(f"{found.name} is {_called(given, team)} {'now' if new else 'already'}.")


@app.command()
def revoke(
    person: Person,
    role: Annotated[str, typer.Argument(help="lead, recovery, executive or admin.")],
    team: TeamName = None,
) -> None:
    """Take a role away from somebody; the last admin stays one."""
    with plain_errors(), database() as db:
        found, given, team_id = _role(db, person, role, team)
        had = db.write_now(handing_on.revoke, clock.now(), found.id, given, team_id, actor=OPERATOR)
        show(f"{found.name} {'is no longer' if had else 'was not'} {_called(given, team)}.")


@app.command()
def leave(
    person: Person,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The first day away; today, if not given.")
    ] = None,
    stays: Annotated[bool, typer.Option("--stays", help="They stay after all, or are back.")] = False,
) -> None:
    """Say that somebody leaves, and what becomes of their points by the programme."""
    with plain_errors(), database() as db:
        found = db.read_now(people.find, person)
        day = None if stays else (on or clock.now()).date()
        leaving = db.write_now(leavers.mark, clock.now(), found.id, day, actor=OPERATOR)
        has = db.read_now(points.history, clock.now(), found.id, lines=0).balances
    if day is None:
        show(f"{found.name} stays.")
        return
    had = " and ".join(amount_words(unit, has.get(unit, 0), ENGLISH) for unit in (Unit.POINTS, Unit.MINUTES))
    show(f"{found.name} is away from {day} on, with {had}. {leaver_words(leaving)}")


def _role(db: Database, person: str, word: str, team: str | None) -> tuple[people.Found, Role, int | None]:
    role = roles.parse(word)
    if (role is Role.LEAD) != (team is not None):
        raise InputError("A lead leads a team: name it with --team. Other roles have none.")
    found = db.read_now(people.find, person)
    return found, role, None if team is None else db.read_now(roles.find_team, team).id


def _called(role: Role, team: str | None) -> str:
    return f"“{role}”" if team is None else f"“{role}” of {team}"


def _check_slack_id(text: str) -> None:
    if not (text[:1] in {"U", "W"} and text.isalnum() and text.isupper()):
        raise InputError(f"“{text}” is not a Slack member id; in a profile: ⋮, “Copy member ID”.")


def _identity(text: str) -> tuple[str, str]:
    source, slash, external_id = text.partition("/")
    if not (source and slash and external_id):
        raise InputError(f"“{text}” is not SOURCE/ID, such as zendesk/12345.")
    return source, external_id


def _attribute(db: Database, known: list[Known]) -> int:
    moved = 0
    for identity in known:
        while page := db.write_now(people.attribute_page, clock.now(), identity):
            moved += page
    return moved
