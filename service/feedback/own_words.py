"""What a person has written into a reply, without what their mail program quoted below it. Pure."""

import re

from service.feedback.mail import Mail

LONGEST = 4000  # characters of own words that are looked at

_QUOTE_BEGINS = re.compile(
    r"^\s*(?:>|\|\s|-{2,}\s*(?:original|forwarded|원본|원문|전달|original-?nachricht|ursprüngliche|message d'origine|"
    r"mensaje original|元の|转发|原始)|_{10,}|={10,}|"
    r"(?:on|am|le|el|il|em|op) .{4,160}(?:wrote|schrieb|a écrit|escribi[oó]|ha scritto|escreveu|schreef)\s*:?\s*$|.{4,160}(?:님이|"
    r"님께서|이\(가\)|写道|のメッセージ|さんは).{0,20}(?:작성|썼|보낸|쓴|:|：|書き)|"
    r"(?:from|보낸 ?사람|보낸이|발신자|差出人|发件人|寄件者|von|de)\s*[:：]\s*\S|20\d\d[-./년 ].{0,60}(?:wrote|작성|썼|보냄|보낸|"
    r"<[^<>@\s]+@[^<>\s]+>)|-- $|--$|sent from my |나의 \S+에서 보냄|from my iphone|get outlook for)",
    re.IGNORECASE,
)
_HTML_QUOTE = re.compile(
    r"<blockquote|class=[\"']?(?:gmail_quote|yahoo_quoted|moz-cite-prefix|replay_to|naver_quote)|id=[\"']?(?:divRplyFwdMsg|"
    r"appendonsend|mail-editor-reference)",
    re.IGNORECASE,
)


def of(mail: Mail) -> str:
    """The writer's own words of the first text, plain before HTML; "" where everything is quoted."""
    plain = next((part.text for part in mail.parts if part.type == "text/plain" and part.text.strip()), "")
    if plain:
        return _above_quote(plain)
    rich = next((part for part in mail.parts if part.type == "text/html"), None)
    if rich is None:
        return ""
    cut = _HTML_QUOTE.search(rich.text)
    shown = rich.text[: cut.start()] if cut else rich.text
    return _above_quote(type(rich)("text/html", shown.rpartition("<")[0] if cut and not shown.endswith(">") else shown).words)


def _above_quote(text: str) -> str:
    kept: list[str] = []
    lines = text[: LONGEST * 4].split("\n")
    for number, line in enumerate(lines):
        following = lines[number + 1].strip() if number + 1 < len(lines) else ""
        # "On Monday, Ada" / "<ada@…> wrote:" is often broken over two lines
        if _QUOTE_BEGINS.match(line) or (
            line.strip() and len(line) < 160 and _QUOTE_BEGINS.match(f"{line.strip()} {following}") and "wrote" in following
        ):
            if line.lstrip().startswith(">") and not any(one.strip() for one in kept):
                continue  # some write below what they quote
            break
        kept.append(line)
    return "\n".join(kept).strip()[:LONGEST]
