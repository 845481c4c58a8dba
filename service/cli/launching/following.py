"""Shows what the children write to their logs, each line with the child's name in front."""

from collections.abc import Callable
from pathlib import Path


class Follower:
    """Reads on where it stopped; half a line waits for its end."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._logs: dict[str, tuple[Path, int]] = {}

    def follow(self, name: str, log: Path) -> None:
        """Show this log from its present end on."""
        self._logs[name] = (log, log.stat().st_size if log.exists() else 0)

    def show(self) -> None:
        """Say every line that came since the last call."""
        for name, (log, position) in self._logs.items():
            if not log.exists():
                continue
            with log.open("rb") as file:
                file.seek(position if position <= log.stat().st_size else 0)
                new = file.read()
                whole = new[: new.rfind(b"\n") + 1]
                self._logs[name] = (log, file.tell() - len(new) + len(whole))
            for line in whole.decode(errors="replace").splitlines():
                self._say(f"{name:>8} │ {line}")
