"""The look at standing before each window of hand-overs (A6)."""

from collections.abc import Collection, Iterator

from service.delivery.transports.protocol import Envelope, Wait
from service.delivery.transports.window import Window


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def letters(count: int) -> Iterator[Envelope | Wait]:
    return (Envelope(number, "b@x.test", "ada@example.test", lambda _: b"") for number in range(count))


def test_a_look_that_has_grown_old_is_repeated_for_who_still_waits() -> None:
    asked: list[list[int]] = []
    clock = Clock()

    def standing(numbers: Collection[int]) -> Collection[int]:
        asked.append(list(numbers))
        return {2} if len(asked) == 2 else ()

    window = Window(letters(4), standing, monotonic=clock)
    first, second = window.next(), window.next()
    clock.now += 1

    third = window.next()

    assert [letter.number for letter in (first, second, third) if letter] == [0, 1, 3]
    assert asked == [[0, 1, 2, 3], [2, 3]]


def test_what_comes_back_is_looked_at_again() -> None:
    asked: list[list[int]] = []

    def standing(numbers: Collection[int]) -> Collection[int]:
        asked.append(list(numbers))
        return ()

    window = Window(letters(1), standing, monotonic=Clock())
    letter = window.next()
    assert letter is not None
    window.give_back(letter)

    assert window.next() is letter
    assert asked == [[0], [0]]


def test_a_rest_keeps_the_iterator_untouched_until_it_is_over() -> None:
    clock = Clock()
    window = Window(iter([Wait(5), *letters(1)]), None, monotonic=clock)

    assert window.next() is None
    assert window.rest_seconds == 5
    assert not window.is_finished
    clock.now += 5

    assert window.next() is not None
    assert window.next() is None
    assert window.is_finished


def test_a_window_where_nobody_is_left_leads_to_the_next() -> None:
    window = Window(letters(6), lambda numbers: {0, 1, 2}, size=3, monotonic=Clock())

    found = [letter.number for letter in iter(window.next, None)] or [letter.number for letter in iter(window.next, None)]

    assert found == [3, 4, 5]


def test_a_look_that_takes_too_long_gives_nothing_and_lets_the_caller_go_on() -> None:
    clock = Clock()
    seconds = iter((2, 2, 0))

    def standing(_numbers: Collection[int]) -> Collection[int]:
        clock.now += next(seconds)
        return ()

    window = Window(letters(1), standing, monotonic=clock)

    slow, slow_again, quick = window.next(), window.next(), window.next()

    assert (slow, slow_again, quick is not None) == (None, None, True)
