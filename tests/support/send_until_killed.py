"""A sender process for tests that kill it: drains every lane with work until there is none, as a worker would. Settings by environment."""

import sys

import service.models  # noqa: F401 - the schema must be whole before the first session
from service.core import clock, settings
from service.core.database import Database
from service.core.signing import Signer
from service.delivery.ledger import batching
from service.delivery.sending.sender import Sender
from service.delivery.transports.opening import open_transport
from workers.delivery import stopped_by_sigterm


def main() -> int:
    chosen = settings.load()
    database = Database(chosen.database)
    transport = open_transport(chosen.smtp_url, connections=chosen.smtp_connections)
    sender = Sender(database, transport, Signer(chosen.keys()), chosen)
    while True:
        with database.reading() as session:
            lanes = batching.wanted(session, chosen, clock.now())
        if not lanes:
            return 0
        for lane in dict.fromkeys(lanes):
            with stopped_by_sigterm(sender):
                sender.drain(lane, seconds=20)


if __name__ == "__main__":
    sys.exit(main())
