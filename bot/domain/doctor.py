"""What `encore doctor` finds wrong: every judgement, from values alone, with its words and what to do about it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """How one thing stands."""

    OK = "ok"
    WARNING = "warning"
    MISSING = "missing"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing stands, in a sentence, and in another one what to do where it is not well.

    `bars` says why what needs this cannot be looked at; empty where it can.
    """

    state: State
    said: str
    do: str = ""
    bars: str = ""


@dataclass(frozen=True, slots=True)
class Secret:
    """Something secret that Slack hands out: its variable, its name, what it looks like, and where it is found."""

    variable: str
    name: str
    begins: str
    looks_like: re.Pattern[str]
    found: str


BOT_TOKEN: Final = Secret(
    "ENCORE_SLACK_BOT_TOKEN", "a bot token", "xoxb-", re.compile(r"xoxb-[A-Za-z0-9-]+"),
    "At api.slack.com/apps open your app, “OAuth & Permissions”, install it if that is not done, and copy the “Bot User OAuth "
    "Token” into ENCORE_SLACK_BOT_TOKEN.",
)  # fmt: skip
APP_TOKEN: Final = Secret(
    "ENCORE_SLACK_APP_TOKEN", "an app-level token", "xapp-", re.compile(r"xapp-[A-Za-z0-9-]+"),
    "At api.slack.com/apps open your app, “Basic Information”, “App-Level Tokens”, generate one with the scope "
    "connections:write, and put it into ENCORE_SLACK_APP_TOKEN.",
)  # fmt: skip
SIGNING_SECRET: Final = Secret(
    "ENCORE_SLACK_SIGNING_SECRET", "a signing secret", "", re.compile(r"[0-9a-f]{32}"),
    "At api.slack.com/apps open your app, “Basic Information”, “App Credentials”, and copy the “Signing Secret” into "
    "ENCORE_SLACK_SIGNING_SECRET.",
)  # fmt: skip

KINDS: Final[Mapping[str, str]] = {
    "xoxb-": "a bot token",
    "xapp-": "an app-level token",
    "xoxp-": "a user token",
    "xoxe": "a token that expires after some hours",
    "xox": "another kind of token",
}
"""What Slack's secrets begin with, the longest first where one begins like another."""

REFUSALS: Final[Mapping[str, str]] = {
    "account_inactive": "the app is no longer installed in the workspace",
    "invalid_auth": "it knows no such token",
    "missing_scope": "it lacks the scope connections:write",
    "not_allowed_token_type": "it is a token of another kind",
    "token_expired": "it has expired",
    "token_revoked": "it was revoked",
}
"""Slack's reasons to refuse a token, in plain words."""

CLOCK_WARNING_SECONDS: Final = 60
CLOCK_LIMIT_SECONDS: Final = 300
"""Slack's requests carry the time, and count as replayed when they seem older than five minutes."""

LITTLE_SPACE: Final = 1 << 30
NO_SPACE: Final = 100 << 20


def secret(wanted: Secret, value: str) -> Finding:
    """Judge whether what a variable holds is what belongs there; the value itself is never part of the words."""
    if wanted.looks_like.fullmatch(value):
        return Finding(State.OK, f"{wanted.variable} holds {wanted.name}.")
    bare = value.strip(" \t\r\n\"'")
    kind = next((name for begins, name in KINDS.items() if bare.startswith(begins)), None)
    if not value:
        said = f"is not set; {wanted.name} belongs there"
    elif kind == wanted.name or wanted.looks_like.fullmatch(bare):
        said = f"holds {wanted.name} with a character that is not part of it, such as a space or a quotation mark"
    elif kind is not None:
        said = f"holds {kind}, where {wanted.name} belongs"
    elif wanted.begins:
        said = f"does not hold {wanted.name}: one begins with {wanted.begins}"
    else:
        said = f"does not look like {wanted.name}: one has 32 characters, digits and the letters a to f"
        return Finding(State.WARNING, f"{wanted.variable} {said}.", wanted.found)
    return Finding(State.MISSING, f"{wanted.variable} {said}.", wanted.found, f"{wanted.variable} is to be set first")


def refused(wanted: Secret, error: str) -> Finding:
    """Tell of a token that Slack does not accept; `error` is Slack's name for the reason."""
    reason = REFUSALS.get(error, error)
    said = f"Slack does not accept what {wanted.variable} holds"
    return Finding(State.MISSING, f"{said}: {reason}.", wanted.found, said)


def scopes(granted: str | None, needed: Mapping[str, str]) -> Iterator[Finding]:
    """Judge the scopes that Slack says the bot token has (with commas between) against those that something needs."""
    if granted is None:
        yield Finding(
            State.WARNING, "Slack does not say which scopes the bot token has.",
            "Compare “OAuth & Permissions”, “Bot Token Scopes”, of your app with `encore manifest`.",
        )  # fmt: skip
        return
    there = {scope.strip() for scope in granted.split(",") if scope.strip()}
    missing = [scope for scope in needed if scope not in there]
    for scope in missing:
        yield Finding(
            State.MISSING, f"The scope {scope} is missing ({needed[scope]}).",
            "At api.slack.com/apps open your app, “App Manifest”, put in what `encore manifest` prints, save, and install "
            "the app again under “Install App”.",
        )  # fmt: skip
    if not missing:
        yield Finding(State.OK, f"The bot token has all {len(needed)} scopes that Encore needs.")
    extra = sorted(there - set(needed))
    if extra:
        yield Finding(
            State.WARNING, f"The bot token may do more than Encore needs: {', '.join(extra)}.",
            "Unless something else uses them, remove them under “OAuth & Permissions”, “Bot Token Scopes”.",
        )  # fmt: skip


