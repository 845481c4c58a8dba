"""Messages from segments against Jinja with EmailMessage for each recipient: `python -m tests.benchmark.messages`."""

import re
import statistics
from email import policy
from email.message import EmailMessage
from functools import partial

import jinja2

from service.rendering import fields
from service.rendering.headers import DATE, MESSAGE_ID, RECIPIENT, Headers
from service.rendering.personalise import fill
from service.rendering.segments import Encoding, Plan, Plans
from tests.benchmark import report
from tests.benchmark.report import Line

LINKS = 40
SIZE = 55_000
OURS, THEIRS = 2000, 12
EXTRA = ("city", "topic", "since", "number", "editor")  # with name, measuring and acting: eight fields
FLOOR_PER_SECOND, FLOOR_RATIO = 10_000, 80

STYLE = "font-family:'Apple SD Gothic Neo','Malgun Gothic',sans-serif;font-size:16px;line-height:1.7;color:#222222;word-break:keep-all;"
SENTENCE = "편집국은 이번 주에도 여러 도시의 독자들이 보내 준 이야기를 모아 정리했습니다. "


def main() -> bool:
    """Measure, print, write var/bench/messages.json; whether the floors are met."""
    html, text = content()
    plans = Plans(headers(), html, text)
    values = [values_of(number) for number in range(OURS)]
    work = {
        encoding.value: (partial(fill_all, plans.plan(encoding), values), OURS)
        for encoding in (Encoding.EIGHT_BIT, Encoding.QUOTED_PRINTABLE, Encoding.BASE64)
    }
    environment = jinja2.Environment(autoescape=True)
    templates = environment.from_string(as_jinja(html)), jinja2.Environment().from_string(as_jinja(text))
    work["jinja"] = (partial(build_all, templates, values[:THEIRS]), THEIRS)

    rates = report.interleaved(work)

    lines = []
    for name in work:
        per_second, times = statistics.median(rates[name]), report.ratio(rates, name, "jinja")
        is_floor = name == Encoding.EIGHT_BIT.value
        floor = f"{FLOOR_PER_SECOND:,}/s, {FLOOR_RATIO}x" if is_floor else ""
        is_met = not is_floor or (per_second >= FLOOR_PER_SECOND and times >= FLOOR_RATIO)
        label = "Jinja + EmailMessage" if name == "jinja" else f"segments, {name}"
        lines.append(Line(label, per_second, times, floor, is_met))
    size = len(fill(plans.plan(Encoding.EIGHT_BIT), values[0]))
    about: dict[str, object] = {
        "octets": size,
        "links": LINKS,
        "fields": 3 + len(EXTRA),
        "encodings": plans.plan(Encoding.EIGHT_BIT).encodings,
    }
    title = f"Messages of {size:,} octets, {LINKS} links, {3 + len(EXTRA)} fields"
    report.publish("messages", title, "Jinja and EmailMessage for each recipient", lines, about)
    return all(line.is_met for line in lines)


def fill_all(plan: Plan, values: list[dict[str, str]]) -> None:
    for each in values:
        fill(plan, each)


def build_all(templates: tuple[jinja2.Template, jinja2.Template], values: list[dict[str, str]]) -> None:
    for each in values:
        naive(*templates, each)


def content(further: tuple[str, ...] = EXTRA) -> tuple[str, str]:
    """An issue as the renderer leaves it: inlined styles, a link in each section, fields in the text, `further` ones too."""
    measuring, acting, name = (fields.token(each) for each in (fields.MEASURING, fields.ACTING, fields.NAME))
    rows, text = [f'<p style="{STYLE}">안녕하세요, {name}님.</p>'], [f"안녕하세요, {name}님.", ""]
    for number in range(LINKS):
        link = f"https://news.example.test/c/{measuring}/{number}"
        extra = fields.token(further[number]) if number < len(further) else ""
        rows.append(f'<tr><td align="left" style="padding:10px 25px;{STYLE}">')
        rows.append(f'<div style="{STYLE}">{SENTENCE * 4}{extra}</div>')
        rows.append(f'<a href="{link}" style="color:#1f4fd8;{STYLE}">더 알아보기</a></td></tr>')
        text += [SENTENCE * 2 + extra, link, ""]
    rows.append(f'<a href="https://news.example.test/u/{acting}">수신거부</a>')
    text.append(f"수신거부 https://news.example.test/u/{acting}")
    html = "\r\n".join(rows)
    padding = SIZE - len(html.encode()) - len("\r\n".join(text).encode())
    html += "\r\n" + "\r\n".join(f"<!-- {SENTENCE} -->" for _ in range(max(0, padding // len(f"<!-- {SENTENCE} -->\r\n".encode()))))
    return html, "\r\n".join(text)


def headers() -> Headers:
    acting = fields.token(fields.ACTING)
    return Headers(
        sender_name="월요 소식",
        sender_email="news@example.test",
        subject="월요일 아침의 소식을 전해 드립니다",
        list_name="월요 소식",
        list_domain="news.example.test",
        unsubscribe_url=f"https://news.example.test/u/{acting}",
        unsubscribe_mailto=f"mailto:leave+{acting}@bounces.example.test?subject=unsubscribe",
        feedback_id="issue7:ko:news:pressrun",
    )


def values_of(number: int) -> dict[str, str]:
    return {
        fields.NAME: f"독자 {number}",
        fields.MEASURING: f"AbCdEfGhIjKlMnOpQrStUvWx{number:08d}",
        fields.ACTING: f"ZyXwVuTsRqPoNmLkJiHgFeDcBaZy{number:08d}",
        "city": "서울",
        "topic": "기술 & 사회",
        "since": "2026-09-14",
        "number": str(number),
        "editor": "편집국",
        RECIPIENT: f"reader{number}@example.test",
        MESSAGE_ID: f"<d{number:032d}.7@news.example.test>",
        DATE: "Mon, 14 Sep 2026 07:30:00 +0900",
    }


def as_jinja(template: str) -> str:
    """The same letter as a Jinja template, optional segments included."""
    template = re.sub(r"pr0(?:begin|end)0[a-z]+0", "", template)
    return fields.TOKEN.sub(lambda word: "{{ " + word[1] + " }}", template)


def naive(html: jinja2.Template, text: jinja2.Template, values: dict[str, str]) -> bytes:
    """The conventional way: render both parts and build the whole message for each recipient."""
    about = headers()
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = f"{about.sender_name} <{about.sender_email}>"
    message["To"], message["Subject"] = values[RECIPIENT], about.subject
    message["Date"], message["Message-ID"] = values[DATE], values[MESSAGE_ID]
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text.render(values))
    message.add_alternative(html.render(values), subtype="html")
    return message.as_bytes()


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
