"""Hits as lines of JSON, labelled offline: `{"id","at","kind","delivery","link","links","ip","user_agent","headers","accepted_at"}`. Pure.

Whatever is missing, null or of an unexpected kind is not known; a line that is no JSON object is an error that names it.
"""

import json
from collections.abc import Hashable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from service.core.errors import Invalid
from service.feedback import labels, labels_headers
from service.feedback.labels_log import Log, Seen


class NotAHit(Invalid):
    """A line that cannot be read."""


def read(lines: Iterable[bytes]) -> Log:
    """The hits of these lines. Raises NotAHit with the line's number."""
    log = Log()
    for number, line in enumerate(lines, 1):
        if line.strip():
            log.add(_seen(_object(line, number)))
    log.forget_names()
    return log


def write(lines: Iterable[bytes], verdicts: Iterator[labels.Verdict]) -> Iterator[str]:
    """One line for each hit of the same lines that were read, in their order."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            verdict = next(verdicts)
            answer = {"id": _object(line, number).get("id"), "label": verdict.label, "reason": verdict.reason}
            yield json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def _object(line: bytes, number: int) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise NotAHit(
            "Line {number} is not a hit: a JSON object is expected.", remedy="Mend or remove that line; one hit a line.", number=number
        )
    return found


def _seen(hit: dict[str, Any]) -> Seen:
    headers = hit.get("headers")
    known = headers if isinstance(headers, dict) else None
    return Seen(
        is_click=str(hit.get("kind", "click")).startswith("click"),
        at=_seconds(hit.get("at")),
        delivery=_name(hit.get("delivery")),
        link=_name(hit.get("link")),
        links=_links(hit.get("links")),
        ip=str(hit.get("ip") or "").strip(),
        user_agent=_text(hit.get("user_agent", _named(known, "user-agent"))),
        headers=labels_headers.kept(known),
        accepted_at=_seconds(hit.get("accepted_at")),
    )


def _seconds(value: object) -> float | None:
    """Seconds since the epoch of a number (milliseconds where it is that large) or an ISO 8601 moment; without a zone it is UTC."""
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            try:
                value = float(value)
            except ValueError:
                return None
        else:
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if not isinstance(value, int | float) or isinstance(value, bool) or value != value:
        return None
    return value / 1000 if abs(value) > 1e11 else float(value)


def _name(value: object) -> Hashable | None:
    return value if isinstance(value, str | int | float) or value is None else json.dumps(value, sort_keys=True)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _links(value: object) -> int | None:
    if isinstance(value, list | dict):
        return len(value)
    try:
        return int(value) if isinstance(value, str | int | float) else None
    except (ValueError, OverflowError):
        return None


def _named(headers: dict[str, Any] | None, name: str) -> object:
    return next((value for key, value in (headers or {}).items() if key.lower() == name), None)
