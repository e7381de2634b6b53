"""The app's conversation: its tabs, and the Home that the app has published for the person."""

from dataclasses import replace
from typing import Final

from bot.sandbox.page.draw import draw_blocks
from bot.sandbox.page.markup import NOTHING, Html, esc, icon, tag
from bot.sandbox.page.scene import Scene, tabs_of

TABS: Final = {"home": "Home", "messages": "Messages"}


def draw_tabs(scene: Scene) -> Html:
    """Draw the choice between Home and Messages; nothing where there is no choice."""
    tabs = tabs_of(scene) if scene.is_app else []
    if len(tabs) < 2:
        return NOTHING
    links = [
        tag(
            "a",
            esc(TABS[tab]),
            href=scene.address(tab=tab),
            aria_current="page" if tab == scene.tab else None,
        )
        for tab in tabs
    ]
    return tag("nav", *links, class_="app-tabs", aria_label=scene.workspace.app_name)


def draw_home(scene: Scene) -> Html:
    """Draw what the app has published for the person, or that there is nothing yet."""
    view = scene.workspace.home_views.get(scene.person.slack_id)
    if view is None:
        return _nothing_yet(scene)
    reader = replace(scene.reader, place=f"{view['id']}-")
    return tag(
        "div",
        draw_blocks(view["blocks"], reader),
        id=f"view-{view['id']}",
        class_="home-view",
        data_container="view",
        data_view=view["id"],
    )


def _nothing_yet(scene: Scene) -> Html:
    app = scene.workspace.app_name
    hint = (
        f"As soon as {app} publishes a Home for you, it appears here."
        if scene.connected
        else f"{app} is not connected. Once it runs, open this tab again."
    )
    return tag(
        "div",
        tag("span", icon("app"), class_="beginning-sign"),
        tag("h2", esc("Nothing here yet")),
        tag("p", esc(hint)),
        class_="beginning",
        id="no-home",
    )
