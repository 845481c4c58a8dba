"""How commands print: JSON of plain values, the same shape every time, or words."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import click

as_json = click.option("--json", "is_json", is_flag=True, help="Print JSON.")


def print_json(data: object) -> None:
    """Indented, Korean as it is, instants in ISO 8601."""
    click.echo(json.dumps(plain(data), ensure_ascii=False, indent=2))


def plain(value: Any) -> Any:
    """Dataclasses as objects, instants as text; what is plain already stays."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value


def instant(at: datetime | None) -> str:
    """`2026-11-25 07:30:00 UTC`, or nothing."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else ""
