"""Tables as people export them."""

import pytest

from service.subscribers import csv_file
from service.subscribers.csv_file import Row, UnreadableFile


def rows(content: bytes) -> list[Row]:
    return list(csv_file.rows(csv_file.decode(content)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_usual_encodings_separators_and_line_ends_are_read(encoding: str, separator: str, ending: str) -> None:
    content = ending.join([separator.join(["이메일", "이름"]), separator.join(["ada@naver.com", "에이다"]), ""]).encode(encoding)

    found = rows(content)

    assert found == [Row(1, ("이메일", "이름")), Row(2, ("ada@naver.com", "에이다"))]


def test_line_numbers_count_lines_not_rows() -> None:
    found = rows(b'email,name\n\n"ada@naver.com","Ada\nLovelace"\nben@gmail.com,Ben\n')

    assert [row.line for row in found] == [1, 3, 5]


@pytest.mark.parametrize("content", [b"", b"  \n \n", b"PK\x03\x04 a zip", b"a,b\0c", b"\xff\xff\xff", b"x" * (csv_file.MAX_BYTES + 1)])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        csv_file.decode(content)


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "MAX_ROWS", 2)

    with pytest.raises(UnreadableFile):
        rows(b"a\nb\nc\n")


def test_row_that_cannot_be_read_does_not_end_the_file() -> None:
    found = rows(b"ada@naver.com\n" + b"x" * 200_000 + b"\nben@gmail.com\n")

    assert [row.cells for row in found] == [("ada@naver.com",), None, ("ben@gmail.com",)]


def test_columns_are_guessed_from_a_korean_header() -> None:
    first = Row(1, ("번호", "이메일 주소", "이름", "광고성 정보 수신 동의", "가입일"))

    assert csv_file.guess_columns(first) == {"email": 1, "name": 2, "advertising": 3, "consented_on": 4}
    assert csv_file.has_header(first)


def test_without_a_header_the_first_address_is_the_column() -> None:
    first = Row(1, ("Ada", "ada@naver.com"))

    assert csv_file.guess_columns(first) == {"email": 1}
    assert not csv_file.has_header(first)


def test_no_cell_that_is_written_is_a_formula() -> None:
    written = csv_file.write(["line", "reason"], [["=1+1", "+2"], ["-3", "@SUM"], ["\tx", "plain"]]).decode("utf-8-sig")

    assert written == '"line","reason"\r\n"\'=1+1","\'+2"\r\n"\'-3","\'@SUM"\r\n"\'\tx","plain"\r\n'


def test_row_of_too_many_columns_is_no_row() -> None:
    found = rows(("ada@naver.com,Ada\n" + "," * 300 + "\n").encode())

    assert [row.cells for row in found] == [("ada@naver.com", "Ada"), None]


@pytest.mark.parametrize("text", ["," * 2_000_000, "\n" * 3_000_000 + "ada@naver.com"])
def test_what_is_no_table_is_refused_before_it_costs_much(text: str) -> None:
    with pytest.raises(UnreadableFile):
        list(csv_file.rows(text))
