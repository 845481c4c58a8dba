"""A database restored from before the send: its hosts remember, so that nothing of it goes out a second time by itself."""

import shutil
import signal
import time
from dataclasses import replace
from pathlib import Path

from service.issues.models import IssueState
from tests.fault.orders import Orders
from tests.fault.play import Run, wait
from tests.fault.press import Press
from tests.fault.verdict import Verdict, judge

AWAKE_SECONDS = 10.0
"""So long the restored press runs with its workers: ten ticks and ten sweeps."""


def from_before(run: Run) -> tuple[Verdict, float]:
    """Book, keep the database as it is before the hour, send everything, restore, run on: the ledger of the first life is judged with
    the copies of both."""
    press = run.press
    press.orders(Orders())
    _first(run)
    run.issue_id = press.book(in_seconds=3600)
    press.end_workers()
    kept = press.home / "kept"
    _exchange(press, lambda live: shutil.copytree(live, kept) if live.is_dir() else shutil.copyfile(live, kept))
    begin = time.monotonic()
    press.start_workers()
    press.bring_forward(run.issue_id)
    seconds = wait(run, begin)
    rows = press.ledger.rows(run.issue_id)
    press.end_workers()
    _exchange(press, lambda live: _put_back(kept, live))
    press.bring_forward(run.issue_id)
    press.start_workers()
    time.sleep(AWAKE_SECONDS + run.chaos_seconds / 10)
    look = run.look()
    run.say(f"restored: the issue is {look and look.issue}, {look}")
    verdict = judge(rows, press.ledger.copies(run.since), press.set.policy, press.set.recipients)
    if look is None or look.issue != IssueState.NEEDS_DECISION:
        verdict = replace(verdict, faults={**verdict.faults, f"the restored issue is {look and look.issue}": (run.issue_id,)})
    return verdict, seconds


def _first(run: Run) -> None:
    """An earlier issue, so that the hosts have something to remember from the beginning."""
    run.issue_id = run.press.book()
    wait(run, time.monotonic())
    run.since = run.press.ledger.recorded()


def _exchange(press: Press, do) -> None:  # type: ignore[no-untyped-def]
    """Work on the database's files while nobody has them open."""
    if press.cluster is None:
        press.ledger.fold()
        press.ledger.close()
        do(press.var / "pressrun.db")
        return
    press.ledger.close()
    assert press.database is not None
    press.database.stop(signal.SIGINT)
    do(press.cluster.data)
    press.database.start()
    press.database.wait()


def _put_back(kept: Path, live: Path) -> None:
    if kept.is_dir():
        shutil.rmtree(live)
        shutil.copytree(kept, live)
        owner = live.parent.stat()
        for path in (live, *live.rglob("*")):
            shutil.chown(path, owner.st_uid, owner.st_gid)
        return
    for leftover in live.parent.glob(live.name + "-*"):
        leftover.unlink()
    shutil.copyfile(kept, live)
