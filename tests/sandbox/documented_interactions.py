"""Slash commands, interactions, views, and what the elements of blocks say in them."""

from .documented_keys import Documented, documented

REFERENCE = "https://docs.slack.dev/reference"
BOLT_JS = "https://docs.slack.dev/tools/bolt-js/reference/interfaces"
BOLT_PYTHON = "https://github.com/slackapi/bolt-python/blob/main/tests/scenario_tests"
JAVA = "https://github.com/slackapi/java-slack-sdk/blob/main/slack-app-backend/src/test/java/test_locally/app_backend"
SOCKET_MODE = (
    "https://github.com/slackapi/python-slack-sdk/blob/main/tests/slack_sdk/socket_mode/mock_socket_mode_server.py"
)

TEXT = "type text emoji? verbatim?"  # emoji with plain_text, verbatim with mrkdwn
OPTION = f"text({TEXT}) value description?({TEXT}) url?"  # url: in an overflow menu
CONFIRM = "confirm?(title? text confirm? deny? style? ...)"  # when the element asks back
BLOCKS = "(type block_id ...)"  # whoever leaves block_id out is given one
ORG = "enterprise~(id name) is_enterprise_install"  # null and false outside of Enterprise Grid
TEAM = "team~(id domain enterprise_id? enterprise_name?)"  # null for an app of a whole organisation
USER = "id username name team_id"
BOT_PROFILE = "(id deleted name updated app_id user_id icons(image_36 image_48 image_72) team_id)"

_COMMON = "type action_id block_id action_ts"
_PLACEHOLDER = f"placeholder?({TEXT})"


def _element(kind: str, source: str, *words: str) -> tuple[str, Documented]:
    return kind, documented(f"action of {kind}", source, _COMMON, *words)


def _menu(kind: str, selected: str, initial: str, action: str, *more: str) -> tuple[str, Documented]:
    return _element(kind, f"{BOLT_JS}/{action}", selected, initial, _PLACEHOLDER, CONFIRM, *more)


_ONE, _MANY = f"selected_option~({OPTION})", f"selected_options[]({OPTION})"  # null: the choice was taken back
_ONE_FIRST, _MANY_FIRST = f"initial_option?({OPTION})", f"initial_options?[]({OPTION})"

ACTIONS: dict[str, Documented] = dict(
    (
        _element(
            "button",
            f"{JAVA}/interactive_components/payload/BlockActionPayloadTest.java",
            f"text({TEXT}) value? url? style? accessibility_label?",  # whatever the button was given
            CONFIRM,
        ),
        _menu("static_select", _ONE, _ONE_FIRST, "StaticSelectAction"),
        _menu("external_select", _ONE, _ONE_FIRST, "ExternalSelectAction", "min_query_length?"),
        _menu("users_select", "selected_user", "initial_user?", "UsersSelectAction"),
        _menu("conversations_select", "selected_conversation", "initial_conversation?", "ConversationsSelectAction"),
        _menu("channels_select", "selected_channel", "initial_channel?", "ChannelsSelectAction"),
        _menu("multi_static_select", _MANY, _MANY_FIRST, "MultiStaticSelectAction"),
        _menu("multi_external_select", _MANY, _MANY_FIRST, "MultiExternalSelectAction", "min_query_length?"),
        _menu("multi_users_select", "selected_users[]", "initial_users?[]", "MultiUsersSelectAction"),
        _menu(
            "multi_conversations_select",
            "selected_conversations[]",
            "initial_conversations?[]",
            "MultiConversationsSelectAction",
        ),
        _menu("multi_channels_select", "selected_channels[]", "initial_channels?[]", "MultiChannelsSelectAction"),
        _menu("datepicker", "selected_date", "initial_date?", "DatepickerAction"),
        _menu("timepicker", "selected_time", "initial_time?", "TimepickerAction", "timezone?"),
        # Bolt has no type of its own for this one and the three typed fields below: they carry what their state carries.
        _element("datetimepicker", f"{BOLT_JS}/ViewStateValue", "selected_date_time initial_date_time?", CONFIRM),
        _element("overflow", f"{BOLT_JS}/OverflowAction", f"selected_option({OPTION})", CONFIRM),
        _element("radio_buttons", f"{BOLT_JS}/RadioButtonsAction", _ONE, _ONE_FIRST, CONFIRM),
        _element("checkboxes", f"{BOLT_JS}/CheckboxesAction", _MANY, _MANY_FIRST, CONFIRM),
        # What is typed is sent only from an input block with dispatch_action.
        _element("plain_text_input", f"{BOLT_JS}/PlainTextInputAction", "value"),
        _element("number_input", f"{BOLT_JS}/ViewStateValue", "value"),
        _element("email_text_input", f"{BOLT_JS}/ViewStateValue", "value"),
        _element("url_text_input", f"{BOLT_JS}/ViewStateValue", "value"),
        _element("rich_text_input", f"{BOLT_JS}/RichTextInputAction", "rich_text_value*"),
        _element("feedback_buttons", f"{BOLT_JS}/FeedbackButtonsAction", f"text({TEXT}) value"),
        _element(
            "icon_button",
            f"{BOLT_JS}/IconButtonAction",
            f"icon text({TEXT}) value? accessibility_label?",  # whatever the button was given
            CONFIRM,
        ),
    )
)


