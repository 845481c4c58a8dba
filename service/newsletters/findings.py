"""What a look at a domain found: fine, worth a look, or in the way; each with what to do about it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One line of a check-up."""

    level: Level
    subject: str
    message: str
    remedy: str = ""


class Unanswered(Exception):
    """The name servers did not answer; nothing is known about the name."""


class Resolver(Protocol):
    """The look-ups the checks need; a name or a type that does not exist gives an empty list. May raise Unanswered."""

    def txt(self, name: str) -> list[str]: ...
    def mx(self, name: str) -> list[str]: ...
    def addresses(self, name: str) -> list[str]: ...


def ok(subject: str, message: str) -> Finding:
    return Finding(Level.OK, subject, message)


def warning(subject: str, message: str, remedy: str) -> Finding:
    return Finding(Level.WARNING, subject, message, remedy)


def error(subject: str, message: str, remedy: str) -> Finding:
    return Finding(Level.ERROR, subject, message, remedy)
