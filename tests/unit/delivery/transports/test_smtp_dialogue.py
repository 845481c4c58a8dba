"""The SMTP dialogue against a server of pure bytes: every split, every refusal, every point where a connection can die."""

import functools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase
from service.delivery.transports.protocol import Envelope
from service.delivery.transports.smtp_dialogue import Dialogue
from service.delivery.transports.smtp_exchange import CHUNKED_AT_ONCE
from service.delivery.transports.smtp_greeting import Manner
from tests.support.smtp_letters import CAST, CONTENT, PLAIN, letters, written
from tests.support.smtp_script import ALL, CHUNKED, LOCK_STEP, WAYS, ScriptedServer, converse


@pytest.mark.parametrize("extensions", [*WAYS, ()])
def test_messages_arrive_whatever_the_server_offers(extensions: tuple[str, ...]) -> None:
    server = ScriptedServer(extensions)

    results, left = converse(Dialogue(Manner()), server, letters(*CAST))

    assert [outcomes[0].outcome for outcomes in results.values()] == [Outcome.ACCEPTED] * 3
    assert [recipient for recipient, _ in server.taken] == list(CAST)
    assert {message for _, message in server.taken} == {PLAIN}
    assert left == []


def test_the_next_envelope_travels_with_the_content() -> None:
    dialogue, server = Dialogue(Manner()), ScriptedServer()
    first, second = letters("ada@example.test", "ben@example.test")
    dialogue.receive(server.greet())
    dialogue.receive(server.talk(written(dialogue)))
    dialogue.offer(first)
    dialogue.receive(server.talk(written(dialogue)))
    dialogue.offer(second)

    together = written(dialogue)

    assert together.startswith(CONTENT + b".\r\nMAIL FROM:")
    assert together.endswith(b"RCPT TO:<ben@example.test>\r\nDATA\r\n")


def test_lock_step_says_one_thing_at_a_time() -> None:
    dialogue, server = Dialogue(Manner()), ScriptedServer(LOCK_STEP)
    dialogue.receive(server.greet())
    dialogue.receive(server.talk(written(dialogue)))
    dialogue.offer(letters("ada@example.test")[0])

    lines = []
    while (said := written(dialogue)) and not dialogue.is_idle:
        lines.append(said)
        dialogue.receive(server.talk(said))

    assert [line[:4] for line in lines] == [b"MAIL", b"RCPT", b"DATA", CONTENT[:4]]


@pytest.mark.parametrize("extensions", WAYS)
@pytest.mark.parametrize(("at", "phase"), [("MAIL", Phase.MAIL), ("RCPT", Phase.RCPT), ("DATA", Phase.DATA), ("DOT", Phase.FINAL)])
@pytest.mark.parametrize(
    "reply", ["450 4.2.0 later", "451 4.3.0 later", "550 5.1.1 no such user", "552 5.2.2 mailbox full", "554 5.7.1 spam"]
)
def test_a_refusal_touches_only_its_own_message(extensions: tuple[str, ...], at: str, phase: Phase, reply: str) -> None:
    if at == "DATA" and "CHUNKING" in extensions:
        pytest.skip("a chunk is not asked for")
    address = "dora@example.test"
    server = ScriptedServer(extensions, {f"{at}:{address}": reply})
    envelopes = letters(*CAST)
    if at == "MAIL":
        envelopes[1] = Envelope(1, address, address, lambda _: CONTENT)

    results, left = converse(Dialogue(Manner()), server, envelopes)

    assert left == []
    assert [results[n][0].outcome for n in (0, 2)] == [Outcome.ACCEPTED, Outcome.ACCEPTED]
    assert results[1][0].outcome in (Outcome.DEFERRED, Outcome.REFUSED)
    assert (results[1][0].phase, results[1][0].code) == (phase, int(reply[:3]))
    assert all(len(each) == 1 for each in results.values())


def test_data_answered_without_recipients_gets_a_lone_dot() -> None:
    server = ScriptedServer(script={"RCPT:dora@example.test": "550 5.1.1 unknown", "DATA": "354 go on"})

    results, left = converse(Dialogue(Manner()), server, letters(*CAST))

    assert results[1][0].reason is Reason.UNKNOWN_USER
    assert [recipient for recipient, _ in server.taken] == ["ada@example.test", "ben@example.test"]
    assert left == []


@pytest.mark.parametrize("extensions", WAYS)
def test_replies_are_understood_however_they_are_split(extensions: tuple[str, ...]) -> None:
    script = {"RCPT:dora@example.test": "550-5.1.1 no\r\n550 5.1.1 such user"}
    expected, _ = converse(Dialogue(Manner()), ScriptedServer(extensions, script), letters(*CAST))

    for size in range(1, 40):
        found, left = converse(
            Dialogue(Manner()),
            ScriptedServer(extensions, script),
            letters(*CAST),
            functools.partial(cut, size=size),
        )
        assert found == expected
        assert left == []


@pytest.mark.parametrize("extensions", WAYS)
@pytest.mark.parametrize("at", [None, "RCPT", "DOT"])
def test_a_dying_connection_leaves_only_what_was_passed_on_uncertain(extensions: tuple[str, ...], at: str | None) -> None:
    script = {f"{at}:dora@example.test": "450 later"} if at else {}

    for octets in range(500):
        server = ScriptedServer(extensions, script)
        results, left = converse(Dialogue(Manner()), server, letters(*CAST), octets=octets)

        taken = {recipient for recipient, _ in server.taken}
        numbers = sorted([*results, *(envelope.number for envelope in left)])
        assert numbers == [0, 1, 2], "each message is settled or comes back, never both"
        assert all(len(each) == 1 for each in results.values())
        for number, (result,) in results.items():
            if result.outcome is Outcome.ACCEPTED:
                assert CAST[number] in taken
        assert not taken & {envelope.rcpt_to for envelope in left}, "what comes back has not arrived"
        most = CHUNKED_AT_ONCE if extensions == CHUNKED else 1
        assert sum(each[0].outcome is Outcome.UNCERTAIN for each in results.values()) <= most


