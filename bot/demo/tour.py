"""What the page tells somebody who opens the sample for the first time: Encore in two minutes."""

from typing import Final

from bot.sandbox.page.tour import Step

TOUR: Final = (
    Step(
        "page",
        "This is Encore, at work",
        "A contact centre on three continents, made up down to the last call. It lives in a small copy of Slack on this "
        "machine; nothing leaves it, and nothing here can be broken.",
    ),
    Step(
        "composer",
        "Ask for your figures",
        "Type `/mystats` and press Enter. Encore answers you alone: your figures beside your target and your team. "
        "`/mystats month` and `/mystats today` work too.",
    ),
    Step(
        "composer",
        "Thank somebody",
        "`/kudos` opens a form that thanks a colleague in their site's channel, with points from your monthly "
        "allowance. `/redeem` shows what points can get you, and Encore's Home, under Apps, what you have.",
    ),
    Step(
        "people",
        "Be somebody else",
        "Everybody sees their own Slack. Be an agent in Manila, a lead in Belgrade, somebody in their first weeks or a "
        "guest, and ask again.",
    ),
    Step(
        "channels",
        "Read the boards",
        "Each site has a channel for its floor. Encore posts its boards there: who did well, by measures that everybody "
        "can look up.",
    ),
    Step(
        "clock",
        "Let a day go by",
        "Skip to tomorrow 09:00, on the clock of whoever you are. The day is worked, the figures move, and every board "
        "whose morning has come meanwhile is posted.",
    ),
    Step(
        "tools",
        "Look behind it",
        "See every request between Slack and Encore, give Slack a bad day and watch Encore cope. This tour can be shown "
        "again from there.",
    ),
)
