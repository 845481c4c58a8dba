"""A way out that keeps mails in memory and answers as it is told."""

import time
from collections.abc import Callable, Iterator

from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase, judge
from service.delivery.transports.protocol import EVERYTHING, Envelope, OnHandover, OnResult, Result, Standing, Wait
from service.delivery.transports.window import Window

ACCEPTED = Result(Outcome.ACCEPTED, Reason.NONE, Phase.FINAL, 250, "2.0.0", "queued")
REFUSED_CONNECTION = Result(Outcome.UNSENT, Reason.NETWORK, Phase.CONNECT, text="connection refused")


def reply(code: int, text: str, enhanced: str | None = None, phase: Phase = Phase.RCPT) -> Result:
    """What a mail server's answer amounts to."""
    verdict = judge(phase, code, enhanced, text)
    return Result(verdict.outcome, verdict.reason, phase, code, enhanced, text)


class MemoryTransport:
    """`answers` gives replies by address (default: accepted); `before(address)` is called before each hand-over."""

    def __init__(
        self, answers: dict[str, Result] | None = None, *, default: Result = ACCEPTED, before: Callable[[str], None] | None = None
    ) -> None:
        self.answers = answers or {}
        self.default = default
        self.before = before
        self.window = 200
        self._now = 0.0  # its own clock: a rest is over at once
        self.is_down = False
        self.is_stopped = False
        self.mails: list[tuple[str, bytes]] = []  # address, wire form
        self.offered: list[str] = []

    @property
    def taken(self) -> list[str]:
        """Whose mails were accepted, in order."""
        return [address for address, _ in self.mails]

    def send(
        self, envelopes: Iterator[Envelope | Wait], *, on_handover: OnHandover, on_result: OnResult, standing: Standing | None = None
    ) -> Result | None:
        """As in protocol.Transport."""
        if self.is_down:
            return REFUSED_CONNECTION
        window = Window(envelopes, standing, size=self.window, monotonic=lambda: self._now)
        while not self.is_stopped and not window.is_finished:
            envelope = window.next()
            if envelope is not None:
                self._offer(envelope, on_handover, on_result)
            elif window.rest_seconds is not None:
                time.sleep(0.001)  # for a claim under way in another thread
                self._now += window.rest_seconds
        for envelope in window.close():
            on_result(envelope.number, Result(Outcome.UNSENT, Reason.STOPPED, Phase.MAIL))
        return Result(Outcome.UNSENT, Reason.STOPPED, Phase.MAIL) if self.is_stopped else None

    def stop(self) -> None:
        self.is_stopped = True

    def close(self) -> None:
        """Nothing is kept open."""

    def _offer(self, envelope: Envelope, on_handover: OnHandover, on_result: OnResult) -> None:
        if self.before is not None:
            self.before(envelope.rcpt_to)
        result = self.answers.get(envelope.rcpt_to, self.default)
        self.offered.append(envelope.rcpt_to)
        content = envelope.content(EVERYTHING)
        if result.phase is Phase.FINAL:
            on_handover(envelope.number)
        if result.outcome is Outcome.ACCEPTED:
            self.mails.append((envelope.rcpt_to, content))
        on_result(envelope.number, result)
