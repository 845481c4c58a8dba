"""Every setting, read from the environment (PRESSRUN_*) and `.env` into one frozen object; every mistake is reported at once, at start."""

import os
import re
import secrets
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from service.core.errors import Invalid
from service.core.signing import MAX_KEY_ID, Key

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "PRESSRUN_"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


LANES = ("google", "microsoft", "yahoo", "naver", "kakao", "apple", "other")
"""The mailbox providers whose pace may be set; as subscribers/address.py groups them."""
_UNITS = {"s": 1, "min": 60, "h": 3600}
_PACE = re.compile(r"(?P<name>[a-z]+) *= *(?P<number>\d{1,6}(\.\d{1,3})?) */ *(?P<unit>s|min|h)( *: *(?P<connections>\d{1,3}))?")


class InvalidSettings(Invalid):
    """One line for each wrong setting."""


class Settings(BaseSettings):
    """All durations in seconds unless the name says otherwise. Empty means: the embedded default below `var_dir`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=ROOT / ".env", frozen=True, extra="ignore")

    var_dir: Path = ROOT / "var"
    database_url: str = ""
    valkey_url: str = ""
    base_url: str = "http://127.0.0.1:8025"
    edge_url: str = "http://127.0.0.1:8026"
    secret_keys: str = ""
    smtp_url: str = "smtp://127.0.0.1:8027"
    relay_kind: Literal["spooling", "esp", "direct"] = "spooling"
    relay_rate: float = Field(0.0, ge=0, le=100_000)  # messages a second; 0: as many as the mail server takes
    relay_daily_quota: int = Field(0, ge=0)  # messages in 24 hours; 0: any number
    lane_paces: str = ""
    smtp_hello_name: str = Field("localhost", pattern=r"^[A-Za-z0-9.-]{1,253}$")
    relay_log: str = ""
    smtp_connections: int = Field(4, ge=1, le=256)
    catcher_port: int = Field(8027, ge=1, le=65535)
    bounces_arrive: bool = False
    lmtp_host: str = Field("127.0.0.1", pattern=r"^[A-Za-z0-9.:-]{1,253}$")
    lmtp_port: int = Field(8028, ge=1, le=65535)
    imap_url: str = ""
    imap_seconds: float = Field(60.0, gt=0)
    ses_topics: str = ""
    mailgun_signing_key: str = ""
    postmark_secret: str = ""
    worker_processes: int = Field(2, ge=1, le=64)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
    behind_proxy: bool = False
    batch_size: int = Field(500, ge=1, le=500)
    lease_seconds: float = Field(20.0, gt=0)
    heartbeat_seconds: float = Field(5.0, gt=0)
    sweep_seconds: float = Field(10.0, gt=0)
    tick_seconds: float = Field(5.0, gt=0)
    reply_timeout_seconds: float = Field(600.0, gt=0)
    retry_scale: float = Field(1.0, gt=0)  # shortens every wait before another try; for tests and rehearsals
    send_now_seconds: float = Field(60.0, ge=0)
    hits_kept_months: int = Field(13, ge=3, le=120)  # then an issue's figures stay, and the single opens and clicks go
    session_idle_minutes: int = Field(30, ge=1)
    session_hours: int = Field(12, ge=1)
    max_upload_megabytes: int = Field(10, ge=1, le=50)
    instance_name: str = ""

    @field_validator("base_url", "edge_url")
    @classmethod
    def _http(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be an http or https address such as https://news.example.com")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError("must be https; plain http is only for this machine (127.0.0.1)")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("must start with sqlite:/// or postgresql://")
        return value

    @field_validator("valkey_url")
    @classmethod
    def _valkey(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must start with redis://, rediss:// or unix://")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("smtp", "smtps", "file") or (parts.scheme != "file" and not parts.hostname):
            raise ValueError("must look like smtp://user:password@host:587?tls=starttls, smtps://host:465 or file:///folder")
        if parts.scheme == "smtp" and parts.hostname not in LOOPBACK and "tls=starttls" not in parts.query:
            raise ValueError("a mail server on another machine needs ?tls=starttls or smtps:// (A10)")
        return value

    @field_validator("imap_url")
    @classmethod
    def _imap(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username or not parts.password):
            raise ValueError("must look like imaps://user:password@host/INBOX")
        if parts.scheme == "imap" and parts.hostname not in LOOPBACK:
            raise ValueError("a mailbox on another machine needs imaps://")
        return value

    @field_validator("ses_topics")
    @classmethod
    def _topics(cls, value: str) -> str:
        if any(not re.fullmatch(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w.-]{1,256}", topic) for topic in split(value)):
            raise ValueError("must be ARNs of SNS topics with commas between: arn:aws:sns:eu-west-1:123456789012:feedback")
        return value

    @field_validator("postmark_secret")
    @classmethod
    def _postmark(cls, value: str) -> str:
        if value and (":" not in value or len(value) < 20):
            raise ValueError("must be NAME:PASSWORD of 20 characters or more, as in the webhook's address at Postmark")
        return value

    @field_validator("secret_keys")
    @classmethod
    def _keys(cls, value: str) -> str:
        parse_keys(value)
        return value

    @field_validator("lane_paces")
    @classmethod
    def _paces(cls, value: str) -> str:
        parse_paces(value)
        return value

    @model_validator(mode="after")
    def _heartbeat_within_lease(self) -> "Settings":
        if self.heartbeat_seconds * 2 > self.lease_seconds:
            raise ValueError("heartbeat_seconds must be at most half of lease_seconds")
        return self

    @property
    def database(self) -> str:
        """The database's address, with the embedded default filled in."""
        return self.database_url or f"sqlite:///{self.var_dir / 'pressrun.db'}"

    @cached_property
    def paces(self) -> dict[str, tuple[float, int | None]]:
        """Messages a second and connections of the mailbox providers for which an operator has set them."""
        return parse_paces(self.lane_paces)

    @property
    def takes_mail(self) -> bool:
        """Whether mail to the bounce addresses reaches us, so that an address of our own may stand in letters."""
        return self.bounces_arrive or bool(self.imap_url)

    @property
    def is_secure(self) -> bool:
        """Whether readers reach us over https; decides on cookie flags."""
        return self.base_url.startswith("https://")

    def keys(self) -> tuple[Key, ...]:
        """The signing keys, newest first: the setting, else a file below `var_dir` that is made once."""
        return parse_keys(self.secret_keys) or parse_keys(_stored_keys(self.var_dir / "secret_keys"))


