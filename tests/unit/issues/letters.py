"""Letters put together from random parts, and what of a line must be there after reading. Other rooms' property tests use them, too."""

import re
import unicodedata

from hypothesis import strategies as st

WORDS = st.sampled_from(
    [
        "전력망", "얼음", "배터리", "위성", "문자", "로봇", "작업장", "시험", "결과", "사람", "<b>굵게</b>", "R&D", "“말”", "‘생각’",
        "(참고)", "AI", "A&B", "storage", "grid", "the", "slow", "robot", "won't", '"yes"', "100", "p<q", "a*b", "🎈", "나비…",
        "3.5배", "12%", "2026년", "e\u0301tude", "https://example.com/a?b=1&c=2", "10:25", "[대괄호]", "끝!", "왜?",
    ]
)  # fmt: skip
TITLES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
SENTENCES = st.builds(
    lambda words, end: " ".join(words) + end, st.lists(WORDS, min_size=2, max_size=14), st.sampled_from(["습니다.", ".", "죠.", "?", ""])
)
EMOJI = st.sampled_from(["🧊", "🛰️", "👩‍🔬", "💡", "➕", "❤️", "🇰🇷", "1️⃣", "👍🏽", ""])
CREDITS = st.sampled_from(["(출처 : 로이터)", "(사진: A, 편집=B)", "(출처 : )", "(Source: C (D))", "（출처：E）", "(Photo by F)", ""])
MARKS = st.sampled_from(["•", "-", "*", "·", "1.", "2)", "①", "(3)"])
COLONS = st.sampled_from([":", " :", "：", " : "])
GAPS = st.sampled_from(["\n", "\n\n", "\r\n", "\n \u00a0\n\n", "\n\t"])


def label(*words: str) -> st.SearchStrategy[str]:
    """One of the words with a colon and what may follow it."""
    return st.builds(lambda word, colon, rest: f"{word}{colon} {rest}", st.sampled_from(words), COLONS, TITLES | st.just(""))


LINES = st.one_of(
    SENTENCES,
    TITLES,
    st.builds("{}{}".format, EMOJI, TITLES),
    st.builds("{} {}".format, TITLES, CREDITS),
    st.builds("{} {}".format, MARKS, SENTENCES),
    label("팩트 요약", "팩트요약", "Fact summary", "왜 중요한가", "Why it matters", "💡위클리 인사이트", "전망"),
    st.builds("👉{}".format, label("더 알아보기", "Learn more", "위클리 인사이트")),
    label("Q.", "A.", "질문", "답", "Q1", "A1"),
    st.sampled_from(
        [
            "안녕하세요, 한서진입니다.", "Hello, readers.", "감사합니다.", "Thank you for reading.", "실리콘밸리에서", "한서진 드림",
            "Best regards,", "회원가입 후 무료로 받아보세요!", "주 3회(월, 수, 금) 보내드립니다.", "On Monday, Wednesday and Friday.",
            "reporter-profile", "한서진 2026.03.04 09:40 PST", "By Mira Holloway", "[주간테크레터] 2026년 2월 25일~3월 3일", "목차",
            "➕주목한 뉴스", "“조용함은 권리다”", "— 임가온", "• 마린윙스, 글라이더 시험 마쳐마린윙스는 발표했다.",
            "2026년 12월 29일~1월 4일", "(왼쪽부터) 가, 나, 다", "1.", "👉", "•", "─ 왜 그런가요?",
        ]
    ),
)  # fmt: skip

LETTERS = st.builds(lambda parts: "".join(line + gap for line, gap in parts), st.lists(st.tuples(LINES, GAPS), min_size=1, max_size=25))

_LIST_MARK = re.compile(r"^\s*(?:[•\-*·]\s*|\(?\d{1,2}[.)]\s*|[①-⑳]\s*)+(?=\S)")
_ADDRESS = re.compile(r"https?://\S+")


def kernel(text: str) -> str:
    """What must not be lost of a text: its letters, digits, symbols and emoji, without spaces and punctuation."""
    normal = unicodedata.normalize("NFC", _ADDRESS.sub("", text)).replace("👉", "")
    return "".join(letter for letter in normal if not letter.isspace() and unicodedata.category(letter)[0] != "P")


def kernels(source: str) -> list[str]:
    """The kernel of each line of a source, list marks and punctuation aside."""
    lines = (kernel(_LIST_MARK.sub("", unicodedata.normalize("NFC", line))) for line in re.split(r"\r\n?|\n", source))
    return [line for line in lines if line]


def disturbed(source: str) -> st.SearchStrategy[str]:
    """A whole letter with a few lines left out, moved or put in, and some empty lines taken away."""
    lines = source.split("\n")
    places = st.integers(0, len(lines) - 1)
    changes = st.lists(st.tuples(st.sampled_from(["drop", "move", "add", "close"]), places, places, LINES), max_size=8)
    return changes.map(lambda found: _changed(lines, found))


def _changed(lines: list[str], changes: list[tuple[str, int, int, str]]) -> str:
    result = list(lines)
    for kind, at, to, line in changes:
        at, to = at % len(result), to % len(result)
        if kind == "drop" and len(result) > 1:
            result.pop(at)
        elif kind == "move":
            result.insert(to, result.pop(at))
        elif kind == "add":
            result.insert(at, line)
        elif not result[at].strip() and len(result) > 1:
            result.pop(at)
    return "\n".join(result)
