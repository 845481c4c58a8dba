"""Whole messages one after the other (BDAT, RFC 3030): what is under way, and what a refusal or a goodbye says about the rest."""

import pytest

from service.delivery.replies import Outcome
from service.delivery.transports.protocol import Envelope
from service.delivery.transports.smtp_dialogue import Dialogue
from service.delivery.transports.smtp_exchange import CHUNKED_AT_ONCE
from service.delivery.transports.smtp_greeting import Manner
from tests.support.smtp_letters import CAST, PLAIN, content, letters, written
from tests.support.smtp_script import CHUNKED, ScriptedServer, converse


def test_with_chunking_whole_messages_follow_each_other() -> None:
    dialogue, server = Dialogue(Manner()), ScriptedServer(CHUNKED)
    dialogue.receive(server.greet())
    dialogue.receive(server.talk(written(dialogue)))

    for envelope in letters(*CAST):
        assert dialogue.wants_envelope
        dialogue.offer(envelope)
    together = written(dialogue)

    chunk = b"BDAT %d LAST\r\n" % len(PLAIN) + PLAIN
    assert together.count(chunk) == 3
    assert together.split(chunk)[1].startswith(b"RSET\r\nMAIL FROM:"), "no message may stand in the transaction of one before it"
    dialogue.receive(server.talk(together))
    assert [recipient for recipient, _ in server.taken] == list(CAST)
    assert dialogue.is_idle


def test_no_more_messages_are_under_way_than_may_become_uncertain() -> None:
    dialogue, server = Dialogue(Manner()), ScriptedServer(CHUNKED)
    dialogue.receive(server.greet())
    dialogue.receive(server.talk(written(dialogue)))

    offered = 0
    while dialogue.wants_envelope:
        dialogue.offer(letters("ada@example.test")[0])
        offered += 1

    assert offered == CHUNKED_AT_ONCE


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DOT"])
def test_a_421_says_that_whatever_came_after_it_was_not_heard(at: str) -> None:
    envelopes = [Envelope(n, f"{name[:3]}@bounces.test", name, content) for n, name in enumerate(CAST)]
    server = ScriptedServer(CHUNKED, {f"{at}:{'dor@bounces.test' if at == 'MAIL' else CAST[1]}": "421 4.3.2 shutting down"})

    results, left = converse(Dialogue(Manner()), server, envelopes)

    assert results[0][0].outcome is Outcome.ACCEPTED
    assert 1 not in results or results[1][0].outcome is Outcome.DEFERRED
    assert [envelope.number for envelope in left] == ([1, 2] if at == "MAIL" else [2])
    assert [recipient for recipient, _ in server.taken] == [CAST[0]]