def split(value: str) -> list[str]:
    """The parts of a setting with commas between."""
    return [part.strip() for part in value.split(",") if part.strip()]


def parse_keys(value: str) -> tuple[Key, ...]:
    """Read `2:hex,1:hex`: key ids from 0 to 255, secrets of 32 bytes or more, newest first. Raises ValueError."""
    keys = []
    for part in filter(None, (piece.strip() for piece in value.split(","))):
        number, _, secret = part.partition(":")
        if not number.isdigit() or int(number) > MAX_KEY_ID:
            raise ValueError("each key is NUMBER:HEX with a number from 0 to 255")
        try:
            raw = bytes.fromhex(secret)
        except ValueError:
            raise ValueError(f"key {number} is not hexadecimal") from None
        if len(raw) < 32:
            raise ValueError(f"key {number} is shorter than 32 bytes (64 hexadecimal digits)")
        keys.append(Key(int(number), raw))
    return tuple(keys)


def parse_paces(value: str) -> dict[str, tuple[float, int | None]]:
    """Read `naver=20/min:2, google=10/s:10`: provider, pace by second, minute or hour, and connections at once. Raises ValueError."""
    paces: dict[str, tuple[float, int | None]] = {}
    for part in filter(None, (piece.strip() for piece in value.split(","))):
        found = _PACE.fullmatch(part)
        if found is None:
            raise ValueError(f"{part}: write PROVIDER=NUMBER/s or /min or /h, and :CONNECTIONS after it if you like, as in naver=20/min:2")
        if found["name"] not in LANES:
            raise ValueError(f"there is no mailbox provider called {found['name']}; there are {', '.join(LANES)}")
        rate = float(found["number"]) / _UNITS[found["unit"]]
        if rate <= 0 or found["connections"] == "0":
            raise ValueError(f"{part}: a pace and its connections are more than nothing")
        paces[found["name"]] = (rate, int(found["connections"]) if found["connections"] else None)
    return paces


def _stored_keys(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    if not path.exists():
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(f"1:{secrets.token_hex(32)}")
        try:
            os.link(draft, path)  # the first of several starting processes wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def load(**overrides: Any) -> Settings:
    """The settings of this process. Raises InvalidSettings with one line per mistake, unknown names included."""
    written = {*os.environ, *dotenv_values(Settings.model_config["env_file"])}  # type: ignore[arg-type]
    mistakes = [f"{name}: there is no such setting" for name in sorted(written) if name.startswith(PREFIX) and _unknown(name)]
    try:
        settings = Settings(**overrides)
    except ValidationError as invalid:
        for error in invalid.errors():
            name = PREFIX + str(error["loc"][0]).upper() if error["loc"] else "settings"
            mistakes.append(f"{name}: {error['msg'].removeprefix('Value error, ')}")
    if mistakes:
        raise InvalidSettings("These settings are wrong:\n  " + "\n  ".join(mistakes), remedy="See .env.example for every setting.")
    return settings


def _unknown(name: str) -> bool:
    return name.removeprefix(PREFIX).lower() not in Settings.model_fields
