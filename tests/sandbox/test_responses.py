"""A response_url serves five times in half an hour, as Slack's do."""

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox.model import Channel, Person
from bot.sandbox.responses import LIFE_SECONDS, Conversation, Responses
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace


class Stopwatch:
    """Real seconds that pass when a test says so."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def responses(workspace: Workspace, stopwatch: Stopwatch) -> Responses:
    return Responses(workspace, stopwatch)


@pytest.fixture
def conversation(responses: Responses, team: Channel, ana: Person) -> Conversation:
    return responses.open(team.slack_id, ana.slack_id, "/mystats week")


def test_the_sixth_use_is_refused(responses: Responses, conversation: Conversation, team: Channel) -> None:
    for count in range(5):
        assert responses.use(conversation.secret, {"text": str(count)}) == (200, "ok")
    assert responses.use(conversation.secret, {"text": "6"}) == (404, {"ok": False, "error": "used_url"})
    assert len(team.messages) == 5


def test_after_half_an_hour_it_is_over(responses: Responses, conversation: Conversation, stopwatch: Stopwatch) -> None:
    stopwatch.seconds = LIFE_SECONDS
    assert responses.use(conversation.secret, {"text": "just in time"})[0] == 200
    stopwatch.seconds += 1
    assert responses.use(conversation.secret, {"text": "late"}) == (404, {"ok": False, "error": "expired_url"})


def test_an_answer_is_private_unless_said_otherwise_and_can_be_replaced_or_removed(
    responses: Responses, conversation: Conversation, team: Channel, ana: Person
) -> None:
    responses.use(conversation.secret, {"text": "working on it"})
    assert team.messages[0].ephemeral_to == ana.slack_id
    responses.use(conversation.secret, {"text": "done", "replace_original": True})
    assert [message.text for message in team.messages] == ["done"]
    responses.use(conversation.secret, {"delete_original": True})
    assert team.messages == []
    responses.use(conversation.secret, {"text": "for all", "response_type": "in_channel"})
    assert team.messages[0].ephemeral_to is None


def test_a_refused_answer_uses_nothing_up(responses: Responses, conversation: Conversation) -> None:
    wrong = {"blocks": [{"type": "hologram"}]}
    assert responses.use(conversation.secret, wrong) == (400, {"ok": False, "error": "invalid_blocks"})
    assert responses.use(conversation.secret, {}) == (400, {"ok": False, "error": "no_text"})
    assert conversation.uses == 0


@pytest.mark.parametrize("thread_ts", [5, ["1.1"], {"a": 1}, "yesterday", "1"])
def test_an_answer_in_no_thread_is_refused(
    responses: Responses, conversation: Conversation, team: Channel, thread_ts: object
) -> None:
    refused = (400, {"ok": False, "error": "invalid_thread_ts"})
    assert responses.use(conversation.secret, {"text": "x", "thread_ts": thread_ts}) == refused
    assert team.messages == []


def test_an_answer_stands_in_the_thread_that_is_there(
    responses: Responses, conversation: Conversation, workspace: Workspace, team: Channel, ana: Person
) -> None:
    asked = workspace.post(team.slack_id, ana.slack_id, "Who is on call?")
    for thread_ts in (asked.ts, "1700000000.000001", None):
        responses.use(conversation.secret, {"text": "x", "thread_ts": thread_ts})
    assert [message.thread_ts for message in team.messages[1:]] == [asked.ts, None, None]


@pytest.mark.parametrize("text", [5, 0, False, [], {"a": 1}])
def test_words_are_a_text(responses: Responses, conversation: Conversation, team: Channel, text: object) -> None:
    body = {"text": text, "blocks": [{"type": "divider"}]}
    assert responses.use(conversation.secret, body) == (400, {"ok": False, "error": "no_text"})
    assert team.messages == []


async def test_slack_sdks_webhook_client_understands_it(sandbox: Sandbox, ana: Person, team: Channel) -> None:
    conversation = sandbox.responses.open(team.slack_id, ana.slack_id, "/mystats")
    webhook = AsyncWebhookClient(f"{sandbox.url}/commands/T/{conversation.secret}")
    answer = await webhook.send(text="hello", response_type="ephemeral")
    assert (answer.status_code, answer.body) == (200, "ok")
    unknown = await AsyncWebhookClient(f"{sandbox.url}/commands/T/unknown").send(text="hello")
    assert unknown.status_code == 404
