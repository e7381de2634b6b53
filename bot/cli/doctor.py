"""`encore doctor`: what is missing, in plain words. It looks and changes nothing, and shows no secret."""

import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.text import Text

from bot import manifest
from bot.cli import clock
from bot.cli.console import OUT, Exit, database, plain, show, show_json
from bot.domain import doctor as judge
from bot.domain import readiness
from bot.domain.doctor import Condition, Finding, State
from bot.domain.readiness import Readiness
from bot.errors import EncoreError, InputError
from bot.services import outbox
from bot.services import readiness as services
from bot.settings import Settings, load_settings
from bot.store import doctor as store

if TYPE_CHECKING:
    from bot.cli.slack import Answer, Slack

SECONDS: Final = 5.0
STYLES: Final = {State.OK: "green", State.WARNING: "yellow", State.MISSING: "bold red", State.NOT_CHECKED: "dim"}


class Patient:
    """What is looked at: each part when a check first asks for it, and then the same for all."""

    def __init__(self, now: Callable[[], datetime], seconds: float) -> None:
        """Time is passed in; `seconds` is how long each call may take."""
        self.now: Final = now
        self.seconds: Final = seconds

    @cached_property
    def settings(self) -> Settings:
        """What the environment says."""
        return load_settings()

    @cached_property
    def slack(self) -> "Slack":
        """Slack, where the settings say it is."""
        from bot.cli.slack import Slack

        return Slack(self.settings.slack_api_url, self.seconds, self.now)

    @cached_property
    def hello(self) -> "Answer":
        """Slack's answer to anybody."""
        return self.slack.ask("api.test")

    @cached_property
    def identity(self) -> "Answer":
        """Slack's answer to whose the bot token is."""
        return self.slack.ask("auth.test", self.bot_token)

    @cached_property
    def condition(self) -> Condition:
        """How the database stands."""
        return store.look(self.settings.database_url, self.seconds)

    @cached_property
    def readiness(self) -> Readiness:
        """How far the company is set up; the tables must be current."""
        with database() as db:
            return db.read_now(services.look, self.now())

    @property
    def bot_token(self) -> str:
        """The bot token; never to be shown."""
        return self.settings.slack_bot_token.get_secret_value()


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at, after the checks that it needs."""

    name: str
    looks_at: str
    look: Callable[[Patient], Iterable[Finding]]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What a check found. `since` says why it was not made."""

    check: Check
    finding: Finding
    since: str = ""


def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for each answer.", min=0.1, max=60)] = SECONDS,
) -> None:
    """Say in plain words what is missing; ends with status 1 if anything is. It changes nothing."""
    found = list(examine(Patient(clock.now, timeout)))
    counts = Counter(told.finding.state for told in found)
    if json:
        show_json({"ok": not counts[State.MISSING], "checks": [_row(told) for told in found]})
    else:
        _print(found)
        show(f"\n{_summary(counts)}")
    if counts[State.MISSING]:
        raise typer.Exit(Exit.REFUSED)


def examine(patient: Patient) -> Iterator[Told]:
    """Make every check in order. One that fails never stops the others, but those that need it say so instead."""
    barred: dict[str, str] = {}
    for check in CHECKS:
        since = next((barred[need] for need in check.needs if need in barred), None)
        if since is not None:
            barred[check.name] = since
            yield Told(check, Finding(State.NOT_CHECKED, f"Not checked, since {since}."), since)
            continue
        for finding in _looked(check, patient):
            if finding.bars:
                barred[check.name] = finding.bars
            yield Told(check, finding)


def _looked(check: Check, patient: Patient) -> list[Finding]:
    from bot.cli.slack import NoAnswerError

    bars = f"the check “{check.name}” failed"
    try:
        return list(check.look(patient))
    except NoAnswerError as error:
        return [error.finding]
    except EncoreError as error:
        return [Finding(State.MISSING, str(error), bars=bars)]
    except Exception as error:
        # Not the error's own words: what failed may have held a token.
        said = f"This could not be looked at: {type(error).__name__}."
        return [Finding(State.MISSING, said, "Please report it, with the versions of Encore and Python.", bars)]


