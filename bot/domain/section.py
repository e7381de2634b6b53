"""What every section of the programme is made of."""

from datetime import time
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

KEY: Final = r"^[a-z][a-z0-9_-]{0,39}$"
"""What a key of a board or a reward looks like."""


class Section(BaseModel):
    """A table of settings: nothing else may stand in it, and it never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _is_a_local_time(at: object) -> object:
    if not isinstance(at, str | time):
        raise ValueError("a time is written HH:MM, such as 09:00")  # noqa: TRY004 -- pydantic reports ValueError
    return at


def _has_no_zone(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("leave the offset out: the time is on the local clock")
    return at


LocalTime = Annotated[time, BeforeValidator(_is_a_local_time), AfterValidator(_has_no_zone)]
"""A time on the clock of a site or a person."""
