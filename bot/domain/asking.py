"""Who is asked to decide, and who instead of them when they may not any more."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Over:
    """The last word in the message of somebody who was asked; `others`: somebody else is asked instead."""

    others: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """The leads of each team and the admins, by id, who work here and are in Slack."""

    leads: Mapping[int, Sequence[int]] = field(default_factory=dict)
    admins: Sequence[int] = ()

    def leads_of(self, team_id: int | None) -> Sequence[int]:
        """Return who leads a team."""
        return () if team_id is None else self.leads.get(team_id, ())


@dataclass(frozen=True, slots=True)
class Round:
    """Of those who were asked who still is, who is not any more, and who is to be asked now."""

    stay: Sequence[int]
    gone: Sequence[int]
    new: Sequence[int]

    @property
    def asked(self) -> list[int]:
        """Everybody who is asked from now on."""
        return [*self.stay, *self.new]


def round_of(
    asked: Sequence[int], now: Mapping[int, int], able: Collection[int], deciders: Sequence[int], back: Sequence[int]
) -> Round | None:
    """Return who is to be asked instead of those who may not decide any more; None where all is as it should be.

    `now` says who became of an entry that was merged into another. `able` may decide, `deciders` are those of them whom
    it is sent to first; `back` were asked once, were not to decide it for a while, and may again.
    """
    stay = [number for number in asked if now.get(number, number) in able]
    gone = [number for number in asked if number not in stay]
    still = {now.get(number, number) for number in stay}
    # As long as everybody who was asked is there, nobody else is bothered but who comes back.
    wanted = [*(deciders if gone or not stay else ()), *back]
    new = [number for number in dict.fromkeys(wanted) if number not in still]
    return Round(stay, gone, new) if gone or new else None
