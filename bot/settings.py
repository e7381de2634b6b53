"""What the environment says. Each setting is a variable with the prefix `ENCORE_`, or a line of `.env`."""

from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import InputError


def _default_database_url() -> str:
    return f"sqlite:///{user_data_path('encore') / 'encore.sqlite3'}"


class Settings(BaseSettings):
    """Secrets, addresses and sizes; everything about the company itself is in the programme."""

    model_config = SettingsConfigDict(env_prefix="ENCORE_", env_file=".env", extra="ignore")

    database_url: Annotated[
        str,
        Field(description="Where the data lives: sqlite:///PATH or postgres://USER:PASSWORD@HOST/NAME."),
    ] = Field(default_factory=_default_database_url)
    slack_mode: Annotated[
        Literal["socket", "http"],
        Field(description="How Slack reaches Encore: a socket that Encore opens, or signed HTTP requests."),
    ] = "socket"
    slack_bot_token: Annotated[SecretStr, Field(description="The bot token, xoxb-...")] = SecretStr("")
    slack_app_token: Annotated[SecretStr, Field(description="The app-level token, xapp-..., for Socket Mode.")] = (
        SecretStr("")
    )
    slack_signing_secret: Annotated[SecretStr, Field(description="The signing secret, for signed HTTP.")] = SecretStr(
        ""
    )
    slack_signing_secret_old: Annotated[
        SecretStr,
        Field(
            description="The signing secret of before, taken as well until every Encore has the one regenerated in Slack."
        ),
    ] = SecretStr("")
    slack_api_url: Annotated[
        str, Field(description="Where Slack's Web API is; another address only to try Encore out.")
    ] = "https://slack.com/api/"
    host: Annotated[str, Field(description="The address the web server listens on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="The port of the web server; 0 takes a free one.")] = 3000
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(description="How much is written to standard error.")
    ] = "info"


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read the environment and `.env`; InputError names each variable that cannot be used."""
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        lines = [f"  ENCORE_{str(p['loc'][0]).upper()}: {p['msg']}" for p in error.errors()]
        raise InputError("The settings cannot be used:\n" + "\n".join(lines)) from error