def _settings(patient: Patient) -> Iterator[Finding]:
    try:
        mode = patient.settings.slack_mode
    except InputError as error:
        for line in str(error).splitlines()[1:]:
            do = "Correct it in the environment or in .env."
            yield Finding(State.MISSING, f"{line.strip()}.", do, "the settings cannot be read")
        return
    way = "Socket Mode" if mode == "socket" else "signed HTTP"
    yield Finding(State.OK, f"The settings can be read; Slack reaches Encore over {way}.")


def _bot_token(patient: Patient) -> Iterator[Finding]:
    yield judge.secret(judge.BOT_TOKEN, patient.bot_token)


def _app_token(patient: Patient) -> Iterator[Finding]:
    if patient.settings.slack_mode == "socket":
        yield judge.secret(judge.APP_TOKEN, patient.settings.slack_app_token.get_secret_value())


def _signing_secret(patient: Patient) -> Iterator[Finding]:
    if patient.settings.slack_mode == "http":
        yield judge.secret(judge.SIGNING_SECRET, patient.settings.slack_signing_secret.get_secret_value())


def _slack(patient: Patient) -> Iterator[Finding]:
    _ = patient.hello
    yield Finding(State.OK, f"Slack answers at {patient.slack.api_url}.")


def _right_time(patient: Patient) -> Iterator[Finding]:
    sent = patient.hello.headers.get("date")
    if sent is None:
        yield Finding(State.WARNING, "Slack did not say what time it is.", "Look whether the machine's clock is right.")
    else:
        yield judge.right_time((patient.hello.at - parsedate_to_datetime(sent)).total_seconds())


def _workspace(patient: Patient) -> Iterator[Finding]:
    answer = patient.identity
    if answer.error:
        yield judge.refused(judge.BOT_TOKEN, answer.error)
    else:
        who, where = answer.body["user"], f"{answer.body['team']} ({answer.body['team_id']})"
        yield Finding(State.OK, f"Slack accepts the bot token: it is @{who} in the workspace {where}.")


def _scopes(patient: Patient) -> Iterator[Finding]:
    return judge.scopes(patient.identity.headers.get("x-oauth-scopes"), manifest.scopes())


def _socket(patient: Patient) -> Iterator[Finding]:
    if patient.settings.slack_mode != "socket":
        return
    # An address is all that this asks for; nothing is connected to it, and it lapses by itself.
    answer = patient.slack.ask("apps.connections.open", patient.settings.slack_app_token.get_secret_value())
    if answer.error:
        yield judge.refused(judge.APP_TOKEN, answer.error)
    else:
        yield Finding(State.OK, "Slack accepts the app-level token and opens a socket.")


def _database(patient: Patient) -> Iterator[Finding]:
    try:
        yield judge.database(patient.condition)
    except InputError as error:
        yield judge.unopened(str(error))


def _tables(patient: Patient) -> Iterator[Finding]:
    yield judge.tables(patient.condition)


def _ledger(patient: Patient) -> Iterator[Finding]:
    yield judge.ledger(patient.condition)


def _delivery(patient: Patient) -> Iterator[Finding]:
    with database() as db:
        yield judge.delivery(db.read_now(outbox.refused, patient.now()))


def _disk(patient: Patient) -> Iterator[Finding]:
    if patient.condition.free_bytes is not None:
        yield judge.disk(patient.condition.free_bytes)


def _people(patient: Patient) -> Iterator[Finding]:
    yield readiness.people(patient.readiness)


def _admins(patient: Patient) -> Iterator[Finding]:
    yield readiness.admins(patient.readiness)


def _sites(patient: Patient) -> Iterator[Finding]:
    return readiness.sites(patient.readiness)


def _channels(patient: Patient) -> Iterator[Finding]:
    from bot.cli.slack import Answer

    bot = str(patient.identity.body["user"])
    wanted = patient.readiness.channels
    by_name = any(not readiness.CHANNEL_ID.fullmatch(named) for named in wanted)
    joined = patient.slack.joined(patient.bot_token) if by_name else []
    for named, uses in wanted.items():
        if readiness.CHANNEL_ID.fullmatch(named):
            seen = patient.slack.channel(patient.bot_token, named)
        elif isinstance(joined, Answer):
            seen = joined
        else:
            seen = next((row for row in joined if row.name == named.removeprefix("#")), None)
        if isinstance(seen, Answer):
            yield readiness.unseen(named, uses, seen.error, str(seen.body.get("needed") or ""))
        else:
            yield readiness.channel(named, uses, seen, bot)


