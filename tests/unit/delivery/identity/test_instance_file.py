"""The host's note: the highest count stays, whatever is cut short, and however many processes count at once."""

import multiprocessing
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.delivery.identity import instance_file
from service.delivery.identity.instance_rules import Known

NOTE = Known("a" * 32, 5, "k" * 32, "7456000000000000000/00000001/16384")


def test_a_host_without_a_note_knows_nothing(tmp_path: Path) -> None:
    assert instance_file.read(tmp_path) is None


def test_what_is_written_is_read(tmp_path: Path) -> None:
    instance_file.write(tmp_path / "var", NOTE)

    assert instance_file.read(tmp_path / "var") == NOTE


@given(counts=st.lists(st.integers(0, 2**62), max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
def test_the_highest_count_stays(tmp_path: Path, counts: list[int]) -> None:
    instance_file.write(tmp_path, NOTE)

    for each in counts:
        instance_file.count(tmp_path, NOTE.instance_id, each)

    assert instance_file.read(tmp_path) == replace(NOTE, counter=max([NOTE.counter, *counts]))


def test_counts_of_another_database_are_not_kept(tmp_path: Path) -> None:
    instance_file.write(tmp_path, NOTE)

    instance_file.count(tmp_path, "b" * 32, 99)

    assert instance_file.read(tmp_path) == NOTE


@given(kept=st.integers(0, instance_file.PLACE - 1), junk=st.binary(min_size=1, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
def test_a_write_that_is_cut_short_leaves_the_one_before(tmp_path: Path, kept: int, junk: bytes) -> None:
    instance_file.write(tmp_path, NOTE)
    instance_file.count(tmp_path, NOTE.instance_id, 6)
    file = instance_file.path(tmp_path)
    before = file.read_bytes()
    instance_file.count(tmp_path, NOTE.instance_id, 7)  # goes to the first place

    torn = (file.read_bytes()[:kept] + junk + before[kept + len(junk) :])[: instance_file.PLACE]
    file.write_bytes(torn + before[instance_file.PLACE :])

    found = instance_file.read(tmp_path)
    assert found is not None
    assert found.counter in (6, 7)


def test_processes_that_count_at_once_lose_no_count(tmp_path: Path) -> None:
    instance_file.write(tmp_path, NOTE)
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=_count_up, args=(tmp_path, first)) for first in range(4)]

    for child in children:
        child.start()
    for child in children:
        child.join()

    assert [child.exitcode for child in children] == [0] * 4
    found = instance_file.read(tmp_path)
    assert found is not None
    assert found.counter == 203


def _count_up(folder: Path, first: int) -> None:
    for number in range(first, 204, 4):
        instance_file.count(folder, NOTE.instance_id, number)
        found = instance_file.read(folder)
        assert found is not None
        assert found.counter >= number
