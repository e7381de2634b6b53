"""A Bolt app as anybody would write one, which uses everything that the page shows: the browser's stories play with it."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .apps import connected

Json = dict[str, Any]

MANIFEST: Json = {
    "display_information": {"name": "Showcase"},
    "features": {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "showcase"},
        "slash_commands": [
            {"command": "/mystats", "description": "Your figures", "usage_hint": "[today|week|month]"},
            {"command": "/form", "description": "Ask for time off"},
            {"command": "/buttons", "description": "A message with everything one can press"},
            {"command": "/kudos", "description": "Thank somebody", "usage_hint": "@name words", "should_escape": True},
        ],
        "shortcuts": [
            {"name": "Ask for time off", "type": "global", "callback_id": "ask", "description": "Opens the form"},
            {
                "name": "Give kudos for this",
                "type": "message",
                "callback_id": "thank",
                "description": "Thanks its author",
            },
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": ["commands", "chat:write", "app_mentions:read", "reactions:read", "channels:history", "files:write"]
        }
    },
    "settings": {
        "interactivity": {"is_enabled": True},
        "event_subscriptions": {"bot_events": ["app_home_opened", "app_mention", "reaction_added"]},
        "socket_mode_enabled": True,
    },
}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(action_id: str, text: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def field(block_id: str, label: str, element: Json, **more: Any) -> Json:
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **more}


def options(*texts: str) -> list[Json]:
    return [{"text": plain(text), "value": text.lower()} for text in texts]


def form(reason: str = "") -> Json:
    """Return the form with which one asks for time off."""
    words = {
        "type": "plain_text_input",
        "action_id": "words",
        "multiline": True,
        "placeholder": plain("A line will do"),
    }
    return {
        "type": "modal",
        "callback_id": "time_off",
        "title": plain("Time off"),
        "submit": plain("Send"),
        "notify_on_close": True,
        "blocks": [
            section("Your lead hears of it at once."),
            field("days", "How many days?", {"type": "number_input", "action_id": "n", "is_decimal_allowed": False}),
            field("from", "From", {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-23"}),
            field(
                "why",
                "Why?",
                words | ({"initial_value": reason} if reason else {}),
                hint=plain("Only your lead sees it."),
            ),
            field(
                "cover",
                "Who covers for you?",
                {"type": "users_select", "action_id": "who", "placeholder": plain("Choose a colleague")},
                optional=True,
            ),
            {
                "type": "actions",
                "block_id": "more",
                "elements": [button("rules", "Read the rules"), button("suggest", "Suggest a reason")],
            },
        ],
    }


RULES: Json = {
    "type": "modal",
    "callback_id": "rules",
    "title": plain("The rules"),
    "close": plain("Understood"),
    "blocks": [section("*Five days* at a time, and not in the week of a launch.")],
}

DONE: Json = {
    "type": "modal",
    "callback_id": "done",
    "title": plain("Sent"),
    "close": plain("Fine"),
    "blocks": [section(":white_check_mark: Your lead has it.")],
}

PRESSES: list[Json] = [
    {"type": "header", "text": plain("Tuesday's late shift")},
    section("One place is left. Who takes it?", block_id="menu", accessory={
        "type": "overflow", "action_id": "more", "options": options("Remind me", "Hide"),
    }),
    {
        "type": "actions",
        "block_id": "presses",
        "elements": [
            button("take", "Take it", style="primary", value="late"),
            button("cancel", "Cancel the shift", style="danger", confirm={
                "title": plain("Cancel the shift?"), "text": plain("Everybody is told."),
                "confirm": plain("Yes, cancel it"), "deny": plain("Keep it"), "style": "danger",
            }),
            {"type": "static_select", "action_id": "site", "placeholder": plain("Site"), "options": options("Cebu", "Manila", "Porto")},
            {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-24"},
        ],
    },
]  # fmt: skip


def home(person: str, presses: int) -> Json:
    """Return what somebody's Home shows."""
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Your week")},
            section(f"Good to see you, <@{person}>."),
            {"type": "section", "fields": [mrkdwn("*Contacts*\n48"), mrkdwn("*Satisfaction*\n94%")]},
            {"type": "divider"},
            {
                "type": "actions",
                "block_id": "home",
                "elements": [
                    button("count", f"Pressed {presses} times", style="primary", value=str(presses)),
                    button("open", "Ask for time off"),
                ],
            },
        ],
    }


