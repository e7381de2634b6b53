"""One request to /api/METHOD: read the arguments, check the token, run the method, answer as Slack does."""

import asyncio
import json
import math
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox.api import chat, conversations, general, people, views
from bot.sandbox.api.method import Call, Method, RateLimitedError, SlackError
from bot.sandbox.faults import Fault, Faults, NoAnswer
from bot.sandbox.model import Json
from bot.sandbox.rates import Rates
from bot.sandbox.workspace import Workspace

METHODS: dict[str, Method] = {
    **general.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **people.METHODS,
    **views.METHODS,
}


class WebApi:
    """Slack's Web API over a workspace.

    `scopes` are those that the manifest asks for; None lets everything through. `open_link` makes an address for
    Socket Mode, `site_url` returns the sandbox's own address, ending in a slash.
    """

    def __init__(
        self,
        workspace: Workspace,
        scopes: frozenset[str] | None,
        open_link: Callable[[], str],
        site_url: Callable[[], str],
        rates: Rates | None = None,
        faults: Faults | None = None,
    ) -> None:
        self._workspace = workspace
        self._scopes = scopes
        self._open_link = open_link
        self._site_url = site_url
        self._rates = rates or Rates()
        self.faults = faults or Faults()

    async def answer(self, request: Request) -> Response:
        """Answer one HTTP request, or let it go wrong if that was asked for."""
        fault = self.faults.take(request.path_params["method"])
        match fault:
            case None:
                return await self._answer(request)
            case Fault("dropped_before"):
                return NoAnswer(request.state.hang_up)
            case Fault("lost_after_storing"):
                await self._answer(request)
                return NoAnswer(request.state.hang_up)
            case Fault("server_error"):
                return JSONResponse({"ok": False, "error": "internal_error"}, 500)
            case Fault("ratelimited", seconds):
                return _too_many(math.ceil(seconds), {})
            case Fault("slow", seconds):
                await asyncio.sleep(seconds)
        return await self._answer(request)

    async def _answer(self, request: Request) -> Response:
        # A refusal is a 200 with `ok` false, as everywhere in Slack's Web API; only too many calls are a 429.
        name = request.path_params["method"]
        headers = {"x-oauth-scopes": ",".join(sorted(self._scopes))} if self._scopes is not None else {}
        try:
            arguments, token = await _read(request)
            answer: Json = {"ok": True} | self.call(name, arguments, token)
        except RateLimitedError as error:
            return _too_many(error.retry_after, headers)
        except SlackError as error:
            answer = {"ok": False, "error": error.error} | error.more
        return JSONResponse(answer, headers=headers)

    def call(self, name: str, arguments: Mapping[str, Any], token: str | None) -> Json:
        """Run the method `name`. Raises SlackError."""
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        self._check_token(method, token)
        self._check_scope(method)
        missing = [field for field in method.required if arguments.get(field) in (None, "")]
        if missing:
            messages = [f"[ERROR] missing required field: {field}" for field in missing]
            raise SlackError("invalid_arguments", response_metadata={"messages": messages})
        call = Call(self._workspace, arguments, self._site_url(), self._open_link)
        if self._workspace.rates:
            self._check_rate(name, method, call)
        return method.run(call)

    def _check_token(self, method: Method, token: str | None) -> None:
        if method.caller == "anyone":
            return
        if not token:
            raise SlackError("not_authed")
        kinds = {self._workspace.bot_token: "bot", self._workspace.app_token: "app"}
        if token not in kinds:
            raise SlackError("invalid_auth")
        if kinds[token] != method.caller:
            raise SlackError("not_allowed_token_type")

    def _check_scope(self, method: Method) -> None:
        if self._scopes is None or not method.scope or self._scopes.intersection(method.scope):
            return
        raise SlackError("missing_scope", needed=method.scope[0], provided=",".join(sorted(self._scopes)))

    def _check_rate(self, name: str, method: Method, call: Call) -> None:
        wait = 0 if method.tier is None else self._rates.wait_for_method(name, method.tier)
        if not wait and method.says:
            channel = call.found_channel()
            wait = self._rates.wait_for_message(channel.slack_id if channel else call.text("channel"))
        if wait:
            raise RateLimitedError(wait)


def _too_many(seconds: int, headers: Mapping[str, str]) -> JSONResponse:
    return JSONResponse({"ok": False, "error": "ratelimited"}, 429, {**headers, "Retry-After": str(seconds)})


async def _read(request: Request) -> tuple[dict[str, Any], str | None]:
    arguments: dict[str, Any] = dict(request.query_params)
    # Slack stopped taking tokens out of the query string in 2021.
    arguments.pop("token", None)
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind == "application/json" and body:
        arguments |= _read_json(body)
    elif kind == "application/x-www-form-urlencoded":
        try:
            arguments |= dict(parse_qsl(body.decode(), keep_blank_values=True))
        except UnicodeDecodeError:
            raise SlackError("invalid_form_data") from None
    elif body:
        raise SlackError("invalid_post_type")
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    token = credential.strip() if scheme.casefold() == "bearer" else arguments.get("token")
    return arguments, token if isinstance(token, str) else None


def _read_json(body: bytes) -> Json:
    try:
        read = json.loads(body)
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(read, dict):
        raise SlackError("json_not_object")
    return read
