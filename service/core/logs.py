"""Structured logs on standard error. An address never reaches a log: every text is swept for what looks like one (F19)."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from service.core.settings import Settings

_ADDRESS = re.compile(r"([^\s@<>\"',;:()\[\]]{1,64})@([^\s@<>\"',;:()\[\]]+)")


def mask(address: str) -> str:
    """`ada.lovelace@naver.com` as `ad***@naver.com`."""
    local, at, domain = address.rpartition("@")
    return f"{local[:2] if len(local) > 2 else local[:1]}***{at}{domain}"


def mask_text(text: str) -> str:
    """A text with everything that looks like an address masked."""
    return _ADDRESS.sub(lambda found: mask(found.group(0)), text) if "@" in text else text


def configure(settings: Settings) -> None:
    """Set up structlog and the standard library's logging for this process."""
    level = getattr(logging, settings.log_level.upper())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask_event,
    ]
    render: Any = structlog.processors.JSONRenderer(ensure_ascii=False) if settings.log_format == "json" else _plain_line
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    output = logging.StreamHandler(sys.stderr)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render]
    )
    output.setFormatter(formatter)
    logging.basicConfig(handlers=[output], level=level, force=True)


def to_standard_error() -> None:
    """For a command whose standard output is its answer, perhaps JSON: what is logged beside it goes to standard error, unstructured."""
    structlog.reset_defaults()
    processors = [_mask_event, *structlog.get_config()["processors"]]
    structlog.configure(processors=processors, logger_factory=lambda *_: structlog.PrintLogger(sys.stderr), cache_logger_on_first_use=False)


def get(name: str) -> Any:
    """The logger of a module."""
    return structlog.get_logger(name)


def _mask_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        event[key] = _masked(value)
    return event


def _masked(value: Any) -> Any:
    """Texts at any depth; errors are shown as text later, so they are made text here."""
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, dict):
        return {_masked(key): _masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(item) for item in value]
    return mask_text(str(value)) if isinstance(value, BaseException) else value


def _plain_line(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    time, level, message = event.pop("timestamp", ""), event.pop("level", ""), event.pop("event", "")
    trace = event.pop("exception", None)
    fields = " ".join(f"{key}={value}" for key, value in event.items())
    return f"{time} {level:<7} {message}{' ' + fields if fields else ''}{chr(10) + trace if trace else ''}"
