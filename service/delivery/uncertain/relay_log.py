"""What a Postfix log says about deliveries of ours: Message-ID -> queue id -> what became of it, and rejects before the queue. Pure.

A line in the log is evidence, a missing one is not. It never guesses: lines that it does not know, or that are about others, say nothing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from service.core.signing import Signer
from service.delivery import replies
from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase
from service.tracking import tokens

Pair = tuple[int, int]
"""(issue id, subscriber id)."""

_MARKS = (b"message-id=", b"(queue active)", b"status=", b"reject: ")
"""One of these is in every line that can matter; looking for them first costs a fraction of the pattern."""
_LINE = re.compile(r"\S*postfix\S*/(?P<program>[a-z]+)\[\d+\]: (?P<id>[0-9A-Za-z]{5,20}|NOQUEUE): (?P<text>.*)")
_SENDER = re.compile(r"\bfrom=<b\+(?P<token>[0-9A-Za-z]+)@")
_STATUS = re.compile(r"\bdsn=(?P<dsn>\d\.\d{1,3}\.\d{1,3}), status=(?P<status>[a-z-]+) \((?P<words>.*)\)$")
_REJECT = re.compile(
    r"^(?:milter-)?reject: (?P<stage>[A-Z-]+)\b[^:]*: (?:(?P<code>[45]\d\d) )?(?P<words>[45]\.\d{1,3}\.\d{1,3} [^;]*|[^;]*)"
)
_CLASSIC = re.compile(r"^(?P<month>[A-Z][a-z]{2}) {1,2}(?P<day>\d{1,2}) (?P<clock>\d\d:\d\d:\d\d)\b")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_TAKEN = ("sent", "deferred", "delivered", "relayed")  # deferred: the relay has it and tries by itself
_TURNED_BACK = ("bounced", "expired", "undeliverable")
_CLOCK_SLACK = timedelta(seconds=2)  # a classic line knows no fractions


@dataclass(frozen=True, slots=True)
class Said:
    """What the log amounts to for one delivery: an outcome, or None where it names the mail and not what became of it."""

    outcome: Outcome | None
    reason: Reason = Reason.NONE
    words: str = ""


@dataclass
class _Mail:
    pair: Pair
    is_queued: bool = False
    taken: str = ""  # the words of the answer
    turned_back: Said | None = None


@dataclass
class Trail:
    """Reads lines one after the other; `wanted` are the deliveries that matter, each with the earliest moment of its try."""

    signer: Signer
    wanted: Mapping[Pair, datetime]
    now: datetime
    mails: dict[str, _Mail] = field(default_factory=dict)  # by queue id
    rejected: dict[Pair, Said] = field(default_factory=dict)

    def feed(self, lines: Iterable[bytes]) -> None:
        """Take in whole lines, in their order."""
        for line in lines:
            if any(mark in line for mark in _MARKS):
                self._take(line.decode("utf-8", "replace").rstrip())

    def remember(self, queue_ids: Mapping[str, Pair]) -> None:
        """Queue ids that were named in a part of the log that was read before."""
        self.mails |= {queue_id: _Mail(pair) for queue_id, pair in queue_ids.items() if pair in self.wanted}

    @property
    def queue_ids(self) -> dict[str, Pair]:
        """What has to be remembered when the log is read on later."""
        return {queue_id: mail.pair for queue_id, mail in self.mails.items()}

    def said(self) -> dict[Pair, Said]:
        """What is known by now, by delivery. A mail that was taken once has been taken, whatever other lines say of other tries."""
        found = dict(self.rejected)
        for mail in self.mails.values():
            words = _of(mail)
            if mail.pair not in found or _rank(words) > _rank(found[mail.pair]):
                found[mail.pair] = words
        return found

    def _take(self, line: str) -> None:
        match = _LINE.search(line)
        if match is None:
            return
        queue_id, text = match["id"], match["text"]
        if text.startswith("message-id="):
            self._name(queue_id, text.removeprefix("message-id="))
        elif text.startswith(("reject: ", "milter-reject: ")):
            self._reject(line, text)
        elif queue_id in self.mails:
            self._follow(self.mails[queue_id], text)

    def _name(self, queue_id: str, message_id: str) -> None:
        pair = tokens.read_message_id(self.signer, message_id)
        if pair is not None and pair in self.wanted:
            self.mails[queue_id] = _Mail(pair)
        else:
            self.mails.pop(queue_id, None)  # the queue id lives again, as another mail

    def _follow(self, mail: _Mail, text: str) -> None:
        if text.endswith("(queue active)"):
            mail.is_queued = True
            return
        status = _STATUS.search(text)
        if status is None:
            return
        if status["status"] in _TAKEN:
            mail.taken = f"{status['status']}: {status['words']}"
        elif status["status"] in _TURNED_BACK:
            words = status["words"]
            reason = Reason.EXPIRED if status["status"] == "expired" else replies.classify(None, status["dsn"], words)
            mail.turned_back = Said(Outcome.REFUSED, reason, f"{status['status']}: {words}")

    def _reject(self, line: str, text: str) -> None:
        """Turned away before it was queued; only of the try in question, for an earlier one says nothing about it."""
        sender, reject = _SENDER.search(text), _REJECT.match(text)
        pair = tokens.read_verp(self.signer, sender["token"]) if sender else None
        at = instant(line, self.now)
        if pair is None or reject is None or pair not in self.wanted or at is None or at < self.wanted[pair] - _CLOCK_SLACK:
            return
        words = reject["words"].strip()
        enhanced = replies.enhanced_code(words)
        code = int(reject["code"] or (f"{enhanced[0]}50" if enhanced else "550"))
        verdict = replies.judge(Phase.RCPT if reject["stage"] == "RCPT" else Phase.FINAL, code, enhanced, words)
        self.rejected[pair] = Said(verdict.outcome, verdict.reason, f"rejected: {code} {words}")


def instant(line: str, now: datetime) -> datetime | None:
    """When a line was written: RFC 3339, or the classic form, which knows neither year nor zone (this machine's are meant)."""
    stamp = line.partition(" ")[0]
    if stamp[:1].isdigit():
        try:
            at = datetime.fromisoformat(stamp)
        except ValueError:
            return None
        return at if at.tzinfo else at.astimezone()
    classic = _CLASSIC.match(line)
    if classic is None or classic["month"] not in _MONTHS:
        return None
    hour, minute, second = map(int, classic["clock"].split(":"))
    month, day = _MONTHS.index(classic["month"]) + 1, int(classic["day"])
    found = [_local(year, month, day, hour, minute, second) for year in (now.year, now.year - 1)]
    return next((at for at in found if at is not None and at <= now + timedelta(days=1)), None)


def _local(*parts: int) -> datetime | None:
    try:
        return datetime(*parts).astimezone()  # type: ignore[arg-type]
    except ValueError:  # 29 February of another year, or no date at all
        return None


def _of(mail: _Mail) -> Said:
    if mail.taken:
        return Said(Outcome.ACCEPTED, words=mail.taken)
    if mail.turned_back is not None:
        return mail.turned_back
    return Said(Outcome.ACCEPTED, words="queued") if mail.is_queued else Said(None)


def _rank(said: Said) -> int:
    """Taken before turned back before rejected before merely named; a mail turned back was at least taken by the relay."""
    order = [None, Outcome.DEFERRED, Outcome.REFUSED, Outcome.ACCEPTED]
    return order.index(said.outcome)
