"""From the edge's spool to the stream: nothing answered is lost, whoever stops in between."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis

from service.core import redis
from service.feedback import hits, spool, stream
from service.feedback.hits import Hit
from service.feedback.spool import Spool


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
    edge = Spool(tmp_path, valkey)
    answered = [hit(number) for number in range(1, 1202)]
    for one in answered:
        edge.add(one)

    edge.flush()

    assert all_hits(valkey) == answered
    assert edge.flush() == 0


def test_hits_wait_in_the_spool_while_valkey_is_away(tmp_path: Path, valkey: Redis) -> None:
    away = Redis(port=1, socket_connect_timeout=0.2)
    edge = Spool(tmp_path, away)
    edge.add(hit(1))
    with pytest.raises(redis.Error):
        edge.flush()

    edge._client = valkey
    moved = edge.flush()

    assert moved == 1
    assert all_hits(valkey) == [hit(1)]


def test_a_full_stream_loses_nothing_and_hits_wait_in_one_file(tmp_path: Path, valkey: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_ENTRIES", 1)
    edge = Spool(tmp_path, valkey)
    edge.add(hit(1))
    edge.flush()
    for number in range(2, 8):
        edge.add(hit(number))
        with pytest.raises(stream.StreamFull):
            edge.flush()

    waiting = [path for path in tmp_path.glob("*.hits") if path.stat().st_size]
    monkeypatch.setattr(stream, "MOST_ENTRIES", 100)
    moved = edge.flush()

    assert (len(waiting), moved) == (2, 2)
    assert all_hits(valkey) == [hit(number) for number in range(1, 8)]


def test_a_large_file_is_closed_so_that_no_pack_outgrows_what_the_stream_takes(
    tmp_path: Path, valkey: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "FULL_BYTES", 500)
    edge = Spool(tmp_path, valkey)

    for number in range(1, 21):
        edge.add(hit(number))
    moved = edge.flush()

    assert moved > 1
    assert all_hits(valkey) == [hit(number) for number in range(1, 21)]


def test_spool_of_a_killed_process_is_shipped_by_the_next(tmp_path: Path, valkey: Redis) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from redis import Redis\n"
        "from service.feedback.hits import Hit; from service.feedback.spool import Spool\n"
        "edge = Spool(Path(sys.argv[1]), Redis(port=1)); edge.add(Hit('f' * 32, 1.0, 1, 2, None))\n"
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
    stream.append(valkey, "pack", hits.encode(hit(1)))
    first = stream.read(valkey, "reader", block_ms=10)

    again = stream.read(valkey, "reader", block_ms=10)
    stream.acknowledge(valkey, again)

    assert first == again
    assert stream.read(valkey, "reader", block_ms=10) == []
    assert valkey.xlen(stream.STREAM) == 0


def test_entry_of_a_consumer_that_is_gone_goes_to_the_next(valkey: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    stream.join(valkey)
    stream.append(valkey, "pack", hits.encode(hit(1)))
    stream.read(valkey, "killed", block_ms=10)
    monkeypatch.setattr(stream, "IDLE_MS", 0)

    (entry,) = stream.read(valkey, "next", block_ms=10)

    assert entry.hits == [hit(1)]


def test_shipped_file_stays_until_its_hits_are_committed(tmp_path: Path, valkey: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "LOOK_SECONDS", 0.0)
    edge = Spool(tmp_path, valkey)
    edge.add(hit(1))
    edge.flush()
    stream.join(valkey)
    edge.flush()
    kept = list(tmp_path.glob("*.sent"))

    stream.acknowledge(valkey, stream.read(valkey, "reader", block_ms=10))
    edge.flush()

    assert len(kept) == 1
    assert list(tmp_path.glob("*.sent")) == []
    assert valkey.zcard(stream.PACKS) == 0


@pytest.mark.parametrize("who", ["the same process", "the next one"])
def test_what_a_valkey_without_persistence_lost_is_shipped_again(
    tmp_path: Path, valkey: Redis, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    monkeypatch.setattr(spool, "LOOK_SECONDS", 0.0)
    edge = Spool(tmp_path, valkey)
    edge.add(hit(1))
    edge.flush()

    valkey.flushall()
    (edge if who == "the same process" else Spool(tmp_path, valkey)).flush()

    assert all_hits(valkey) == [hit(1)]


def test_what_was_in_a_stream_that_somebody_deleted_is_shipped_again(
    tmp_path: Path, valkey: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "LOOK_SECONDS", 0.0)
    edge = Spool(tmp_path, valkey)
    edge.add(hit(1))
    edge.flush()

    valkey.delete(stream.STREAM)
    edge.flush()

    assert all_hits(valkey) == [hit(1)]


def test_torn_line_costs_only_itself() -> None:
    data = hits.encode(hit(1)) + hits.encode(hit(2))

    found = [hits.decode(data[:-missing]) for missing in range(1, 30)]

    assert found[0] == [hit(1), hit(2)]
    assert all(torn == [hit(1)] for torn in found[1:])


def test_half_a_line_left_by_a_full_disk_swallows_no_later_hit(tmp_path: Path, valkey: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    edge = Spool(tmp_path, valkey)
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:20]))
    with pytest.raises(OSError, match="short write"):
        edge.add(hit(1))
    monkeypatch.undo()

    edge.add(hit(2))
    edge.flush()

    assert all_hits(valkey) == [hit(2)]


def test_hit_of_a_newer_edge_is_read_without_what_is_not_known_here() -> None:
    fields = hits.encode(hit(1)).decode().rstrip("\n").split("\t")

    (found,) = hits.decode("\t".join([*fields[:-1], "blue", fields[-1]]).encode())

    assert found == hit(1)
