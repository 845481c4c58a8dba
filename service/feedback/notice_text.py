"""A report's own words, parted from the message that it returns. Pure: nothing of the returned message may decide why it came back."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from service.feedback.mail import Headers, Mail, read_headers

LONGEST = 32_000  # characters

_MARK = re.compile(
    r"^[ \t>*=_-]{0,80}(?:"
    r"(?:this is|below (?:this line )?is|here is|the following is|attached is|included is)? ?(?:a )?copy of (?:the|your|"
    r"my) (?:original )?(?:message|mail|e-?mail|headers?)|"
    r"(?:start of )?(?:the )?(?:original|returned|unsent|undelivered|unsendable|bounced|failed|rejected) (?:message|mail|"
    r"e-?mail)(?: (?:header|text|body|content)s?)?(?: follows?| below| is (?:attached|below)| headers?| body| begins?| info\w*)?|"
    r"(?:message|mail|header|text)(?: header| text| body)?s? (?:of (?:the )?original message )?follows?|"
    r"(?:the )?(?:message|mail)(?: you sent)? (?:contents|headers?|text) (?:was|were|is|are|follows?|below)|"
    r"(?:your|the) (?:original )?(?:message|mail|e-?mail)(?: is| was)? (?:follows|attached below|reproduced below|enclosed|"
    r"returned below)|"
    r"original[- ]message(?: details| info\w*)?|forwarded message|returned message|message headers?|received headers?|(?:first|"
    r"top) \d+ lines of|"
    r"원본 ?(?:메시지|메일)|원문|원래 ?메시지|(?:元|オリジナル)の?(?:メッセージ|メール)|原始邮件|原邮件|ursprüngliche nachricht|"
    r"original-?nachricht|message d'origine|mensaje original"
    r")[^\n]{0,60}$",
    re.IGNORECASE | re.MULTILINE,
)
_HEADERS = re.compile(
    r"^(?:Received(?![ \t]*:[ \t]*[2-5]\d\d[ -])|Return-Path|DKIM-Signature|MIME-Version|X-Mailer|Delivered-To|ARC-Seal)[ \t]*:[ \t]",
    re.IGNORECASE | re.MULTILINE,
)
_MESSAGE_ID = re.compile(r"^[> \t]{0,4}Message-ID[ \t]*:[ \t]*(<[^<>\s]{3,300}>)", re.IGNORECASE | re.MULTILINE)
_SUBJECT_LINE = re.compile(
    r"^[ \t>*-]{0,20}(?:subject|betreff|objet|asunto|oggetto|assunto|тема|제 ?목|件名|主 ?[题題旨])[ \t]*[:：][^\n]*",
    re.IGNORECASE | re.MULTILINE,
)
_ENOUGH = 24  # characters without which what stands before the mark is not yet the notice


@dataclass(frozen=True)
class Notice:
    """`words` are the system's; `returned` is what came back, as source; both may be empty."""

    words: str
    returned: str = ""
    headers: Headers = field(default_factory=Headers)  # of the returned message

    @cached_property
    def message_ids(self) -> tuple[str, ...]:
        """Message-IDs found in what was returned, the header's own first."""
        own = ids_in(self.headers.first("message-id"))
        return tuple(dict.fromkeys([*own, *_MESSAGE_ID.findall(self.returned[:200_000])]))


def ids_in(text: str) -> tuple[str, ...]:
    """The Message-IDs in a header's value, with their angle brackets."""
    return tuple(re.findall(r"<[^<>\s]{3,300}>", text[:8000]))


def of(mail: Mail) -> Notice:
    """Cut a report in two. Text parts after the returned message are not its words, unless there are no others."""
    returned = next((part.text for part in mail.parts if part.is_returned), "")
    words = _own_words(mail)
    cut, rest = _parted(words)
    source = returned or rest
    return Notice(_SUBJECT_LINE.sub("", cut[:LONGEST]), source, read_headers(source) if source else Headers())


def _own_words(mail: Mail) -> str:
    plain: list[str] = []
    html: list[str] = []
    for part in mail.parts:
        if part.is_returned:
            break
        if part.type == "text/html":
            html.append(part.words)
        elif part.type.startswith("text/") or part.type in ("application/octet-stream", "multipart/mixed", "multipart/report"):
            plain.append(part.words)
    written = "\n".join(plain)
    return written if len(written.strip()) >= _ENOUGH else "\n".join([written, *html])


def _parted(text: str) -> tuple[str, str]:
    """What stands before the returned message, and it; where nothing stands before it, the whole text is the notice."""
    for start in _cuts(text):
        if len(text[:start].strip()) >= _ENOUGH:
            rest = text[start:]
            headers = _HEADERS.search(rest)
            return text[:start], _flush(rest[headers.start() :] if headers and headers.start() < 2000 else rest.partition("\n")[2])
    return text, ""


def _cuts(text: str) -> list[int]:
    """Where a returned message may begin: a header that only a message has, or a line that announces it."""
    found = [match.start() for pattern in (_HEADERS, _MARK) for match in [*pattern.finditer(text)][:20]]
    return sorted(found)


def _flush(text: str) -> str:
    """A quoted message without its quote marks and common indentation."""
    return re.sub(r"^(?:> ?|\| ?|    )", "", text.lstrip("\n"), flags=re.MULTILINE)