def _state(kind: str, *words: str) -> tuple[str, Documented]:
    return kind, documented(f"state of {kind}", f"{BOLT_JS}/ViewStateValue", "type", *words)


# A field in which nothing was chosen is there too: with null, or with [] where there may be many.
STATES: dict[str, Documented] = dict(
    (
        *(_state(f"{name}_input", "value") for name in ("plain_text", "number", "email_text", "url_text")),
        _state("rich_text_input", "rich_text_value?*"),  # absent when nothing was typed
        *(_state(name, _ONE) for name in ("static_select", "external_select", "radio_buttons")),
        *(_state(name, _MANY) for name in ("multi_static_select", "multi_external_select", "checkboxes")),
        *(_state(f"{name}s_select", f"selected_{name}") for name in ("user", "conversation", "channel")),
        *(_state(f"multi_{name}s_select", f"selected_{name}s[]") for name in ("user", "conversation", "channel")),
        _state("datepicker", "selected_date"),
        _state("timepicker", "selected_time", "timezone?"),  # timezone: when the element was given one
        _state("datetimepicker", "selected_date_time"),
        _state("file_input", "files[]*"),
    )
)
VALUES = "values{}{}<state>"  # by block_id, then by action_id

_VIEW = (
    f"id team_id type blocks[]{BLOCKS} private_metadata callback_id external_id hash clear_on_close notify_on_close",
    "root_view_id app_id app_installed_team_id bot_id submit_disabled?",
)
VIEWS: dict[str, Documented] = {
    "modal": documented(
        "modal",
        f"{BOLT_PYTHON}/test_view_submission.py",
        *_VIEW,
        f"title({TEXT}) close~({TEXT}) submit~({TEXT}) previous_view_id state({VALUES})",
        state=STATES,
    ),
    "home": documented(
        "home",
        "https://github.com/MercuryTechnologies/slack-web/blob/main/tests/golden/PublishResp/views.publish%20example.json",
        *_VIEW,
        # Slack is of several minds about these: its own examples of a published view have them and leave them out.
        f"title?~({TEXT}) close?~({TEXT}) submit?~({TEXT}) previous_view_id? state?({VALUES})",
        state=STATES,
    ),
}

