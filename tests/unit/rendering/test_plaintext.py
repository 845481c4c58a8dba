"""The text twin: lines that a terminal and a mail server can hold."""

import pytest

from service.rendering import engine, plaintext, wrapping


def test_korean_letters_count_two_columns() -> None:
    lines = wrapping.wrap("가나다라 " * 40).split("\n")

    assert all(wrapping.columns(line) <= wrapping.MAX_COLUMNS for line in lines)
    assert " ".join(lines).split() == ["가나다라"] * 40


def test_an_address_keeps_a_line_of_its_own() -> None:
    address = "https://go.example.com/c/" + "x" * 90

    assert wrapping.wrap(f"앞말 {address} 뒷말") == f"앞말\n{address}\n뒷말"


def test_a_word_that_no_mail_could_hold_is_broken() -> None:
    lines = wrapping.wrap("가" * 1000).split("\n")

    assert "".join(lines) == "가" * 1000
    assert max(len(line.encode()) for line in lines) <= 998


def test_list_items_hang() -> None:
    assert wrapping.wrap("가나 " * 20, first="  1. ", rest="     ").split("\n")[1].startswith("     가나")


def test_gaps_between_parts_are_one_empty_line() -> None:
    assert plaintext.tidy("\n\n하나  \n\n\n\n둘\n\n") == "하나\n\n둘\n"


@pytest.mark.parametrize(("label", "shown"), [("Q", "Q."), ("Q 2", "Q 2."), ("질문", "질문:"), ("Ada", "Ada:"), ("–", "–")])
def test_mark_of_a_question_stands_as_papers_print_it(label: str, shown: str) -> None:
    assert engine.announced(label) == shown
