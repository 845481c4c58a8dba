"""The mail transactions of one open SMTP connection: what was offered, which reply belongs to it, what becomes of it. Pure.

The envelope of message n+1 travels with the content of message n where PIPELINING is offered (RFC 2920); with CHUNKING too,
whole messages follow each other without waiting (BDAT, RFC 3030). A message is settled by its own replies only, and is
`uncertain` only if its last octet was passed on and no reply to it came.
"""

from collections import deque
from collections.abc import Iterable

from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase, judge
from service.delivery.transports import smtp_envelope
from service.delivery.transports.protocol import Capabilities, Envelope, Result
from service.delivery.transports.smtp_outbox import DOT, Outbox, Transaction
from service.delivery.transports.smtp_reply import Reply


class _Command:
    """A command whose reply is awaited, with the phase it belongs to."""

    __slots__ = ("phase",)

    def __init__(self, phase: Phase) -> None:
        self.phase = phase


_MAIL, _RCPT, _DATA, _FINAL = _Command(Phase.MAIL), _Command(Phase.RCPT), _Command(Phase.DATA), _Command(Phase.FINAL)
_CHUNK = _Command(Phase.FINAL)
_RSET, _LONE_DOT = _Command(Phase.DATA), _Command(Phase.DATA)

CHUNKED_AT_ONCE = 6
"""Messages on their way on one connection with CHUNKING: as many times the rate on a long way, and as many uncertain if it breaks."""


