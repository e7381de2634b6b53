"""A request to the Web API read: its arguments wherever they stand, its token, and what Slack would remark on."""

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.sandbox.api.method import SlackError
from bot.sandbox.model import Json
from bot.sandbox.strict_json import read_json

JSON_BODY: Final = "application/json"
FORM_BODY: Final = "application/x-www-form-urlencoded"
CHARSETS: Final = frozenset({"utf-8", "iso-8859-1"})
CHARSET: Final = re.compile(r"""charset=["']?([^"';\s]+)""", re.IGNORECASE)
NAME: Final = re.compile(r"\w{1,100}", re.ASCII)


@dataclass(frozen=True)
class Incoming:
    """One request. `warnings` are Slack's names for what it took, though it might have been written better.

    `in_header` says whether the token stood in the header of the request, not in its form.
    """

    arguments: dict[str, Any]
    token: str | None
    warnings: tuple[str, ...] = ()
    in_header: bool = False


async def read_request(request: Request) -> Incoming:
    """Read the query and the body (JSON or a form). Raises SlackError for what Slack would not read.

    Files (multipart/form-data) are not read: the sandbox has no method that takes one.
    """
    posted = _read_body(await request.body(), request.headers.get("content-type", ""))
    arguments = dict(request.query_params) | posted.arguments
    # Slack stopped taking tokens out of the query string in 2021, and never took them out of JSON.
    arguments.pop("token", None)
    for name in arguments:
        if not NAME.fullmatch(name):
            raise SlackError("invalid_array_arg" if "[" in name else "invalid_arg_name")
    bearer = _bearer(request.headers.get("authorization", ""))
    return Incoming(arguments, bearer or posted.token, posted.warnings, in_header=bool(bearer))


def _read_body(body: bytes, content_type: str) -> Incoming:
    if not body:
        return Incoming({}, None)
    kind, _, parameters = content_type.partition(";")
    kind = kind.strip().casefold()
    if not kind:
        raise SlackError("missing_post_type")
    found = CHARSET.search(parameters)
    charset = found.group(1).casefold() if found else "utf-8"
    if charset not in CHARSETS:
        raise SlackError("invalid_charset")
    if kind == JSON_BODY:
        return Incoming(_read_json(body, charset), None, () if found else ("missing_charset",))
    if kind == FORM_BODY:
        fields = _read_form(body, charset)
        return Incoming(fields, fields.get("token") or None, ("superfluous_charset",) if found else ())
    raise SlackError("invalid_post_type")


def _read_json(body: bytes, charset: str) -> Json:
    try:
        found = read_json(body, charset)
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(found, dict):
        raise SlackError("json_not_object")
    return found


def _read_form(body: bytes, charset: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode(charset), keep_blank_values=True, encoding=charset, errors="strict"))
    except ValueError:
        raise SlackError("invalid_form_data") from None


def _bearer(header: str) -> str:
    # Slack takes the scheme in just this spelling, with spaces behind it.
    scheme, _, credential = header.partition(" ")
    return credential.strip() if scheme == "Bearer" else ""
