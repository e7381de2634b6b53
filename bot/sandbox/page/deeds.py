"""What can be done with the page's tools: faults to ask for, deeds on the way to the app, switches of the workspace."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from bot.errors import RefusedError
from bot.sandbox.faults import ANY, TITLES, FaultKind
from bot.sandbox.page.workbench import Workbench

MOST_TIMES: Final = 20
MOST_SECONDS: Final = 60

Needs = Literal["http", "socket mode"]

FAULTS: Final[dict[FaultKind, str]] = {
    "ratelimited": "The call is refused and a wait is named. What the app says should come after it, and once.",
    "server_error": "The call is refused and nothing is done. The app should try again, or say so kindly.",
    "lost_after_storing": "The message appears, but the app never learns of it. A careless app says it twice.",
    "dropped_before": "Nothing appears and nothing is answered. To the app it looks just like a lost answer.",
    "slow": "The call works, only later. Whoever is waiting should be told that it takes a while.",
}
"""What is seen of each fault."""


@dataclass(frozen=True)
class Deed:
    """A button: what it says, what is seen of it, what it does, and what it needs."""

    label: str
    seen: str
    do: Callable[[Workbench], Awaitable[None]]
    needs: Needs | None = None

    def can_be_done(self, workbench: Workbench) -> bool:
        """Whether it means something for the way in which the app is reached."""
        return self.needs in {None, "http" if workbench.over_http else "socket mode"}


@dataclass(frozen=True)
class Switch:
    """Something about the workspace that is on or off, and what each of the two means."""

    label: str
    on: str
    off: str
    is_on: Callable[[Workbench], bool]
    turn: Callable[[Workbench, bool], None]


async def _twice(workbench: Workbench) -> None:
    workbench.faults.deliver_twice()


async def _cut(workbench: Workbench) -> None:
    await workbench.socket_mode.disconnect()


async def _forge(workbench: Workbench) -> None:
    workbench.faults.spoil("forged_signature")


async def _late(workbench: Workbench) -> None:
    workbench.faults.spoil("old_timestamp")


async def _forget(workbench: Workbench) -> None:
    workbench.faults.clear()


FORGET: Final = Deed("Forget them all", "Nothing goes wrong any more unless you ask for it.", _forget)
DEEDS: Final[dict[str, Deed]] = {
    "twice": Deed(
        "Deliver the next thing twice",
        "The next command, click or event reaches the app twice, an event under another event_id. It should count once.",
        _twice,
    ),
    "cut": Deed(
        "Cut the connection",
        "The app is told to connect anew, as Slack does every few hours. It should be back within a few seconds.",
        _cut,
        "socket mode",
    ),
    "forge": Deed(
        "Forge the next signature",
        "The next request is signed by a stranger. The app should refuse it, and the person sees that it failed.",
        _forge,
        "http",
    ),
    "late": Deed(
        "Send the next one late",
        "The next request bears an old timestamp, as a replayed one would. The app should refuse it.",
        _late,
        "http",
    ),
}


def _set_blocks(workbench: Workbench, on: bool) -> None:
    workbench.workspace.new_blocks = on


def _set_rates(workbench: Workbench, on: bool) -> None:
    workbench.workspace.rates = on


def _set_installed(workbench: Workbench, on: bool) -> None:
    if on:
        workbench.workspace.installed = True
    elif workbench.workspace.installed:
        workbench.workspace.uninstall()


SWITCHES: Final[dict[str, Switch]] = {
    "blocks": Switch(
        "Slack's block types of 2026",
        "The workspace has them: data tables, charts, cards, alerts, containers.",
        "The workspace does not have them yet: a message that holds one is refused with invalid_blocks.",
        lambda workbench: workbench.workspace.new_blocks,
        _set_blocks,
    ),
    "rates": Switch(
        "Limits of calls",
        "The app may call as often as Slack promises, and no more: what is too much is answered 429.",
        "The app may call as often as it likes, which Slack would not let it.",
        lambda workbench: workbench.workspace.rates,
        _set_rates,
    ),
    "installed": Switch(
        "The app is installed",
        "Switched off, the app is told so, its token ends, and its commands are gone.",
        "The token has ended and the commands are gone. Switched on, the same token works again; Slack would give a new one.",
        lambda workbench: workbench.workspace.installed,
        _set_installed,
    ),
}


def ask_for_fault(workbench: Workbench, form: Mapping[str, str]) -> str:
    """Let calls go wrong as the form says; returns what is going to happen. Raises RefusedError if it makes no sense."""
    kind = next((known for known in get_args(FaultKind) if known == form.get("kind")), None)
    times, seconds = _whole(form.get("times", "1")), _whole(form.get("seconds") or "1")
    if kind is None:
        raise RefusedError("Choose what goes wrong.")
    if not 1 <= times <= MOST_TIMES:
        raise RefusedError(f"How often: from 1 to {MOST_TIMES} times.")
    if not 1 <= seconds <= MOST_SECONDS:
        raise RefusedError(f"How long: from 1 to {MOST_SECONDS} seconds.")
    method = form.get("method") or ANY
    workbench.faults.next(method, kind, times, seconds=seconds)
    whose = "call" if method == ANY else f"call of {method}"
    count = f"The next {whose}" if times == 1 else f"The next {times} {whose.replace('call', 'calls', 1)}"
    return f"{count}: {TITLES[kind][0].lower()}{TITLES[kind][1:]}."


async def do(workbench: Workbench, name: str) -> str:
    """Do the deed of this name; returns what is going to be seen. Raises RefusedError if it cannot be done here."""
    deed = {**DEEDS, "forget": FORGET}.get(name)
    if deed is None:
        raise RefusedError("There is no such tool.")
    if not deed.can_be_done(workbench):
        raise RefusedError(why_not(deed))
    await deed.do(workbench)
    return deed.seen


def turn(workbench: Workbench, name: str) -> str:
    """Turn a switch over; returns what that means. Raises RefusedError if there is no such switch."""
    switch = SWITCHES.get(name)
    if switch is None:
        raise RefusedError("There is no such switch.")
    on = not switch.is_on(workbench)
    switch.turn(workbench, on)
    workbench.workspace.changed()
    return f"{switch.label}: {'on' if on else 'off'}."


def why_not(deed: Deed) -> str:
    """Say why a deed cannot be done here."""
    if deed.needs == "http":
        return "Only over HTTP: in Socket Mode nothing is signed."
    return "Only in Socket Mode: over HTTP there is no connection to cut."


def _whole(written: str) -> int:
    try:
        return int(written)
    except ValueError:
        return 0
