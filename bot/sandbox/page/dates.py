"""Moments written the way Slack's date tokens ask for, in the reader's zone."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

TOKEN = re.compile(r"\{(\w+)\}")


def written(seconds: int, pattern: str, zone: ZoneInfo, now: datetime) -> str:
    """Return `pattern` with tokens such as {date_short} and {time} filled in for `seconds` since 1970.

    `now` decides what is today. Raises ValueError for an unknown token or a moment out of range.
    """
    try:
        local = datetime.fromtimestamp(seconds, UTC).astimezone(zone)
    except (OverflowError, OSError) as error:
        raise ValueError(str(error)) from error
    today = now.astimezone(zone)
    return TOKEN.sub(lambda match: _token(match.group(1), local, today, begins=not match.start()), pattern)


def clock_time(moment: datetime) -> str:
    """Return the time of day as Slack writes it: 6:39 AM."""
    return f"{moment:%I:%M %p}".lstrip("0")


def _token(name: str, local: datetime, today: datetime, *, begins: bool) -> str:
    if name == "time":
        return clock_time(local)
    if name == "time_secs":
        return f"{local:%I:%M:%S %p}".lstrip("0")
    if name == "date_num":
        return f"{local:%Y-%m-%d}"
    if name == "ago":
        return _ago(today - local)
    near = _near(local, today)
    if name.endswith("_pretty") and near:
        # As Slack writes it: with a capital where the pattern begins with it, and not in the midst of a sentence.
        return near.capitalize() if begins else near
    longhand = {
        "date": f"{local:%B} {_ordinal(local.day)}, {local.year}",
        "date_short": f"{local:%b} {local.day}, {local.year}",
        "date_long": f"{local:%A}, {local:%B} {_ordinal(local.day)}, {local.year}",
        "day_divider": f"{local:%A}, {local:%B} {_ordinal(local.day)}",
    }
    base = name.removesuffix("_pretty")
    if base not in longhand:
        raise ValueError(f"unknown date token {name}")
    return longhand[base]


def _near(local: datetime, today: datetime) -> str:
    days = (local.date() - today.date()).days
    return {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days, "")


def _ordinal(day: int) -> str:
    suffix = "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{suffix}"


def _ago(since: timedelta) -> str:
    seconds = int(abs(since.total_seconds()))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count = seconds // size
        if count:
            span = f"{count} {unit}{'' if count == 1 else 's'}"
            return f"in {span}" if since < timedelta(0) else f"{span} ago"
    return "just now"
