"""What Korean portals and office services send back, in the encodings that they use."""

from tests.support.postbag.building import (
    ADDRESS,
    DORA,
    ORIGINAL,
    ORIGINAL_HEADERS,
    Sample,
    body,
    bounce,
    delayed,
    mail,
    part,
    parts,
    report,
    word,
)


def _head(sender: str, subject: str, charset: str = "utf-8", more: str = "") -> str:
    return f"Return-Path: <>\nFrom: {sender}\nTo: {ADDRESS}\nSubject: {word(subject, charset)}\n{more}"


def _page(*rows: tuple[str, str]) -> str:
    inner = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in rows)
    return f'<html><head><style>.full{{color:#03c75a}}</style></head><body><table class="mail">{inner}</table></body></html>'


def _said(answer: str, status: str, host: str) -> bytes:
    return report(
        f"Return-Path: <>\nFrom: MAILER-DAEMON@relay.example.test (Mail Delivery System)\nTo: {ADDRESS}\nSubject: Undelivered Mail Returned to Sender",
        f"<{DORA}>: host {host} said: {answer} (in reply to RCPT TO command)\n",
        f"Reporting-MTA: dns; relay.example.test\n\nFinal-Recipient: rfc822; {DORA}\nAction: failed\nStatus: {status}\nDiagnostic-Code: smtp; {answer}\n",
        returned=ORIGINAL_HEADERS,
        returned_kind="text/rfc822-headers",
    )


def samples() -> list[Sample]:
    return [*_portals(), *_offices()]


