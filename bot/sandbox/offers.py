"""What the app has offered in menus that ask it: checked as Slack would, and kept so that a choice can be sent whole."""

from collections.abc import Collection, Sequence
from typing import Final

from bot.sandbox.elements import OPTION, OPTION_GROUP
from bot.sandbox.model import Json
from bot.sandbox.rules import Spot, each, only_one_of, shape, together
from bot.sandbox.state import options_of

MOST_MENUS: Final = 200
"""Of how many menus the offers are kept. Those of messages and views that are gone are the first to be forgotten."""

OFFER: Final = together(
    shape({}, {"options": each(OPTION, most=100), "option_groups": each(OPTION_GROUP, most=100)}),
    only_one_of("options", "option_groups"),
)


class Offers:
    """The last offer of each menu, by the place it stands in, its block and its action."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], list[Json]] = {}

    def take(self, menu: tuple[str, str, str], answer: Json, chosen: Collection[str]) -> list[Json]:
        """Return the rows that the app's answer offers: options, or groups of them; none if it breaks Slack's rules.

        What is `chosen` (values) of earlier offers can still be sent, everything else of them is forgotten.
        """
        offer = {name: answer[name] for name in ("options", "option_groups") if answer.get(name) is not None}
        spot = Spot(offer, "", "message", [])
        OFFER(spot)
        if spot.found:
            offer = {}
        new = options_of(offer)
        values = {option["value"] for option in new}
        kept = [row for row in self._known.pop(menu, []) if row["value"] in chosen and row["value"] not in values]
        self._known[menu] = kept + new
        while len(self._known) > MOST_MENUS:
            del self._known[next(iter(self._known))]
        return list(offer.get("options") or offer.get("option_groups") or [])

    def completed(self, place: str, blocks: Sequence[Json]) -> list[Json]:
        """Return the blocks with what was offered as the options of menus that have none of their own."""
        return [self._completed(place, block) for block in blocks]

    def _completed(self, place: str, block: Json) -> Json:
        changed = dict(block)
        if isinstance(block.get("child_blocks"), list):
            changed["child_blocks"] = self.completed(place, block["child_blocks"])
        for name in ("accessory", "element"):
            if isinstance(block.get(name), dict):
                changed[name] = self._filled(place, block, block[name])
        if block["type"] == "actions":
            changed["elements"] = [self._filled(place, block, element) for element in block["elements"]]
        return changed

    def _filled(self, place: str, block: Json, element: Json) -> Json:
        if not str(element.get("type")).endswith("external_select"):
            return element
        offered = self._known.get((place, block["block_id"], element["action_id"]), [])
        initial = [element["initial_option"]] if element.get("initial_option") else []
        return element | {"options": [*initial, *(element.get("initial_options") or []), *offered]}
