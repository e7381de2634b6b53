"""The modals people have open: for each person a stack of at most three views, the topmost one in sight."""

from typing import Final

from bot.sandbox.model import Json

MOST_STACKED: Final = 3


class Modals:
    """Every person's stack of views, as Slack stores views."""

    def __init__(self) -> None:
        self._stacks: dict[str, list[Json]] = {}

    def stack(self, user_id: str) -> list[Json]:
        """Return what somebody has open, the topmost last."""
        return list(self._stacks.get(user_id, []))

    def top(self, user_id: str) -> Json | None:
        """Return the view in sight, or None."""
        stack = self._stacks.get(user_id)
        return stack[-1] if stack else None

    def find(self, view_id: str) -> tuple[str, Json] | None:
        """Return whose view this is and the view, or None if nobody has it open."""
        return self._search("id", view_id)

    def find_external(self, external_id: str) -> tuple[str, Json] | None:
        """Return the view that the app gave this external id, as `find` does."""
        return self._search("external_id", external_id)

    def open(self, user_id: str, view: Json) -> None:
        """Show a view in place of everything that was open."""
        self._stacks[user_id] = [view]

    def push(self, user_id: str, view: Json) -> bool:
        """Show a view above what is open; False if there is no room or nothing to lie upon."""
        stack = self._stacks.get(user_id, [])
        if not stack or len(stack) >= MOST_STACKED:
            return False
        stack.append(view | {"root_view_id": stack[0]["id"], "previous_view_id": stack[-1]["id"]})
        return True

    def replace(self, view: Json) -> None:
        """Put a changed view where the one with its id is."""
        for stack in self._stacks.values():
            for place, open_view in enumerate(stack):
                if open_view["id"] == view["id"]:
                    stack[place] = view

    def close(self, user_id: str) -> Json | None:
        """Take the topmost view away and return it."""
        stack = self._stacks.get(user_id)
        return stack.pop() if stack else None

    def remove(self, view_id: str) -> None:
        """Take one view away, wherever it lies; those above it stay."""
        for stack in self._stacks.values():
            stack[:] = [view for view in stack if view["id"] != view_id]

    def clear(self, user_id: str) -> list[Json]:
        """Take every view away; returns them, the topmost first."""
        return list(reversed(self._stacks.pop(user_id, [])))

    def _search(self, field: str, value: str) -> tuple[str, Json] | None:
        for user_id, stack in self._stacks.items():
            for view in stack:
                if value and view[field] == value:
                    return user_id, view
        return None
