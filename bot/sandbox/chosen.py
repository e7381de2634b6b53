"""What can be chosen in an element at all. Menus offer just that, and whatever else a request says was chosen is refused."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from bot.errors import NotFoundError
from bot.sandbox.model import Channel, Json, Person
from bot.sandbox.state import KINDS, Typed, elements_in, options_of
from bot.sandbox.workspace import Workspace

DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")
FIRST_SECOND, LAST_SECOND = 10**9, 10**10 - 1
"""Slack writes moments as seconds since 1970 in ten digits."""

Can = Callable[[Json, str, Person, Workspace], bool]


def people_for(workspace: Workspace) -> list[Person]:
    """Return whom a menu of people offers."""
    return [person for person in workspace.people.values() if not person.deleted]


def rooms_for(element: Json, person: Person, workspace: Workspace) -> list[Channel]:
    """Return which channels or conversations a menu of them offers to somebody, as its `filter` says."""
    wanted = element.get("filter") or {}
    kinds = wanted.get("include") or ["public", "private", "mpim", "im"]
    if str(element["type"]).endswith("channels_select"):
        kinds = ["public"]
    rooms = [room for room in workspace.visible_channels(person) if not room.is_archived and room.kind in kinds]
    without_bots = bool(wanted.get("exclude_bot_users"))
    return [room for room in rooms if not (without_bots and room.is_im and other_in(room, person, workspace).is_bot)]


def other_in(room: Channel, person: Person, workspace: Workspace) -> Person:
    """Return the other one in a conversation of two, or the person themselves if they are alone in it."""
    others = [slack_id for slack_id in room.members if slack_id != person.slack_id]
    return workspace.person(others[0]) if others else person


def check_typed(blocks: Sequence[Json], typed: Typed, person: Person, workspace: Workspace) -> None:
    """Raise for what cannot be chosen in the elements of `blocks`, as `check_chosen` does."""
    for block, element in elements_in(blocks):
        texts = typed.get(str(block.get("block_id")), {}).get(str(element.get("action_id")), [])
        check_chosen(element, texts, person, workspace)


def check_chosen(element: Json, texts: Sequence[str], person: Person, workspace: Workspace) -> None:
    """Raise NotFoundError for what is not there to be chosen, ValueError for too much of it."""
    kind = str(element["type"])
    can = CAN.get(kind.removeprefix("multi_"))
    texts = [text for text in texts if text]
    if can is None or not texts:
        return
    most = element.get("max_selected_items") if kind.startswith("multi_") else None if kind == "checkboxes" else 1
    if most is not None and len(set(texts)) > most:
        raise ValueError(f"No more than {most} can be chosen in {element.get('action_id')}.")
    # What stood there from the beginning may stay, whatever has become of it.
    initial = element.get(KINDS[kind].initial) if kind in KINDS else None
    first = initial if isinstance(initial, list) else [initial]
    for text in texts:
        if text not in first and not can(element, text, person, workspace):
            raise NotFoundError(f"{text} cannot be chosen in {element.get('action_id')}.")


def _is_option(element: Json, text: str, _: Person, __: Workspace) -> bool:
    return any(option["value"] == text for option in options_of(element))


def _is_feedback(element: Json, text: str, _: Person, __: Workspace) -> bool:
    return text in {element[name].get("value") for name in ("positive_button", "negative_button")}


def _is_person(_: Json, text: str, __: Person, workspace: Workspace) -> bool:
    return any(one.slack_id == text for one in people_for(workspace))


def _is_room(element: Json, text: str, person: Person, workspace: Workspace) -> bool:
    return any(room.slack_id == text for room in rooms_for(element, person, workspace))


def _is_date(_: Json, text: str, __: Person, ___: Workspace) -> bool:
    return bool(DATE.fullmatch(text)) and _moment(text) is not None


def _is_time(_: Json, text: str, __: Person, ___: Workspace) -> bool:
    return bool(TIME.fullmatch(text))


def _is_moment(_: Json, text: str, person: Person, __: Workspace) -> bool:
    moment = _moment(text)
    try:
        seconds: Any = moment and moment.replace(tzinfo=person.zone).timestamp()
    except OverflowError:
        return False
    return seconds is not None and FIRST_SECOND <= seconds <= LAST_SECOND


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


CAN: Final[dict[str, Can]] = {
    "static_select": _is_option,
    "external_select": _is_option,
    "radio_buttons": _is_option,
    "checkboxes": _is_option,
    "overflow": _is_option,
    "feedback_buttons": _is_feedback,
    "users_select": _is_person,
    "conversations_select": _is_room,
    "channels_select": _is_room,
    "datepicker": _is_date,
    "timepicker": _is_time,
    "datetimepicker": _is_moment,
}
"""Whether a text can be chosen, by the type of an element without its "multi_"; what is missing here takes any text."""
