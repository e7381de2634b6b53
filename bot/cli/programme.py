"""`encore programme` and `encore site`: how this company runs Encore."""

import re
import tomllib
from pathlib import Path
from typing import Annotated

import tomli_w
import typer

from bot.cli import clock
from bot.cli.console import database, plain_errors, show
from bot.domain.programme import Programme, parse_programme
from bot.errors import InputError
from bot.services import people, programme

app = typer.Typer(no_args_is_help=True, help="The programme: targets, boards, sites. One document, every change kept.")
sites = typer.Typer(no_args_is_help=True, help="The sites: places of work, each with a time zone.")


@app.command("show")
def show_current() -> None:
    """Print the programme in force as TOML; what is not written there has its default."""
    with plain_errors(), database() as db:
        version = db.read_now(programme.version, clock.now())
        current = db.read_now(programme.current, clock.now())
    show(f"# version {version}: what `encore programme apply` looks at, so that nobody's change is lost")
    show(tomli_w.dumps(current.model_dump(mode="json", exclude_none=True)).rstrip())


@app.command("apply")
def apply(file: Annotated[Path, typer.Argument(help="A TOML document, as `show` prints it.")]) -> None:
    """Put a programme in force from now on."""
    with plain_errors(), database() as db:
        document, made_of = _read(file)
        version = db.write_now(programme.apply_made_of, clock.now(), document, made_of, actor="command line")
        named = [*document.sites, *(site for reward in document.rewards for site in reward.sites or ())]
        unknown = set(named) - {s.name for s in db.read_now(people.list_sites)}
        show(f"Version {version} of the programme is in force.")
        for name in sorted(unknown):
            show(f"  Nobody works at “{name}” yet; add it with: encore site add NAME ZONE")


@sites.command("add")
def add_site(
    name: Annotated[str, typer.Argument(help="The site's name.")],
    zone: Annotated[str, typer.Argument(help="Its IANA time zone, such as Asia/Manila.")],
) -> None:
    """Add a site."""
    with plain_errors(), database() as db:
        site = db.write_now(people.find_or_add_site, name.strip(), zone)
        show(f"{site.name} is there, in {site.zone}.")


@sites.command("list")
def list_sites() -> None:
    """List every site with its time zone and mode."""
    with plain_errors(), database() as db:
        current = db.read_now(programme.current, clock.now())
        for site in db.read_now(people.list_sites):
            policy = current.site(site.name)
            since = "" if policy.live_from is None else f" from {policy.live_from}"
            show(f"{site.name:<30} {site.zone:<24} {policy.mode}{since}  {policy.channel or 'no channel'}")


def _read(file: Path) -> tuple[Programme, int | None]:
    """Return the programme of a file, and of which version it was made, where the file says so."""
    try:
        text = file.read_text(encoding="utf-8")
        made_of = re.match(r"# version (\d{1,9})\b", text)
        programme = parse_programme(tomllib.loads(text), origin=file.name)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not a text file.") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file} is not TOML: {error}.") from error
    return programme, None if made_of is None else int(made_of[1])