def test_uncertain_needs_the_final_dot_to_have_left() -> None:
    for octets in range(len(CONTENT) + 4):
        dialogue = at_body()
        dialogue.take_handovers()
        dialogue.wrote(octets)
        dialogue.lost("reset by peer")

        settled, returned = dialogue.take_settled(), dialogue.take_returned()

        has_left = octets == len(CONTENT) + 3
        assert [result.outcome for _, result in settled] == ([Outcome.UNCERTAIN] if has_left else [])
        assert len(returned) == (0 if has_left else 1)


def test_evidence_is_asked_for_once_before_the_dot_is_written() -> None:
    dialogue = at_body()

    first, second = dialogue.take_handovers(), dialogue.take_handovers()

    assert [envelope.number for envelope in first] == [0]
    assert second == []


@pytest.mark.parametrize(
    ("nonsense", "outcome"),
    [
        (b"hello\r\n", Outcome.UNCERTAIN),
        (b"354 again\r\n", Outcome.UNCERTAIN),
        (b"250-a\r\n550 b\r\n", Outcome.UNCERTAIN),
        (b"\xff" * 5000, Outcome.UNCERTAIN),
    ],
)
def test_nonsense_after_the_dot_closes_and_is_uncertain(nonsense: bytes, outcome: Outcome) -> None:
    dialogue = at_body()
    written(dialogue)

    dialogue.receive(nonsense)

    assert dialogue.is_ended
    assert [result.outcome for _, result in dialogue.take_settled()] == [outcome]


@pytest.mark.parametrize("reply", [b"421 4.4.2 timeout\r\n", b"451 4.3.0 no\r\n", b"552 5.3.4 too big\r\n"])
def test_a_negative_answer_before_the_dot_left_is_believed(reply: bytes) -> None:
    dialogue = at_body()
    dialogue.wrote(5)

    dialogue.receive(reply)

    assert dialogue.is_ended
    assert [result.code for _, result in dialogue.take_settled()] == [int(reply[:3])]
    assert dialogue.take_returned() == []


def test_a_server_that_closes_before_rcpt_blames_nobody() -> None:
    server = ScriptedServer(script={"MAIL": "421 4.4.2 timeout exceeded"})

    results, left = converse(Dialogue(Manner()), server, letters("ada@example.test"))

    assert results == {}
    assert [envelope.number for envelope in left] == [0]


def test_a_rate_limit_in_a_421_is_heard() -> None:
    server = ScriptedServer(script={"RCPT": "421 4.7.28 unusual rate of mail"})

    results, _ = converse(Dialogue(Manner()), server, letters("ada@example.test"))

    assert results[0][0].outcome is Outcome.DEFERRED
    assert results[0][0].reason is Reason.RATE


@pytest.mark.parametrize(
    ("extensions", "envelope", "reason"),
    [
        (("SIZE 10",), letters("ada@example.test")[0], Reason.SIZE),
        ((), Envelope(0, "b@x.test", "ada@example.test", lambda _: "가\r\n".encode()), Reason.RELAY),
        ((), Envelope(0, "b@x.test", "에이다@example.test", lambda _: CONTENT), Reason.BAD_ADDRESS),
        (ALL, Envelope(0, "b@x.test", "ada@example.test>\r\nRCPT TO:<eve@x.test", lambda _: CONTENT), Reason.BAD_ADDRESS),
        (ALL, Envelope(0, "b@x.test", "ada\0@example.test", lambda _: CONTENT), Reason.BAD_ADDRESS),
        (ALL, Envelope(0, "b@x.test", "", lambda _: CONTENT), Reason.BAD_ADDRESS),
    ],
)
def test_what_the_relay_could_never_take_is_settled_before_mail(extensions: tuple[str, ...], envelope: Envelope, reason: Reason) -> None:
    server = ScriptedServer(extensions)

    results, _ = converse(Dialogue(Manner()), server, [envelope])

    assert (results[0][0].reason, results[0][0].phase) == (reason, Phase.ENVELOPE)
    assert [command[:4] for command in server.commands] == ["EHLO"]


def test_mail_names_only_what_was_offered_and_is_needed() -> None:
    korean = Envelope(0, "b@x.test", "에이다@example.test", lambda _: "가\r\n".encode())
    server = ScriptedServer()

    converse(Dialogue(Manner()), server, [korean, *letters("ada@example.test")])

    assert [command for command in server.commands if command.startswith("MAIL")] == [
        "MAIL FROM:<b@x.test> SIZE=5 BODY=8BITMIME SMTPUTF8",
        f"MAIL FROM:<b+1@bounces.test> SIZE={len(CONTENT)}",
    ]


@given(st.binary(max_size=300))
def test_no_bytes_of_a_server_break_the_dialogue(noise: bytes) -> None:
    dialogue = at_body()
    written(dialogue)

    dialogue.receive(noise)
    dialogue.lost("gone")

    assert len(dialogue.take_settled()) == 1


def at_body() -> Dialogue:
    """A dialogue whose first message has been asked for by 354 and is about to be written."""
    dialogue, server = Dialogue(Manner()), ScriptedServer()
    dialogue.receive(server.greet())
    dialogue.receive(server.talk(written(dialogue)))
    dialogue.offer(letters("ada@example.test")[0])
    dialogue.receive(server.talk(written(dialogue)))
    return dialogue


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]
