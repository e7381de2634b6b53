"""One request to /api/METHOD: read the arguments, check the token, run the method, answer as Slack does."""

import asyncio
import json
import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox.api import (
    chat,
    conversations,
    files,
    general,
    history,
    membership,
    people,
    reactions,
    usergroups,
    views,
)
from bot.sandbox.api.method import Call, Method, RateLimitedError, SlackError
from bot.sandbox.api.reading import Incoming, read_request
from bot.sandbox.faults import Fault, Faults, NoAnswer
from bot.sandbox.manifest import Manifest
from bot.sandbox.model import Json
from bot.sandbox.rates import Rates
from bot.sandbox.record import Record
from bot.sandbox.workspace import Workspace

logger = logging.getLogger(__name__)

INTERNAL_ERROR: Final[Json] = {"ok": False, "error": "internal_error"}

METHODS: dict[str, Method] = {
    **general.METHODS,
    **chat.METHODS,
    **reactions.METHODS,
    **conversations.METHODS,
    **history.METHODS,
    **membership.METHODS,
    **people.METHODS,
    **usergroups.METHODS,
    **views.METHODS,
    **files.METHODS,
}


class WebApi:
    """Slack's Web API over a workspace.

    `open_link` makes an address for Socket Mode, `site_url` returns the sandbox's own address, ending in a slash.
    """

    def __init__(
        self,
        workspace: Workspace,
        manifest: Manifest,
        open_link: Callable[[], str],
        site_url: Callable[[], str],
        faults: Faults,
        record: Record,
    ) -> None:
        self._workspace = workspace
        self._manifest = manifest
        self._scopes = manifest.scopes
        self._open_link = open_link
        self._site_url = site_url
        self._rates = Rates()
        self._faults = faults
        self._record = record

    async def answer(self, request: Request) -> Response:
        """Answer one HTTP request, or let it go wrong if that was asked for; either way it is recorded."""
        began = time.perf_counter()
        name = request.path_params["method"]
        fault = self._faults.take(name)
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        read = await _read(request)
        does_it = fault is None or fault.kind in {"slow", "lost_after_storing"}
        answered = self._answer_or_fail(name, read) if does_it else None
        response = answered if fault is None or fault.kind == "slow" else _failing(fault, request)
        return self._recorded(name, read, response or NoAnswer(request.state.hang_up), fault, began)

    def _answer_or_fail(self, name: str, read: Incoming | SlackError) -> JSONResponse:
        try:
            return self._answer(name, read)
        except Exception:
            # A mistake of the sandbox's own: the app is told as Slack would tell it, and it stands in the record.
            logger.exception("The sandbox failed at %s", name)
            return JSONResponse(INTERNAL_ERROR, 500)

    def _answer(self, name: str, read: Incoming | SlackError) -> JSONResponse:
        # A refusal is a 200 with `ok` false, as everywhere in Slack's Web API; only too many calls are a 429.
        headers = {"x-oauth-scopes": ",".join(sorted(self._scopes))} if self._scopes is not None else {}
        try:
            if isinstance(read, SlackError):
                raise read
            answer: Json = {"ok": True} | self.call(name, read)
        except RateLimitedError as error:
            return _too_many(error.retry_after, headers)
        except SlackError as error:
            answer = {"ok": False, "error": error.error} | error.more
        if isinstance(read, Incoming):
            answer = _with_remarks(answer, read.warnings)
        return JSONResponse(answer, headers=headers)

    def _recorded(
        self, name: str, read: Incoming | SlackError, response: Response, fault: Fault | None, began: float
    ) -> Response:
        answer = json.loads(bytes(response.body)) if response.body else None
        outcome = "no answer" if answer is None else "ok" if answer["ok"] else str(answer["error"])
        outcome = outcome if response.status_code == 200 else f"{response.status_code} {outcome}"
        self._record.note(
            self._workspace.clock.now(), "from the app", name,
            {} if isinstance(read, SlackError) else read.arguments, answer,
            outcome=outcome if fault is None else _as_asked(outcome, fault),
            went_well=bool(answer and answer["ok"]), milliseconds=(time.perf_counter() - began) * 1_000,
        )  # fmt: skip
        return response

    def call(self, name: str, read: Incoming) -> Json:
        """Run the method `name`. Raises SlackError."""
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        # The token of the app itself is taken out of the header alone.
        self._check_token(method, read.token if method.caller != "app" or read.in_header else None)
        arguments = read.arguments
        call = Call(self._workspace, self._manifest, arguments, self._site_url(), self._open_link)
        self._check_scope(method, call)
        # An argument that is there and empty is another matter: the method says that it found nothing of that name.
        missing = [field for field in method.required if arguments.get(field) is None]
        if missing:
            messages = [f"[ERROR] missing required field: {field}" for field in missing]
            raise SlackError("invalid_arguments", response_metadata={"messages": messages})
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
        # The token of an app's own connections lives on: it belongs to the app, not to the workspace.
        if method.caller == "bot" and not self._workspace.installed:
            raise SlackError("account_inactive")

    def _check_scope(self, method: Method, call: Call) -> None:
        if self._scopes is None or not method.scope:
            return
        for scopes in method.scopes_for(call):
            if self._scopes.isdisjoint(scopes):
                raise SlackError("missing_scope", needed=scopes[0], provided=",".join(sorted(self._scopes)))

    def _check_rate(self, name: str, method: Method, call: Call) -> None:
        wait = 0 if method.tier is None else self._rates.wait_for_method(name, method.tier)
        if not wait and method.says:
            channel = call.found_channel()
            where = channel.slack_id if channel else call.text("channel")
            # What goes nowhere is refused for that, and not remembered.
            if channel or where in self._workspace.people:
                wait = self._rates.wait_for_message(where)
        if wait:
            raise RateLimitedError(wait)


def _too_many(seconds: int, headers: Mapping[str, str]) -> JSONResponse:
    return JSONResponse({"ok": False, "error": "ratelimited"}, 429, {**headers, "Retry-After": str(seconds)})


def _as_asked(outcome: str, fault: Fault) -> str:
    said = "" if fault.kind in outcome else f": {fault.kind.replace('_', ' ')}"
    return f"{outcome}, as asked{said}"


def _failing(fault: Fault, request: Request) -> Response:
    if fault.kind == "ratelimited":
        return _too_many(math.ceil(fault.seconds), {})
    if fault.kind == "server_error":
        return JSONResponse(INTERNAL_ERROR, 500)
    return NoAnswer(request.state.hang_up)


async def _read(request: Request) -> Incoming | SlackError:
    try:
        return await read_request(request)
    except SlackError as error:
        return error


def _with_remarks(answer: Json, warnings: Sequence[str]) -> Json:
    """Return the answer with Slack's remarks on how the request was written beside the method's own."""
    metadata = answer.get("response_metadata", {})
    every = [*metadata.get("warnings", []), *warnings]
    if not every:
        return answer
    return answer | {"warning": ",".join(every), "response_metadata": metadata | {"warnings": every}}
