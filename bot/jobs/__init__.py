"""Everything the clock can start. A further job is a further row."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

from bot.context import Context
from bot.jobs import attribution, boards, earning, handing_on, homes, leavers, rewards, seen, shifts, twins

JOBS: Final[Mapping[str, Callable[[Context], Awaitable[None]]]] = MappingProxyType(
    {
        "shifts": shifts.run,
        "homes": homes.run,
        "attribution": attribution.run,
        "boards": boards.run,
        "earning": earning.run,
        "handing_on": handing_on.run,
        "rewards": rewards.run,
        "leavers": leavers.run,
        "seen": seen.run,
        "twins": twins.run,
    }
)
"""What every tick does, in this order: figures first, then what is said of them."""
