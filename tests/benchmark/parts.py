"""Where a sender's time goes, part by part, under the profiler: `python -m tests.benchmark.parts`; no worker, PostgreSQL, our own sink.

The profiler makes many small calls dearer than they are, so that only the shares mean something.
"""

import cProfile
import pstats
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from service.core import clock
from service.delivery.ledger import batching
from service.delivery.sending.sender import Sender
from service.delivery.transports.opening import open_transport
from tests.benchmark import press, sink
from tests.benchmark.pipeline import HONEST, MESSAGES
from tests.benchmark.press import Press
from tests.support import postgres

BUILDING, SMTP, LEDGER = "building the message", "SMTP dialogue and loop", "ledger (statements and waiting for them)"
PARTS = {
    "service/rendering/": BUILDING,
    "service/delivery/sending/letters": BUILDING,
    "service/tracking/": BUILDING,
    "service/subscribers/": BUILDING,
    "service/core/seals": BUILDING,
    "base64.py": BUILDING,
    "service/delivery/transports/": SMTP,
    "service/delivery/repl": SMTP,
    "selectors.py": SMTP,
    "service/delivery/evidence": "journal",
    "service/delivery/sending/handover": "hand-over and lease",
    "service/delivery/sending/lease": "hand-over and lease",
    "sqlalchemy": LEDGER,
    "psycopg": LEDGER,
    "service/delivery/": LEDGER,
}
CALLS = {"sendmsg": "octets to the kernel", "'poll'": "waiting for replies"}


def main() -> None:
    """Print the share of each part."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pr-bench-")))
        port = stack.enter_context(sink.running(home))
        its_press = press.made(home / "0", stack.enter_context(postgres.server(HONEST)), "unix:///nowhere", port, MESSAGES)
        transport = open_transport(its_press.settings.smtp_url, connections=its_press.settings.smtp_connections)
        sender = Sender(its_press.runtime.database, transport, its_press.runtime.signer, its_press.settings)
        its_press.launch()
        _send(its_press, sender)  # what is made once stays out of the shares
        its_press.launch()
        with cProfile.Profile() as profile:
            _send(its_press, sender)
        transport.close()
        its_press.runtime.database.dispose()
    shares = _shares(pstats.Stats(profile))
    print(f"{MESSAGES:,} messages; share of the sender's time under the profiler")
    for part, share in shares.most_common():
        print(f"{part:44}{share:>6.0%}")


def _send(its_press: Press, sender: Sender) -> None:
    with its_press.runtime.reading() as session:
        lanes = batching.wanted(session, its_press.settings, clock.now())
    for lane in lanes:
        sender.drain(lane, seconds=120)


def _shares(stats: pstats.Stats) -> Counter[str]:
    """Time of each part; what is written in C counts for its caller."""
    found: Counter[str] = Counter()
    for (file, _, name), (_, _, own, _, callers) in stats.stats.items():  # type: ignore[attr-defined]
        if file != "~":
            found[_part(file)] += own
            continue
        special = next((part for call, part in CALLS.items() if call in name), None)
        for (caller, _, _), (_, _, own_there, _) in callers.items():
            found[special or _part(caller)] += own_there
    total = sum(found.values())
    return Counter({part: seconds / total for part, seconds in found.items()})


def _part(file: str) -> str:
    return next((part for piece, part in PARTS.items() if piece in file), "everything else")


if __name__ == "__main__":
    main()