@contextlib.asynccontextmanager
async def on_stage(workspace: Workspace, **options: Any) -> AsyncIterator[Sandbox]:
    """Run a sandbox with the app connected to it; `options` are those of the sandbox."""
    sandbox = Sandbox(workspace, MANIFEST, workspace.clock, **options)
    async with sandbox.running(), connected(sandbox, showcase(sandbox)):
        yield sandbox


def showcase(sandbox: Sandbox) -> AsyncApp:
    """Return the app, not yet connected."""
    app = AsyncApp(
        name="story",
        client=AsyncWebClient(sandbox.workspace.bot_token, base_url=sandbox.api_url),
        signing_secret=sandbox.workspace.signing_secret,
        process_before_response=True,
    )
    for part in (answer_commands, take_forms, take_presses, hear_events):
        part(app)
    return app


def answer_commands(app: AsyncApp) -> None:
    @app.command("/mystats")
    async def mystats(ack: AsyncAck, command: Json) -> None:
        await ack(f"Your {command['text'] or 'day'}: 12 contacts")

    @app.command("/kudos")
    async def kudos(ack: AsyncAck, respond: AsyncRespond, command: Json) -> None:
        await ack()
        await respond(text=f"Thanks: {command['text']}", response_type="in_channel")

    @app.command("/buttons")
    async def buttons(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(text="Tuesday's late shift", blocks=PRESSES, response_type="in_channel")


def take_forms(app: AsyncApp) -> None:
    @app.command("/form")
    @app.shortcut("ask")
    @app.action("open")
    async def ask(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=form())
        await ack()

    @app.view("time_off")
    async def sent(ack: AsyncAck, view: Json) -> None:
        days = int(view["state"]["values"]["days"]["n"]["value"])
        if days > 5:
            await ack(response_action="errors", errors={"days": "Five days at most."})
        else:
            await ack(response_action="update", view=DONE)

    @app.view_closed("time_off")
    async def closed(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text="You can ask again at any time.")

    @app.action("rules")
    async def rules(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_push(trigger_id=body["trigger_id"], view=RULES)

    @app.action("suggest")
    async def suggest(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        changed = form()
        changed["blocks"][0] = section("_A good reason:_ a wedding in the family.")
        await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=changed)

    @app.shortcut("thank")
    async def thank(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        author = body["message"]["user"]
        view = {
            "type": "modal",
            "callback_id": "thanks",
            "title": plain("Kudos"),
            "submit": plain("Give"),
            "private_metadata": f"{body['channel']['id']} {author} {body['message']['ts']}",
            "blocks": [
                field(
                    "words",
                    f"What was great, {body['user']['username']}?",
                    {"type": "plain_text_input", "action_id": "w"},
                )
            ],
        }
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("thanks")
    async def thanked(ack: AsyncAck, body: Json, view: Json, client: AsyncWebClient) -> None:
        await ack()
        channel, author, ts = view["private_metadata"].split()
        words = view["state"]["values"]["words"]["w"]["value"]
        said = f":tada: <@{body['user']['id']}> thanks <@{author}>: {words}"
        await client.chat_postMessage(channel=channel, text=said, thread_ts=ts)


def take_presses(app: AsyncApp) -> None:
    @app.action({"block_id": "presses"})
    @app.action({"block_id": "menu"})
    async def chosen(ack: AsyncAck, action: Json, body: Json, respond: AsyncRespond) -> None:
        await ack()
        option = action.get("selected_option") or {}
        what = action.get("selected_date") or option.get("value") or action["action_id"]
        await respond(text=f"<@{body['user']['id']}> chose {what}", response_type="in_channel", replace_original=False)

    @app.action("count")
    async def count(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        person, times = body["user"]["id"], int(body["actions"][0]["value"]) + 1
        await client.views_publish(user_id=person, view=home(person, times))


def hear_events(app: AsyncApp) -> None:
    @app.event("app_home_opened")
    async def opened(event: Json, client: AsyncWebClient) -> None:
        if event["tab"] == "home":
            person = event["user"]
            await client.views_publish(user_id=person, view=home(person, 0))

    @app.event("app_mention")
    async def mentioned(event: Json, client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel=event["channel"], text=f"Yes, <@{event['user']}>?", thread_ts=event["ts"])

    @app.event("reaction_added")
    async def reacted(event: Json, client: AsyncWebClient) -> None:
        if event["reaction"] == "trophy":
            item = event["item"]
            await client.chat_postMessage(
                channel=item["channel"], text=f":trophy: <@{event['user']}> found a winner.", thread_ts=item["ts"]
            )
