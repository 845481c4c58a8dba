"""Each point at which a process can end, one after the other over one press: a small issue for each, and somebody ends there."""

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote

from tests.fault.orders import Orders
from tests.fault.play import Run, wait
from tests.fault.verdict import Verdict, judge, together

PACE = 100.0
NOT_OURS = ("feedback", "accounts", "issues", "subscribers", "ticks", "jobs")
"""Files of workers/ whose transactions have nothing to do with sending, or come once an hour."""


def one_after_the_other(run: Run) -> tuple[Verdict, float]:
    """Learn the points from two issues, one undisturbed and one with a death, then let a process end at each."""
    return _play(run, "smtp dot after", lambda _: True)


def of_the_dialogue(run: Run) -> tuple[Verdict, float]:
    """Only the points of the dialogue with the mail server."""
    return _play(run, "smtp BDAT after", lambda point: point.startswith(("smtp ", "reply ")))


def _play(run: Run, death: str, is_chosen: Callable[[str], bool]) -> tuple[Verdict, float]:
    """`death`: where a sender ends first for those points that only a death leads to."""
    folder, begin = run.press.home / "points", time.monotonic()
    run.press.orders(Orders(pace=PACE, hides=run.scenario.hides))
    verdicts = [_issue(run)]
    usual = _seen(folder)
    verdicts.append(_issue(run, death))
    every = [point for point in _seen(folder) if is_chosen(point)]
    run.say(f"{len(every)} points, of which {len(set(every) - set(usual))} only after a death")
    missed = []
    for number, point in enumerate(every, start=1):
        verdict = _issue(run, *(() if point in usual else (death,)), point)
        verdicts.append(verdict)
        if not (folder / "fired" / quote(point, safe=" ")).exists():
            missed.append(point)
        (folder / "armed" / quote(point, safe=" ")).unlink(missing_ok=True)
        run.broken += 1
        run.say(f"{number}/{len(every)} {point}: {len(verdict.uncertain)} uncertain, {dict(verdict.faults) or 'well'}")
    if missed:
        run.say(f"not come to again: {', '.join(missed)}")
    return together(verdicts), time.monotonic() - begin


def _issue(run: Run, *points: str) -> Verdict:
    """One issue from its booking to its end; a process ends at each of these points, if one comes there."""
    press, folder = run.press, run.press.home / "points"
    for point in points:
        (folder / "fired" / quote(point, safe=" ")).unlink(missing_ok=True)
        (folder / "armed" / quote(point, safe=" ")).touch()
    since = press.ledger.recorded()
    run.issue_id = press.book()
    wait(run, time.monotonic())
    return judge(press.ledger.rows(run.issue_id), press.ledger.copies(since), press.set.policy, press.set.recipients)


def _seen(folder: Path) -> list[str]:
    found = sorted(unquote(path.name) for path in (folder / "seen").iterdir())
    return [point for point in found if not point.startswith(tuple(f"commit workers.{name}." for name in NOT_OURS))]