def right_time(ahead_seconds: float) -> Finding:
    """Judge by how much this machine's clock is ahead of Slack's; less than 0 is behind."""
    off = abs(ahead_seconds)
    if off <= CLOCK_WARNING_SECONDS:
        return Finding(State.OK, "This machine's clock agrees with Slack's.")
    much = f"{off:.0f} seconds" if off < 120 else f"{off / 60:.0f} minutes" if off < 7200 else f"{off / 3600:.0f} hours"
    where = f"This machine's clock is {much} {'ahead of' if ahead_seconds > 0 else 'behind'} Slack's"
    do = "Let the machine follow a time server, for instance with `timedatectl set-ntp true`."
    if off <= CLOCK_LIMIT_SECONDS:
        return Finding(State.WARNING, f"{where}.", do)
    return Finding(
        State.MISSING, f"{where}: posts come at the wrong time, and what Slack sends over HTTP is refused.", do
    )


@dataclass(frozen=True, slots=True)
class Condition:
    """A database as it stands. `where` has no password; `version` None: there are no tables yet."""

    where: str
    version: str | None
    newest: str
    refusal: str
    """Why it cannot be written, in the database's words; empty where it can."""
    busy: bool
    """Whether another program was writing all the while."""
    triggers: tuple[str, ...]
    """The triggers of the ledger that are not there."""
    free_bytes: int | None
    """What is free on the disk of a SQLite file."""


def unopened(why: str) -> Finding:
    """Tell of a database that cannot be opened."""
    do = "Check ENCORE_DATABASE_URL, and that the database is there and lets Encore in."
    return Finding(State.MISSING, why, do, "the database cannot be opened")


def database(found: Condition) -> Finding:
    """Judge whether a database can be read and written."""
    if found.busy:
        return Finding(
            State.WARNING, f"{found.where}: another program has been writing for some seconds.",
            "Run `encore doctor` again; if it stays so, look for a program that has the database open.",
        )  # fmt: skip
    if found.refusal:
        return Finding(
            State.MISSING, f"{found.where} cannot be written: {found.refusal.rstrip('.')}.",
            "Let the user who runs Encore write there, and make sure that the disk is not full.",
            "" if found.version else "there is no database",
        )  # fmt: skip
    if found.version is None:
        return Finding(State.OK, f"{found.where} is empty or not there yet; Encore makes it when it starts.")
    return Finding(State.OK, f"{found.where} can be read and written.")


def tables(found: Condition) -> Finding:
    """Judge whether the tables are those of this Encore."""
    there, newest = found.version, found.newest
    if there == newest:
        return Finding(State.OK, f"The tables are current (version {there}).")
    if there is None:
        return Finding(
            State.OK, f"The tables (version {newest}) are made when Encore starts.", bars="there are no tables yet"
        )  # fmt: skip
    if there < newest:
        said = f"The tables are of version {there}; Encore brings them to {newest} when it starts."
        do = "Make a copy of the database, then start this Encore: `encore serve`."
        return Finding(State.WARNING, said, do, "the tables are older than this Encore")
    said = f"The tables are of a newer Encore (version {there}; this one knows {newest})."
    return Finding(State.MISSING, said, "Run the newer Encore.", "the tables are of a newer Encore")


def ledger(found: Condition) -> Finding:
    """Judge whether the ledger is kept as it is by its triggers."""
    if not found.triggers:
        return Finding(State.OK, "The triggers that keep the ledger append-only are there.")
    return Finding(
        State.MISSING, f"The ledger could be altered: the triggers {', '.join(found.triggers)} are not there.",
        "Run `encore verify` to see whether it was altered, and go back to the last copy of the database that has them.",
    )  # fmt: skip


def delivery(refused: str | None) -> Finding:
    """Judge whether Slack takes what the running Encore says; `refused` is Slack's word for why not."""
    if refused is None:
        return Finding(State.OK, "Nothing that waits to be said was refused because of the token.")
    return Finding(
        State.MISSING, f"Slack refuses the running Encore ({refused}): what it has to say waits.",
        "If the bot token is accepted above, start Encore anew: it still has an older one. Nothing is lost meanwhile.",
    )  # fmt: skip


def disk(free_bytes: int) -> Finding:
    """Judge the free space beside the database's file, in bytes."""
    free = f"{free_bytes / (1 << 30):.1f} GB" if free_bytes >= LITTLE_SPACE else f"{free_bytes / (1 << 20):.0f} MB"
    if free_bytes >= LITTLE_SPACE:
        return Finding(State.OK, f"{free} are free for the database.")
    state = State.WARNING if free_bytes >= NO_SPACE else State.MISSING
    return Finding(state, f"Only {free} are free for the database.", "Make room on the disk that it lies on.")


def several(names: Iterable[str]) -> str:
    """Return names as a sentence has them."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