class Exchange:
    """Writes into the outbox it is given. After an answer that cannot be gone on from, `ending` says why; the dialogue then calls `end`."""

    def __init__(self, out: Outbox) -> None:
        self.capabilities = Capabilities()
        self.settled: list[tuple[Envelope, Result]] = []
        self.returned: list[tuple[Envelope, Result]] = []
        self.ending: tuple[str, Reason] | None = None
        self._out = out
        self._expected: deque[tuple[_Command, Transaction | None]] = deque()
        self._current: Transaction | None = None
        self._chunks = 0  # messages on their way by BDAT
        self._may_be_open = False  # a transaction that came to nothing stands open at the server: RSET goes before the next MAIL

    @property
    def wants_envelope(self) -> bool:
        """An envelope offered now can be written now."""
        if self._current is not None:
            return False
        if not self.capabilities.pipelining:
            return not self._expected
        return self._chunks < CHUNKED_AT_ONCE

    @property
    def is_waiting(self) -> bool:
        """A reply is still to come."""
        return bool(self._expected)

    @property
    def waiting_for(self) -> Phase | None:
        """Whose reply is awaited; None when none is."""
        if not self._expected:
            return None
        command, transaction = self._expected[0]
        is_leaving = transaction is not None and command.phase is Phase.FINAL and not transaction.is_passed_on
        return Phase.BODY if is_leaving else command.phase

    def offer(self, envelope: Envelope) -> None:
        """Begin a transaction; only while `wants_envelope`. A message the relay could never take is settled at once."""
        capabilities = self.capabilities
        content = envelope.content(capabilities)
        impossible = smtp_envelope.impossible(envelope, content, capabilities)
        if impossible is not None:
            self.settled.append((envelope, impossible))
            return
        transaction = Transaction(envelope, content)
        self._current = transaction
        mail, rcpt, data = smtp_envelope.commands(envelope, content, capabilities)
        if self._may_be_open or self._chunks:
            self._reset()  # what becomes of those before is not known yet
        if not capabilities.pipelining:
            self._out.say(mail)
            self._expect(_MAIL)
        elif capabilities.chunking:
            self._out.say(mail + rcpt)
            self._expect(_MAIL, _RCPT)
            self._hand_over_chunk(transaction)
        else:
            self._out.say(mail + rcpt + data)
            self._expect(_MAIL, _RCPT, _DATA)

    def reply(self, reply: Reply, *, is_quitting: bool) -> None:
        """One whole reply after the opening."""
        if not self._expected:
            is_expected = reply.code == 421 or is_quitting
            self._end(reply.text or "an answer to nothing", Reason.NETWORK if is_expected else Reason.PROTOCOL)
            return
        command, transaction = self._expected.popleft()
        if transaction is None or command is _LONE_DOT:
            self._bookkeeping(command, reply)
        elif reply.code == 421:
            self._goodbye(command, transaction, reply)
        else:
            self._answers[command](self, transaction, reply)

    def end(self, text: str, reason: Reason) -> None:
        """The connection is over. What was passed on is uncertain; what was not never left."""
        for transaction in self._under_way():
            if transaction.is_passed_on:
                self.settled.append((transaction.envelope, Result(Outcome.UNCERTAIN, reason, Phase.FINAL, text=text)))
            else:
                outcome = Outcome.UNSENT if transaction.phase is Phase.MAIL else Outcome.DEFERRED
                self.returned.append((transaction.envelope, Result(outcome, reason, transaction.phase, text=text)))
            transaction.is_settled = True
        self._expected.clear()
        self._current = None

    def _mail(self, transaction: Transaction, reply: Reply) -> None:
        if 200 <= reply.code < 300:
            transaction.is_started = True
        elif not self._refuses(transaction, reply):
            return
        self._next(_RCPT, transaction, smtp_envelope.rcpt)

    def _rcpt(self, transaction: Transaction, reply: Reply) -> None:
        if 200 <= reply.code < 300:
            if transaction.is_settled:
                self._end("the mail server refused the sender and took the recipient", Reason.PROTOCOL)
                return
        elif not self._refuses(transaction, reply):
            return
        if not self.capabilities.chunking:
            self._next(_DATA, transaction, smtp_envelope.data)
        elif self.capabilities.pipelining:
            transaction.phase = Phase.FINAL
        elif transaction.is_settled:
            self._abandon(transaction)
        else:
            self._hand_over_chunk(transaction)

    def _data(self, transaction: Transaction, reply: Reply) -> None:
        if reply.code == 354:
            self._current = None
            if transaction.is_settled:
                self._lone_dot(transaction)
            else:
                self._hand_over(transaction)
        elif self._refuses(transaction, reply):
            self._abandon(transaction)

    def _final(self, transaction: Transaction, reply: Reply) -> None:
        if reply.code < 400 and (reply.code >= 300 or not transaction.is_passed_on):
            self._expected.appendleft((_FINAL, transaction))
            self._end(f"an answer out of turn: {reply.code} {reply.text}", Reason.PROTOCOL)
            return
        self._settle(transaction, Phase.FINAL, reply)
        if not transaction.is_passed_on:
            self._end(f"refused before it was whole: {reply.text}", Reason.PROTOCOL)

    def _chunk(self, transaction: Transaction, reply: Reply) -> None:
        """A chunk for nobody is taken or not, which says nothing; whether the server still holds its transaction open is not known."""
        self._chunks -= 1
        self._may_be_open |= reply.code >= 400
        if transaction.is_settled:
            self._bookkeeping(_CHUNK, reply)
        else:
            self._final(transaction, reply)

    _answers = {_MAIL: _mail, _RCPT: _rcpt, _DATA: _data, _FINAL: _final, _CHUNK: _chunk}

    def _bookkeeping(self, command: _Command, reply: Reply) -> None:
        if reply.code == 421 or 300 <= reply.code < 400 or (command is _RSET and reply.code >= 400):
            if reply.code == 421:
                self._nothing_more_was_heard()
            self._end(reply.text, Reason.NETWORK if reply.code == 421 else Reason.PROTOCOL)

    def _goodbye(self, command: _Command, transaction: Transaction, reply: Reply) -> None:
        """421: the server closes. Before RCPT it says nothing about this message unless its words do."""
        verdict = judge(command.phase, reply.code, reply.enhanced, reply.text)
        if not transaction.is_settled and not (command is _MAIL and verdict.reason in (Reason.NETWORK, Reason.SYSTEM)):
            self._settle(transaction, command.phase, reply)
        elif not transaction.is_settled:
            transaction.phase = Phase.MAIL
        self._nothing_more_was_heard()
        self._end(reply.text, verdict.reason)

    def _nothing_more_was_heard(self) -> None:
        """Commands are answered in their order: what was still to be answered when the server said 421 was not carried out."""
        for _, transaction in self._expected:
            if transaction is not None:
                transaction.is_passed_on = False

    # Private: transactions

    def _refuses(self, transaction: Transaction, reply: Reply) -> bool:
        """Settle by a negative reply unless an earlier one did; False when the reply was nonsense and ended the dialogue."""
        phase = transaction.phase
        if reply.code < 400:
            self._end(f"an answer out of turn: {reply.code} {reply.text}", Reason.PROTOCOL)
            return False
        if not transaction.is_settled:
            self._settle(transaction, phase, reply)
        return True

    def _next(self, command: _Command, transaction: Transaction, say: smtp_envelope.Command) -> None:
        """The next command of the envelope: already on its way with PIPELINING, else said now unless all is decided."""
        transaction.phase = command.phase
        if self.capabilities.pipelining:
            return
        if transaction.is_settled:
            self._abandon(transaction)
            return
        self._out.say(say(transaction.envelope))
        self._expect(command)

    def _hand_over(self, transaction: Transaction) -> None:
        transaction.phase = Phase.BODY
        self._out.hand_over(transaction)
        self._expected.append((_FINAL, transaction))

    def _hand_over_chunk(self, transaction: Transaction) -> None:
        self._current = None
        self._chunks += 1
        self._out.hand_over_chunk(transaction)
        self._expected.append((_CHUNK, transaction))

    def _lone_dot(self, transaction: Transaction) -> None:
        """DATA was answered although nobody was to receive: end it with nothing in it (RFC 2920 section 3.1)."""
        self._out.say(DOT)
        self._expected.append((_LONE_DOT, transaction))

    def _abandon(self, transaction: Transaction) -> None:
        """The envelope came to nothing; a transaction that MAIL began must be reset before the next MAIL."""
        self._current = None
        if transaction.is_started:
            self._reset()

    def _reset(self) -> None:
        self._may_be_open = False
        self._out.say(b"RSET\r\n")
        self._expected.append((_RSET, None))

    def _settle(self, transaction: Transaction, phase: Phase, reply: Reply) -> None:
        enhanced, text = reply.enhanced, reply.text
        verdict = judge(phase, reply.code, enhanced, text)
        transaction.is_settled = True
        self.settled.append((transaction.envelope, Result(verdict.outcome, verdict.reason, phase, reply.code, enhanced, text)))

    def _end(self, text: str, reason: Reason) -> None:
        self.ending = (text, reason)

    def _under_way(self) -> Iterable[Transaction]:
        seen: dict[int, Transaction] = {}
        for transaction in [*(held for _, held in self._expected), self._current]:
            if transaction is not None and not transaction.is_settled:
                seen[id(transaction)] = transaction
        return seen.values()

    def _expect(self, *commands: _Command) -> None:
        for command in commands:
            self._expected.append((command, self._current))
