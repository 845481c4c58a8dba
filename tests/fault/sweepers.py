"""Further sweepers over one ledger: `python -m tests.fault.sweepers COUNT`, settings by environment; until they are ended."""

import os
import sys
import time

from sqlalchemy.exc import SQLAlchemyError

import service.models  # noqa: F401 - the schema must be whole before the first session
from service.core import settings
from service.core.database import Database
from service.delivery.sending import reconcile

PAUSE_SECONDS = 0.3


def main(count: int) -> None:
    for _ in range(count - 1):
        if os.fork() == 0:
            break
    chosen = settings.load()
    database = Database(chosen.database, pool_size=1)
    while True:
        try:
            reconcile.sweep(database, chosen)
        except SQLAlchemyError as failure:
            print(type(failure).__name__, failure, flush=True)
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main(int(sys.argv[1]))