def _portals() -> list[Sample]:
    return [
        bounce(
            "naver-no-such-account",
            parts(
                _head(
                    "메일 배달 시스템 <noreply@navermail.example.test>".replace("메일 배달 시스템", word("네이버 메일")),
                    "[네이버 메일] 메일이 전송되지 못했습니다.",
                ),
                "multipart/mixed",
                body(
                    _page(
                        ("받는사람", "dora@reader.test"),
                        ("발송 시간", "2026-11-10 07:00:12"),
                        ("전송 실패 사유", "존재하지 않는 아이디이거나 휴면 상태의 계정입니다. 받는사람의 메일 주소를 다시 확인해 주세요."),
                    ),
                    "utf-8",
                    "base64",
                    "text/html",
                ),
                part("message/rfc822", ORIGINAL),
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "naver-mailbox-full",
            parts(
                _head("mailer-daemon@naver.com", "메일 전송 실패 안내", more="X-Naver-Bounce: 1"),
                "multipart/mixed",
                body(
                    _page(("받는사람", "dora@reader.test"), ("실패 사유", "받는 사람의 메일함 용량이 초과되어 메일을 받을 수 없습니다.")),
                    "utf-8",
                    "base64",
                    "text/html",
                ),
                part("message/rfc822", ORIGINAL),
            ),
            "full",
            action="count",
        ),
        bounce(
            "naver-5-1-1-rcpt",
            _said("550 5.1.1 No such user (dora@reader.test) - nsmtp", "5.1.1", "mx1.naver.com[203.0.113.81]"),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "naver-rate-421",
            _said("421 4.3.2 Your IP has been limited because of too many connections. - nsmtp", "4.3.2", "mx1.naver.com[203.0.113.81]"),
            "rate",
            "4.3.2",
            action="log",
        ),
        bounce(
            "daum-filtered-ip",
            _said("421 4.3.2 Your IP 192.0.2.25 is filtered", "4.3.2", "mx.hanmail.net[203.0.113.82]"),
            "reputation",
            "4.3.2",
            action="alarm",
        ),
        bounce(
            "daum-unknown-user-eqsa",
            _said("554 5.7.1 EQSA user unknown <dora@reader.test>", "5.7.1", "mx.hanmail.net[203.0.113.82]"),
            "unknown_user",
            "5.7.1",
            action="suppress",
        ),
        bounce(
            "daum-notice-euc-kr",
            mail(
                _head("Mail Delivery Subsystem <mailer-daemon@hanmail.net>", "[Daum메일] 발송 실패 알림", "euc-kr"),
                "안녕하세요. Daum 메일입니다.\n\ndora@reader.test 님에게 보내신 메일이 아래와 같은 이유로 전달되지 못했습니다.\n\n실패 이유: 수신자의 메일 주소가 존재하지 않습니다. (User unknown)\n\n받는 분의 주소를 확인하신 후 다시 보내 주시기 바랍니다.\n",
                "euc-kr",
                "base64",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "kakao-blocked-by-recipient",
            mail(
                _head("카카오메일 <postmaster@kakao.example.test>".replace("카카오메일", word("카카오메일")), "메일이 전달되지 않았습니다"),
                "보내신 메일이 dora@reader.test 님에게 전달되지 않았습니다.\n사유: 수신자가 보낸사람을 수신 차단하였습니다.\n",
                coding="base64",
            ),
            "policy",
            action="alarm",
        ),
        bounce(
            "nate-dormant",
            mail(
                _head("postmaster@nate.com", "메일 발송 실패 안내", "euc-kr"),
                _page(
                    ("받는 사람", "dora@reader.test"),
                    ("원인", "수신자의 계정이 장기간 미사용으로 휴면 처리되어 메일을 수신할 수 없습니다."),
                ),
                "euc-kr",
                "quoted-printable",
                "text/html",
            ),
            "disabled",
            action="count",
        ),
        bounce(
            "nate-spam-content",
            _said("554 5.7.1 Your message was rejected by spam filter (nate)", "5.7.1", "mx.nate.com[203.0.113.83]"),
            "spam",
            "5.7.1",
            action="alarm",
        ),
        bounce(
            "naver-dmarc",
            _said("550 5.7.1 Email rejected per DMARC policy for news.example.test - nsmtp", "5.7.1", "mx2.naver.com[203.0.113.81]"),
            "authentication",
            "5.7.1",
            action="alarm",
        ),
    ]


def _offices() -> list[Sample]:
    return [
        bounce(
            "hiworks-unknown",
            parts(
                _head("Mail Delivery System <MAILER-DAEMON@hiworks.example.test>", "메일 반송 안내 (Returned mail)"),
                "multipart/report; report-type=delivery-status",
                body(
                    "메일이 다음 수신자에게 전송되지 못하였습니다.\n\n수신자 : dora@reader.test\n반송 사유 : 수신자 계정이 존재하지 않음\n서버 응답 : 550 5.1.1 <dora@reader.test>: Recipient address rejected: User unknown in virtual mailbox table\n",
                    coding="base64",
                ),
                part(
                    "message/delivery-status",
                    "Reporting-MTA: dns; hiworks.example.test\n\nFinal-Recipient: rfc822; dora@reader.test\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <dora@reader.test>: Recipient address rejected: User unknown in virtual mailbox table\n",
                ),
                part("text/rfc822-headers", ORIGINAL_HEADERS),
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "whoisworks-quota",
            mail(
                _head("postmaster@reader.test", "[반송] 메일 용량 초과"),
                "귀하께서 보내신 메일이 반송되었습니다.\n\n받는이: dora@reader.test\n사유: 사서함 용량 초과 (mailbox quota exceeded)\n",
                "utf-8",
                "quoted-printable",
            ),
            "full",
            action="count",
        ),
        bounce(
            "mailplug-retired",
            mail(
                _head("MAILER-DAEMON@mail.reader.test", "반송 메일"),
                "다음 주소로 메일을 배달할 수 없습니다.\n\n  dora@reader.test : 사용이 중지된 계정입니다.\n",
                "euc-kr",
                "8bit",
            ),
            "disabled",
            action="count",
        ),
        bounce(
            "korean-host-not-found",
            mail(
                _head("MAILER-DAEMON@relay.example.test", "메일 전송 실패"),
                "아래 주소로 메일을 보내지 못했습니다.\n\n<dora@reader.test> : 수신 도메인을 찾을 수 없습니다. (Host not found)\n",
                "euc-kr",
                "base64",
            ),
            "unknown_host",
            action="confirm",
        ),
        delayed(
            "korean-delay",
            mail(
                _head("postmaster@relay.example.test", "메일 전송 지연 안내"),
                "dora@reader.test 님께 보내신 메일의 전송이 지연되고 있습니다. 3일 동안 재전송을 계속 시도하며, 다시 보내실 필요는 없습니다.\n",
                "utf-8",
                "base64",
            ),
        ),
        bounce(
            "korean-spam-gateway",
            mail(
                _head("SPAMSNIPER <postmaster@reader.test>", "메일 수신이 차단되었습니다"),
                "dora@reader.test 님께 보내신 메일이 스팸 메일로 분류되어 차단되었습니다.\n차단 사유: 스팸 필터\n",
                "euc-kr",
                "base64",
            ),
            "spam",
            action="alarm",
        ),
    ]
