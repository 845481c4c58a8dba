"""From the edge's spool to the stream: nothing answered is lost, whoever stops in between."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis

from service.core import redis
from service.feedback import stream
from service.feedback.stream import Hit, Spool


def hit(number: int, **changes: object) -> Hit:
    values: dict[str, object] = {
        "id": f"{number:032x}",
        "at": 1_760_000_000.5,
        "issue": 1,
        "subscriber": number,
        "link": 3,
        "ip": "192.0.2.0",
    }
    return Hit(**{**values, "user_agent": '한글 "agent"\n', **changes})  # type: ignore[arg-type]


def all_hits(client: Redis) -> list[Hit]:
    stream.join(client)
    return [found for entry in stream.read(client, "reader", entries=1000, block_ms=10) for found in entry.hits]


def test_hits_come_out_of_the_stream_as_they_went_into_the_spool(tmp_path: Path, valkey: Redis) -> None:
    spool = Spool(tmp_path, valkey)
    hits = [hit(number) for number in range(1, 1202)]
    for one in hits:
        spool.add(one)

    moved = spool.flush()

    assert moved == len(hits)
    assert all_hits(valkey) == hits
    assert spool.flush() == 0


def test_hits_wait_in_the_spool_while_valkey_is_away(tmp_path: Path, valkey: Redis) -> None:
    away = Redis(port=1, socket_connect_timeout=0.2)
    spool = Spool(tmp_path, away)
    spool.add(hit(1))
    with pytest.raises(redis.Error):
        spool.flush()

    spool._client = valkey
    moved = spool.flush()

    assert moved == 1
    assert all_hits(valkey) == [hit(1)]


def test_a_full_stream_loses_nothing_and_hits_wait_in_one_file(tmp_path: Path, valkey: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_ENTRIES", 1)
    spool = Spool(tmp_path, valkey)
    spool.add(hit(1))
    spool.flush()
    for number in range(2, 8):
        spool.add(hit(number))
        with pytest.raises(stream.StreamFull):
            spool.flush()

    waiting = [path for path in tmp_path.glob("*.hits") if path.stat().st_size]
    monkeypatch.setattr(stream, "MOST_ENTRIES", 100)
    moved = spool.flush()

    assert (len(waiting), moved) == (2, 6)
    assert all_hits(valkey) == [hit(number) for number in range(1, 8)]


def test_spool_of_a_killed_process_is_shipped_by_the_next(tmp_path: Path, valkey: Redis) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from redis import Redis; from service.feedback.stream import Hit, Spool\n"
        "spool = Spool(Path(sys.argv[1]), Redis(port=1)); spool.add(Hit('f' * 32, 1.0, 1, 2, None))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, env=os.environ | {"PYTHONPATH": os.getcwd()})

    moved = Spool(tmp_path, valkey).flush()

    assert moved == 1
    assert [found.id for found in all_hits(valkey)] == ["f" * 32]


def test_spool_of_a_living_process_is_left_to_it(tmp_path: Path, valkey: Redis) -> None:
    busy, other = Spool(tmp_path, valkey), Spool(tmp_path, valkey)
    busy.add(hit(1))

    moved = other.flush()

    assert moved == 0
    assert busy.flush() == 1


def test_entry_is_given_again_until_it_is_acknowledged(valkey: Redis) -> None:
    stream.join(valkey)
    stream.append(valkey, stream.encode([hit(1)]))
    first = stream.read(valkey, "reader", block_ms=10)

    again = stream.read(valkey, "reader", block_ms=10)
    stream.acknowledge(valkey, again)

    assert first == again
    assert stream.read(valkey, "reader", block_ms=10) == []
    assert valkey.xlen(stream.STREAM) == 0


def test_torn_line_costs_only_itself() -> None:
    data = stream.encode([hit(1), hit(2)])

    found = list(stream.decode(data[:-20]))

    assert found == [hit(1)]


def test_half_a_line_left_by_a_full_disk_swallows_no_later_hit(tmp_path: Path, valkey: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool(tmp_path, valkey)
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:20]))
    with pytest.raises(OSError, match="short write"):
        spool.add(hit(1))
    monkeypatch.undo()

    spool.add(hit(2))
    spool.flush()

    assert all_hits(valkey) == [hit(2)]


def test_hit_of_a_newer_edge_is_read_without_what_is_not_known_here() -> None:
    line = b'{"id":"a","at":1.0,"issue":1,"subscriber":2,"link":null,"colour":"blue"}'

    (hit,) = stream.decode(line)

    assert (hit.id, hit.headers) == ("a", "")