CHECKS: Final = (
    Check("settings", "the variables ENCORE_... and .env", _settings),
    Check("bot token", judge.BOT_TOKEN.variable, _bot_token, ("settings",)),
    Check("app token", judge.APP_TOKEN.variable, _app_token, ("settings",)),
    Check("signing secret", judge.SIGNING_SECRET.variable, _signing_secret, ("settings",)),
    Check("Slack", "whether Slack answers", _slack, ("settings",)),
    Check("right time", "this machine's clock against Slack's", _right_time, ("Slack",)),
    Check("workspace", "whether Slack accepts the bot token", _workspace, ("bot token", "Slack")),
    Check("scopes", "what Slack lets the bot do, against manifest.yml", _scopes, ("workspace",)),
    Check("socket", "whether Slack accepts the app-level token", _socket, ("app token", "Slack")),
    Check("database", "whether it can be read and written", _database, ("settings",)),
    Check("tables", "whether they are those of this Encore", _tables, ("database",)),
    Check("ledger", "the triggers that keep it append-only", _ledger, ("tables",)),
    Check("delivery", "whether Slack takes what the running Encore says", _delivery, ("tables",)),
    Check("disk", "the space beside a SQLite file", _disk, ("database",)),
    Check("people", "whether people are linked to Slack", _people, ("tables",)),
    Check("admins", "whether there is an admin", _admins, ("tables",)),
    Check("sites", "what each site may see", _sites, ("tables",)),
    Check("channels", "whether Encore can post where it should", _channels, ("tables", "workspace")),
)  # fmt: skip
"""What is looked at, in this order. A further check is a further row."""


_STATE_WIDTH: Final = max(map(len, State))
_NAME_WIDTH: Final = max(len(check.name) for check in CHECKS)
_LEAST_WIDTH: Final = 30


def _row(told: Told) -> dict[str, str | None]:
    check, finding = told.check, told.finding
    return {
        "check": check.name, "looks_at": check.looks_at, "state": finding.state, "said": finding.said,
        "do": finding.do or None,
    }  # fmt: skip


def _print(found: list[Told]) -> None:
    made = [told for told in found if not told.since]
    for told, after in zip(made, [*made[1:], None], strict=True):
        _line(told.finding.state, f"{told.check.name:<{_NAME_WIDTH}}  ", told.finding.said)
        # What is to be done about several things at once is said once, after the last of them.
        same = after is not None and (after.check, after.finding.do) == (told.check, told.finding.do)
        if told.finding.do and not same:
            _line(None, f"{'→':>{_NAME_WIDTH}}  ", told.finding.do)
    for since in dict.fromkeys(told.since for told in found if told.since):
        names = judge.several(told.check.name for told in found if told.since == since)
        _line(State.NOT_CHECKED, "", f"{names}, since {since}.")


def _line(state: State | None, before: str, words: str) -> None:
    """Print words behind a state and what else stands before them, on a terminal in lines that begin below each other."""
    mark = Text(f"{state or '':<{_STATE_WIDTH}}  ", STYLES[state] if state else "")
    indent = len(mark) + len(before)
    width = OUT.width - indent
    lines = [plain(words)]
    if OUT.is_terminal and width >= _LEAST_WIDTH:
        lines = textwrap.wrap(lines[0], width, break_long_words=False, break_on_hyphens=False)
    OUT.print(Text.assemble(mark, before, f"\n{' ' * indent}".join(lines)))


def _summary(counts: Counter[State]) -> str:
    warnings = counts[State.WARNING]
    warned = "1 warning" if warnings == 1 else f"{warnings} warnings"
    if counts[State.MISSING]:
        things = counts[State.MISSING]
        missing = "1 thing is missing" if things == 1 else f"{things} things are missing"
        return f"{missing}; {warned}." if warnings else f"{missing}."
    return f"Nothing is missing; {warned}." if warnings else "All is well."