_IN_A_MESSAGE = "container(type message_ts channel_id is_ephemeral thread_ts?)"  # thread_ts: in a thread
_IN_A_VIEW = "container(type view_id) view<view>"
_CHANNEL = "channel(id name)"
_SENT = "type api_app_id token trigger_id"
_EDITED = "edited?(user ts)"
_THREADED = (
    "thread_ts? parent_user_id? reply_count? reply_users_count? latest_reply? reply_users?[] is_locked? subscribed?"
)
_EXTRAS = "attachments?[]* files?[]* metadata?(event_type event_payload*) reactions?[](name users[] count) subtype?"
_BY_APP = (
    # user, team and bot_profile are left out when the message was posted under another name.
    f"message?(type ts text bot_id app_id user? team? bot_profile?{BOT_PROFILE} username? icons?* blocks[]{BLOCKS}",
    f"{_EDITED} {_THREADED} {_EXTRAS})",
)
_BY_ANYBODY = (
    f"message(type ts text user? team? client_msg_id? bot_id? app_id? bot_profile?{BOT_PROFILE} username? icons?*",
    f"blocks?[]{BLOCKS} {_EDITED} {_THREADED} {_EXTRAS})",
)

INTERACTIONS: dict[str, Documented] = {
    "slash_command": documented(
        "slash_command",
        f"{BOLT_JS}/SlashCommand",
        "token team_id team_domain channel_id channel_name user_id user_name command text api_app_id",
        "is_enterprise_install response_url trigger_id",
        "enterprise_id? enterprise_name?",  # on Enterprise Grid
    ),
    "block_actions/message": documented(
        "block_actions/message",
        f"{JAVA}/interactive_components/payload/BlockActionPayloadTest.java",
        f"{_SENT} response_url user({USER}) {TEAM} {ORG} {_IN_A_MESSAGE} {_CHANNEL} state({VALUES}) actions[]<action>",
        *_BY_APP,  # absent when the message is ephemeral
        action=ACTIONS,
        state=STATES,
    ),
    "block_actions/modal": documented(
        "block_actions/modal",
        SOCKET_MODE,
        f"{_SENT} user({USER}) {TEAM} {ORG} {_IN_A_VIEW} actions[]<action>",
        action=ACTIONS,
        view={"modal": VIEWS["modal"]},
    ),
    "block_actions/home": documented(
        "block_actions/home",
        f"{JAVA}/interactive_components/payload/BlockActionPayloadTest.java",
        f"{_SENT} user({USER}) {TEAM} {ORG} {_IN_A_VIEW} actions[]<action>",
        action=ACTIONS,
        view={"home": VIEWS["home"]},
    ),
    "view_submission": documented(
        "view_submission",
        f"{BOLT_PYTHON}/test_view_submission.py",
        f"{_SENT} user({USER}) {TEAM} {ORG} view<view>",
        "response_urls[](block_id action_id channel_id response_url)",  # of menus with response_url_enabled
        view={"modal": VIEWS["modal"]},
    ),
    "view_closed": documented(
        "view_closed",
        f"{JAVA}/views/ViewClosedPayloadTest.java",
        f"type api_app_id token user({USER}) {TEAM} {ORG} view<view> is_cleared",
        "response_urls?[]*",  # one of Bolt's own examples has an empty list
        view={"modal": VIEWS["modal"]},
    ),
    "shortcut": documented(
        "shortcut",
        SOCKET_MODE,
        f"type token action_ts {TEAM} user(id username team_id) {ORG} callback_id trigger_id",
    ),
    "message_action": documented(
        "message_action",
        "https://api.slack.com/reference/interaction-payloads/shortcuts",
        f"type token action_ts {TEAM} user({USER}) {_CHANNEL} {ORG} callback_id trigger_id response_url message_ts",
        *_BY_ANYBODY,
    ),
    "block_suggestion/view": documented(
        "block_suggestion/view",
        f"{BOLT_PYTHON}/test_block_suggestion.py",
        f"type api_app_id token action_id block_id value user({USER}) {TEAM} {ORG} {_IN_A_VIEW}",
        view=VIEWS,
    ),
    "block_suggestion/message": documented(
        "block_suggestion/message",
        f"{REFERENCE}/interaction-payloads/block_suggestion-payload",
        f"type api_app_id token action_id block_id value user({USER}) {TEAM} {ORG} {_IN_A_MESSAGE} {_CHANNEL}",
        *_BY_APP,
        f"state?({VALUES})",  # an example shows it, another does not
        state=STATES,
    ),
}
