"""A hit comes out of its packed line as it went in, whatever its program calls itself."""

from hypothesis import given
from hypothesis import strategies as st

from service.feedback import hits
from service.feedback.hits import Hit

WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)


@given(
    link=st.none() | st.integers(0, 99_999),
    numbers=st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**40 - 1)),
    at=st.integers(0, 2**51),
    words=st.tuples(WORDS, WORDS, WORDS),
)
def test_packed_hit_is_the_same_again(link: int | None, numbers: tuple[int, int], at: int, words: tuple[str, str, str]) -> None:
    hit = Hit("0" * 32, at / 1e6, *numbers, link, *words)

    assert hits.decode(hits.encode(hit) * 2) == [hit, hit]


def test_ids_are_all_different_in_one_moment_too_and_grow_with_time() -> None:
    processes = [hits.Ids() for _ in range(3)]

    ids = [each.new(1_760_000_000.0 + second) for second in range(300) for each in processes for _ in range(3)]

    assert len(set(ids)) == len(ids)
    assert {len(each) for each in ids} == {hits.ID_LENGTH}
    assert [each[:12] for each in ids] == sorted(each[:12] for each in ids)
