"""Starts every process of Pressrun on this machine, keeps them running, and leaves none behind, however it ends itself."""

import os
import signal
import time
from collections.abc import Callable
from types import FrameType

from service.cli.launching import addresses, ports, programs
from service.cli.launching.child import Child
from service.cli.launching.following import Follower
from service.cli.launching.programs import Program
from service.cli.launching.stale import Claim
from service.core.errors import Conflict
from service.core.settings import PREFIX, Settings

LOOK_SECONDS = 0.05
STOP_SECONDS = 15.0  # a worker finishes what it hands over; see worker_soft_shutdown_timeout
GUARD_SECONDS = 2.0  # guards end their groups within this time
FOLLOWING = ("var_dir", "base_url", "edge_url", "smtp_url", "catcher_port", "lmtp_port")  # what the children must hear from us


class CannotStart(Conflict):
    """A process ended, or was not ready in time."""


class Launcher:
    """`start`, `wait_ready`, then `tend` again and again (or `run`), at last `stop`; all from the main thread.

    `settings` are, after `start`, those the children have: a taken port has moved the addresses.
    """

    def __init__(self, settings: Settings, *, say: Callable[[str], None] = print, show_logs: bool = False) -> None:
        self.settings = settings
        self._say = say
        self._claim = Claim(settings.var_dir / "run")
        self._children: list[Child] = []
        self._lifeline: tuple[int, int] | None = None
        self._follower = Follower(say) if show_logs else None

    def start(self) -> None:
        """Take the folder, start the foundations, then the processes. Raises AlreadyRunning or CannotStart, with nothing left running."""
        self._claim.take()
        try:
            with_catcher = programs.needs_catcher(self.settings)
            wanted, self.settings = self.settings, ports.settle(self.settings, self._say, with_catcher=with_catcher)
            addresses.note(wanted, self.settings)
            self._lifeline = os.pipe()
            for program in programs.foundations(self.settings):
                self._launch(program)
            self._await(30.0)
            self._need_valkey()
            for program in programs.processes(self.settings, with_catcher=with_catcher):
                self._launch(program)
        except BaseException:
            self.stop()
            raise

    def wait_ready(self, seconds: float = 60.0) -> None:
        """Return when every process is ready. Raises CannotStart, with nothing left running."""
        try:
            self._await(seconds)
        except BaseException:
            self.stop()
            raise

    def tend(self) -> None:
        """One look at the children: a sentence and a restart, after a growing pause, for each that ended."""
        for child in self._children:
            if child.start_again_at is not None:
                if time.monotonic() >= child.start_again_at:
                    self._start_again(child)
                continue
            code = child.exit_code()
            if code is not None and not child.program.once:
                pause = child.plan_restart()
                self._say(f"{child.program.name} ended ({_reason(code)}) and starts again in {pause:g} s; see {child.log}")
        if self._follower:
            self._follower.show()

    def run(self) -> None:
        """Tend until SIGINT, SIGTERM or SIGHUP."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _interrupt)  # SIGINT too: a shell's background job inherits it as ignored
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
            signal.signal(signal.SIGHUP, _interrupt)
        try:
            while True:
                self.tend()
                time.sleep(LOOK_SECONDS)
        except KeyboardInterrupt:
            self._say("Stopping …")

    def stop(self) -> None:
        """End every process, the foundations last. Safe to call twice; a second Ctrl-C cuts the waiting short."""
        foundations = [child for child in self._children if child.program.name in ("valkey", "catcher")]
        try:
            for group in ([child for child in self._children if child not in foundations], foundations):
                deadline = time.monotonic() + STOP_SECONDS
                for child in group:
                    child.ask_to_end()
                for child in group:
                    child.end(deadline)
        finally:
            self._cut_lifeline()  # whatever still runs is ended by its guard
            deadline = time.monotonic() + GUARD_SECONDS
            for child in self._children:
                child.end(deadline)
            self._children.clear()
            self._claim.release()

    def _need_valkey(self) -> None:
        """One that somebody set is not ours to start; workers would wait for it without a word."""
        if not programs.needs_valkey(self.settings) and not programs.valkey_answers(self.settings):
            raise CannotStart(
                "Valkey does not answer at the address in PRESSRUN_VALKEY_URL.",
                remedy="Start it or correct the address; without the setting, Pressrun starts a Valkey of its own.",
            )

    def _launch(self, program: Program) -> None:
        child = Child(program, programs.logs_folder(self.settings) / f"{program.name}.log")
        self._children.append(child)
        if self._follower:
            self._follower.follow(program.name, child.log)
        self._start(child)

    def _start_again(self, child: Child) -> None:
        """A full disk or a used-up table of processes passes; the others go on meanwhile."""
        try:
            self._start(child)
        except OSError as failure:
            pause = child.plan_restart()
            self._say(f"{child.program.name} cannot be started ({failure.strerror or failure}); it is tried again in {pause:g} s.")

    def _start(self, child: Child) -> None:
        assert self._lifeline is not None
        child.start(self._lifeline[0], self._environment())
        self._claim.note(child.program.name, child.pid)

    def _await(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        waiting = list(self._children)
        while waiting:
            waiting = [child for child in waiting if not self._is_ready(child)]
            if waiting and time.monotonic() > deadline:
                child = waiting[0]
                raise CannotStart(
                    f"{child.program.name} was not ready within {seconds:g} s.\n{child.last_lines()}", remedy=f"See {child.log}."
                )
            if self._follower:
                self._follower.show()
            time.sleep(LOOK_SECONDS)

    def _is_ready(self, child: Child) -> bool:
        code = child.exit_code()
        if code is None:
            return not child.program.once and child.program.is_ready()
        if code == 0 and child.program.once:
            return True
        raise CannotStart(f"{child.program.name} ended ({_reason(code)}):\n{child.last_lines()}", remedy=f"See {child.log}.")

    def _environment(self) -> dict[str, str]:
        told = {PREFIX + name.upper(): str(getattr(self.settings, name)) for name in FOLLOWING}
        return {**os.environ, **told, "PYTHONUNBUFFERED": "1"}

    def _cut_lifeline(self) -> None:
        if self._lifeline is not None:
            for end in self._lifeline:
                os.close(end)
            self._lifeline = None


def _reason(code: int) -> str:
    number = code - 128 if code > 128 else -code
    return f"killed by {signal.Signals(number).name}" if code < 0 or 128 < code < 128 + 32 else f"status {code}"


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
