"""What the mail server of a fault run is told to do: one small JSON file, written whole, read again as it changes."""

import json
import os
import random
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

POINTS = ("connect", "hello", "mail", "rcpt", "data", "body", "dot")
CODES = ("421", "450", "451", "452", "550", "552", "554")
EVERY_MISHAP = {
    **{f"{point} {code}": 0.004 for point in ("mail", "rcpt", "data", "dot") for code in CODES},
    **{f"{point} {act}": 0.004 for point in POINTS for act in ("close", "stall")},
    "connect 421": 0.02,
    "hello 421": 0.02,
    "body 451": 0.004,
    "dot lose": 0.006,
}
"""Each way of misbehaving with its chance at each passage of its point: refusals, and silence or a close before and after the final dot."""


@dataclass
class Orders:
    """`pace` mails a second at most in all, held back before the final dot; `delay` seconds between the final dot and its reply.

    `mishaps` are "POINT ACT" with their chances: ACT is a reply code, `close`, `stall`, or at the dot `lose` (close, and not taken).
    `hides` are capabilities that are not offered.
    """

    pace: float | None = None
    delay_seconds: tuple[float, float] = (0.0, 0.01)
    mishaps: dict[str, float] = field(default_factory=dict)
    hides: tuple[str, ...] = ()
    _next: float = field(default=0.0, repr=False)

    def mishap(self, point: str) -> str:
        """What goes wrong at this passage of the point; empty: nothing."""
        if not self.mishaps:
            return ""
        chance = random.random()
        for name, share in self.mishaps.items():
            its_point, _, act = name.partition(" ")
            if its_point == point:
                chance -= share
                if chance < 0:
                    return act
        return ""

    def delay(self) -> float:
        """Seconds until the reply to a final dot."""
        return random.uniform(*self.delay_seconds)

    def turn(self) -> float:
        """Seconds until the next mail may come, so that all connections together keep the pace."""
        if self.pace is None:
            return 0.0
        now = time.monotonic()
        self._next = max(now, self._next + 1 / self.pace)
        return self._next - now

    def write(self, path: Path) -> None:
        """Put them in force, in one step."""
        values = {name: value for name, value in asdict(self).items() if not name.startswith("_")}
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(values))
        os.replace(draft, path)


class Standing:
    """The orders in force, on the server's side."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written = -1
        self.now = Orders()
        self.look()

    def look(self) -> None:
        """Read the file again where it was written anew."""
        try:
            written = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return
        if written != self._written:
            self._written = written
            values = json.loads(self._path.read_text())
            self.now = Orders(values["pace"], tuple(values["delay_seconds"]), values["mishaps"], tuple(values["hides"]))
