"""One finding about a document, a rendered mail or a newsletter's settings; what editorial and technical checks both return."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    ERROR = "error"  # blocks booking
    WARNING = "warning"  # shown, never blocks
    NOTE = "note"  # worth a look


@dataclass(frozen=True)
class Problem:
    """A finding. `message` is an English template (the msgid for translation) filled with `values`."""

    severity: Severity
    message: str
    block: str | None = None  # id of the block it is about
    line: int | None = None  # 1-based line of the text that was read
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The English sentence."""
        return self.message.format(**self.values) if self.values else self.message

    def as_json(self) -> dict[str, Any]:
        return {"severity": self.severity.value, "block": self.block, "line": self.line, "message": self.text}


def is_blocking(problems: list[Problem]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)
