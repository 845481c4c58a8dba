"""A table of readers as people export it: any of the usual encodings and separators, line by line. Pure; no row is judged here."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from service.core.errors import Invalid

MAX_BYTES = 20 * 1024 * 1024  # F9
MAX_ROWS = 1_000_000  # F9
MOST_LINES = 2 * MAX_ROWS  # blank ones and those inside a quoted cell included
LONGEST_LINE = 1_000_000  # characters; beyond, its cells alone would take a hundred megabytes
MOST_COLUMNS = 100  # more is no table of readers, and nobody could choose among them
SEPARATORS = ",;\t"
_NAMES = {
    "email": (
        "email",
        "e-mail",
        "e-mailaddress",
        "emailaddress",
        "mail",
        "address",
        "이메일",
        "이메일주소",
        "메일",
        "메일주소",
        "전자우편",
    ),
    "name": ("name", "fullname", "이름", "성명", "구독자", "구독자명", "닉네임"),
    "advertising": (
        "advertising",
        "ads",
        "marketing",
        "광고",
        "광고수신",
        "광고동의",
        "광고성정보수신동의",
        "광고성정보수신",
        "마케팅",
        "마케팅동의",
    ),
    "consented_on": ("consentedon", "consentdate", "consent", "date", "동의일", "동의날짜", "구독일", "가입일"),
}
FIELDS = tuple(_NAMES)


class UnreadableFile(Invalid):
    """The file is not a table we can read; the remedy says how to save it."""


@dataclass(frozen=True)
class Row:
    """One row with the number of the line it begins on, from 1; `cells` is None where the line could not be read as a row."""

    line: int
    cells: tuple[str, ...] | None


def decode(content: bytes) -> str:
    """The text of the file: by its byte order mark, else UTF-8, else CP949. Raises UnreadableFile."""
    if not content.strip():
        raise UnreadableFile("The file is empty.")
    if len(content) > MAX_BYTES:
        raise UnreadableFile("The file is larger than 20 MB.", remedy="Split it into several files.")
    if content.startswith(b"PK"):
        raise UnreadableFile(
            "This is a spreadsheet or a zip file, not a table as text.", remedy="In the spreadsheet choose “Save as”, then “CSV UTF-8”."
        )
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableFile("The file is neither UTF-8 nor CP949 text.", remedy="In the spreadsheet choose “Save as”, then “CSV UTF-8”.")


def rows(text: str) -> Iterator[Row]:
    """The rows that hold anything, in order. Raises UnreadableFile after MAX_ROWS, and for lines that no table of readers has."""
    reader = csv.reader(_lines(text), delimiter=separator(text))
    number = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Row(line, None)
            continue
        if len(cells) > MOST_COLUMNS:
            yield Row(line, None)
        elif any(cell.strip() for cell in cells):
            number += 1
            if number > MAX_ROWS:
                raise _too_many_rows()
            yield Row(line, tuple(cell.strip(" \t\u00a0\u3000") for cell in cells))


def separator(text: str) -> str:
    """The separator that stands most often in the first line that holds anything."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(SEPARATORS, key=first.count)


def guess_columns(first: Row) -> dict[str, int]:
    """Which column holds which field, by the words of a header row; where there is no header, the first cell with an @ is the address."""
    cells = first.cells or ()
    words = ["".join(cell.casefold().replace("_", "").split()) for cell in cells]
    found = {field: words.index(word) for field, names in _NAMES.items() for word in reversed(names) if word in words}
    if "email" not in found:
        at = next((number for number, cell in enumerate(cells) if "@" in cell), None)
        return {} if at is None else {"email": at}
    return found


def has_header(first: Row) -> bool:
    """Whether the first row names the columns: no cell of it is an address."""
    return not any("@" in cell for cell in first.cells or ())


def neutral(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (F9)."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def write(header: list[str], table: list[list[str]]) -> bytes:
    """A table for a spreadsheet: every cell quoted and neutral, UTF-8 with the mark that Excel needs for Korean."""
    output = io.StringIO(newline="")
    writer = csv.writer(output, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([[neutral(cell) for cell in row] for row in [header, *table]])
    return output.getvalue().encode("utf-8-sig")


def _lines(text: str) -> Iterator[str]:
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if number > MOST_LINES:
            raise _too_many_rows()
        if len(line) > LONGEST_LINE:
            raise UnreadableFile(
                "Line {line} is too long for a table of readers.", remedy="Save the table again, one reader in each line.", line=number
            )
        yield line


def _too_many_rows() -> UnreadableFile:
    return UnreadableFile("The file has more than a million rows.", remedy="Split it into several files.")


def _encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    return ("utf-8-sig", "cp949")
