"""What Exchange, Microsoft 365 and Outlook.com send back, in several languages."""

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

_365 = f"""Return-Path: <>
Received: from KOR01-SE1-obe.outbound.protection.outlook.com ([198.51.100.7]) by mx.example.test; Tue, 10 Nov 2026 07:01:03 +0900
From: Microsoft Outlook <postmaster@reader.test>
To: <{ADDRESS}>
Date: Mon, 9 Nov 2026 22:01:02 +0000
Message-ID: <4a1f2d9e-77c1-4ab1-8c11-3d1b6f0f2c11@SE1P216MB1234.KORP216.PROD.OUTLOOK.COM>
Content-Language: en-US
X-MS-Exchange-Message-Is-Ndr:
X-MS-Exchange-Organization-SCL: -1
References: <d5b1c9e02.41@news.example.test>
Auto-Submitted: auto-replied
"""


def _fields(status: str, diagnostic: str, action: str = "failed", recipient: str = DORA) -> str:
    return f"""Reporting-MTA: dns;SE1P216MB1234.KORP216.PROD.OUTLOOK.COM
Received-From-MTA: dns;news.example.test
Arrival-Date: Mon, 9 Nov 2026 22:00:13 +0000

Original-Recipient: rfc822;{recipient}
Final-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp;{diagnostic}
"""


def _html(inner: str, kind: str = "base64", charset: str = "utf-8") -> bytes:
    page = f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"><style>td.x {{font-family:Segoe UI}}
/* blocked full unknown */</style></head><body><table width="548"><tr><td class="x">{inner}</td></tr></table></body></html>"""
    return body(page, charset, kind, "text/html")


def samples() -> list[Sample]:
    return [*_reports(), *_localised(), *_plain()]


def _reports() -> list[Sample]:
    return [
        bounce(
            "365-recipient-not-found",
            report(
                _365 + f"Subject: Undeliverable: {word('아침편지')}",
                _html(
                    "<b>Your message to dora@reader.test couldn't be delivered.</b><p>dora wasn't found at reader.test.</p><p>post &nbsp; "
                    "Office 365 &nbsp; dora</p><p>Action Required &nbsp; Recipient</p><p>Unknown To address</p>"
                ),
                _fields("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient dora@reader.test not found by SMTP address lookup"),
            ),
            "unknown_user",
            "5.1.10",
            action="suppress",
        ),
        bounce(
            "365-access-denied-not-in-directory",
            report(
                _365 + "Subject: Undeliverable: news",
                _html("Delivery has failed to these recipients or groups: dora@reader.test"),
                _fields(
                    "5.4.1",
                    "550 5.4.1 Recipient address rejected: Access denied. For more information see https://aka.ms/EXOSmtpErrors "
                    "[SL2KOR01FT009.eop-kor01.prod.protection.outlook.com 2026-11-09T22:00:14.123Z 08DC]",
                ),
            ),
            "unknown_user",
            "5.4.1",
            action="suppress",
        ),
        bounce(
            "365-mailbox-full",
            report(
                _365 + "Subject: Undeliverable: news",
                _html("The recipient's mailbox is full and can't accept messages now. Please try resending your message later."),
                _fields(
                    "5.2.2",
                    "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded; Failed to "
                    "process message due to a permanent exception with message Cannot open mailbox",
                ),
            ),
            "full",
            "5.2.2",
            action="count",
        ),
        bounce(
            "365-transport-rule",
            report(
                _365 + "Subject: Undeliverable: news",
                _html("A custom mail flow rule created by an admin at reader.test has blocked your message."),
                _fields("5.7.1", "550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy"),
            ),
            "policy",
            "5.7.1",
            action="alarm",
        ),
        bounce(
            "365-restricted-group",
            report(
                _365 + "Subject: Undeliverable: news",
                _html("Your message couldn't be delivered because you don't have permission to send to it."),
                _fields(
                    "5.7.133",
                    "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed because the sender was not authenticated when sending to this group",
                ),
            ),
            "policy",
            "5.7.133",
            action="alarm",
        ),
        bounce(
            "365-ip-blocked",
            report(
                _365 + "Subject: Undeliverable: news",
                _html("Your message to dora@reader.test couldn't be delivered."),
                _fields(
                    "5.7.606",
                    "550 5.7.606 Access denied, banned sending IP [192.0.2.25]. To request removal from this list please visit https://sender.office.com/",
                ),
            ),
            "reputation",
            "5.7.606",
            action="alarm",
        ),
        bounce(
            "365-loop",
            report(
                _365 + "Subject: Undeliverable: news",
                _html("There's a mail loop problem. Your message was returned because it was forwarded too many times."),
                _fields("5.4.14", "554 5.4.14 Hop count exceeded - possible mail loop ATTR34 [PU1APC01FT013]"),
            ),
            "system",
            "5.4.14",
            action="log",
        ),
        bounce(
            "365-expired",
            report(
                _365 + "Subject: Undeliverable: news",
                _html("The server has tried to deliver this message, without success, and has stopped trying."),
                _fields("5.4.300", "550 5.4.300 Message expired -> 451 4.4.0 Primary target IP address responded with timeout"),
            ),
            "expired",
            "5.4.300",
            action="log",
        ),
        bounce(
            "outlook-com-dmarc",
            report(
                f"Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@relay.example.test>\nTo: {ADDRESS}\nAuto-Submitted: auto-replied\nSubject: Undelivered Mail Returned to Sender",
                "This is the mail system at host relay.example.test.\n\n<dora@reader.test>: host outlook-com.olc.protection.outlook.com said: 550 5.7.515 Access denied, sending domain news.example.test does not meet the required authentication level.",
                _fields(
                    "5.7.515",
                    " 550 5.7.515 Access denied, sending domain news.example.test doesn't meet the required authentication level. The sender's domain in the 5322.From address doesn't meet the authentication requirements",
                ),
            ),
            "authentication",
            "5.7.515",
            action="alarm",
        ),
        bounce(
            "outlook-com-s3150",
            report(
                f"Return-Path: <>\nFrom: MAILER-DAEMON (Mail Delivery System)\nTo: {ADDRESS}\nSubject: Undelivered Mail Returned to Sender",
                "<dora@reader.test>: host eur.olc.protection.outlook.com[203.0.113.8] said: 550 5.7.1 Unfortunately, messages from [192.0.2.25] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150).",
                _fields(
                    "5.7.1",
                    " 550 5.7.1 Unfortunately, messages from [192.0.2.25] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150). You can also refer your provider to http://mail.live.com/mail/troubleshooting.aspx#errors.",
                ),
            ),
            "reputation",
            "5.7.1",
            action="alarm",
        ),
        bounce(
            "outlook-com-unavailable",
            report(
                f"Return-Path: <>\nFrom: MAILER-DAEMON (Mail Delivery System)\nTo: {ADDRESS}\nSubject: Undelivered Mail Returned to Sender",
                "<dora@reader.test>: host hotmail-com.olc.protection.outlook.com said: 550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).",
                _fields("5.5.0", " 550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302)."),
            ),
            "unknown_user",
            "5.5.0",
            action="suppress",
        ),
        bounce(
            "exchange-2016-size",
            report(
                "Return-Path: <>\nFrom: postmaster@reader.test\nTo: <b@news.example.test>\nSubject: Undeliverable: news\nX-MS-Exchange-Message-Is-Ndr:",
                "Delivery has failed to these recipients or groups:\n\ndora@reader.test<mailto:dora@reader.test>\nThis message is larger than the size limit for messages. Please make the message smaller and try sending it again.\n\nThe maximum message size that's allowed is 10 MB.\n\nDiagnostic information for administrators:\n\nGenerating server: mbx1.reader.test\n\ndora@reader.test\nRemote Server returned '550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient'",
                _fields("5.2.3", "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient"),
            ),
            "size",
            "5.2.3",
            action="alarm",
        ),
        delayed(
            "exchange-delay",
            report(
                "Return-Path: <>\nFrom: Microsoft Outlook <postmaster@reader.test>\nSubject: Delivery delayed: news\nTo: <b@news.example.test>",
                "Delivery is delayed to these recipients or groups:\n\ndora@reader.test (dora@reader.test)\n\nSubject: news\n\nThis message hasn't been delivered yet. Delivery will continue to be attempted.\n\nThe server will keep trying to deliver this message for the next 1 days, 19 hours and 58 minutes.",
                _fields("4.4.7", "400 4.4.7 Message delayed", "delayed"),
                returned=ORIGINAL_HEADERS,
                returned_kind="text/rfc822-headers",
            ),
            "4.4.7",
        ),
    ]


def _localised() -> list[Sample]:
    server = "Diagnostic information for administrators"
    german = "Informationen zur Diagnose für Administratoren"
    return [
        bounce(
            "exchange-german-unknown",
            report(
                f"Return-Path: <>\nFrom: Microsoft Outlook <postmaster@reader.test>\nTo: <b@news.example.test>\nSubject: {word('Unzustellbar: Morgenpost')}\nContent-Language: de-DE",
                body(
                    f"Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\ndora@reader.test<mailto:dora@reader.test>\nDie eingegebene E-Mail-Adresse konnte nicht gefunden werden. Überprüfen Sie die E-Mail-Adresse des Empfängers.\n\n{german}:\n\nGenerierender Server: ex01.reader.local\n\ndora@reader.test\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n",
                    "windows-1252",
                    "quoted-printable",
                ),
                _fields("5.1.1", "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found"),
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "exchange-french-full",
            parts(
                f"Return-Path: <>\nFrom: Microsoft Outlook <postmaster@reader.test>\nTo: <b@news.example.test>\nSubject: {word('Non remis : Le courrier', 'iso-8859-1')}\nContent-Language: fr-FR",
                "multipart/mixed",
                body(
                    "Échec de la remise pour ces destinataires ou groupes :\n\ndora@reader.test\nLa boîte aux lettres du destinataire est pleine et ne peut pas accepter de messages pour le moment. Réessayez plus tard.\n",
                    "iso-8859-1",
                    "quoted-printable",
                ),
                part("message/rfc822", ORIGINAL),
            ),
            "full",
            action="count",
        ),
        bounce(
            "exchange-korean-unknown",
            parts(
                f"Return-Path: <>\nFrom: Microsoft Outlook <postmaster@reader.test>\nTo: <b@news.example.test>\nSubject: {word('배달되지 않음: 아침편지', 'euc-kr')}\nContent-Language: ko-KR",
                "multipart/mixed",
                body(
                    "다음 받는 사람 또는 그룹에 대한 배달이 실패했습니다.\n\ndora@reader.test\n입력한 전자 메일 주소를 찾을 수 없습니다. 받는 사람의 전자 메일 주소를 확인하고 메시지를 다시 보내 보십시오. 문제가 계속되면 전자 메일 관리자에게 문의하십시오.\n",
                    "euc-kr",
                    "base64",
                ),
                part("message/rfc822", ORIGINAL),
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "exchange-japanese-unknown",
            parts(
                f"Return-Path: <>\nFrom: Microsoft Outlook <postmaster@reader.test>\nTo: <b@news.example.test>\nSubject: {word('配信不能: お知らせ', 'iso-2022-jp')}\nContent-Language: ja-JP",
                "multipart/mixed",
                body(
                    "次の受信者またはグループへの配信に失敗しました:\n\ndora@reader.test\n入力された電子メール アドレスが見つかりませんでした。受信者の電子メール アドレスを確認し、メッセージを再送信してください。\n",
                    "iso-2022-jp",
                    "8bit",
                ),
                part("message/rfc822", ORIGINAL),
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "365-spanish-rejected",
            report(
                _365 + f"Subject: {word('No se puede entregar: Correo')}",
                _html("No se pudo entregar el mensaje a dora@reader.test. No se encontró a dora en reader.test."),
                _fields("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
                returned="",
            ),
            "unknown_user",
            "5.1.10",
            action="suppress",
        ),
        bounce(
            "exchange-portuguese-full",
            parts(
                f"Return-Path: <>\nFrom: Microsoft Outlook <postmaster@reader.test>\nTo: <b@news.example.test>\nSubject: {word('Não foi possível entregar: Novidades')}",
                "multipart/mixed",
                body(
                    f"Falha na entrega a estes destinatários ou grupos:\n\ndora@reader.test\nA caixa de correio do destinatário está cheia e não pode aceitar mensagens agora. Tente reenviar a mensagem mais tarde.\n\n{server}:\nGenerating server: mbx.reader.test\n\ndora@reader.test\n#554 5.2.2 mailbox full ##",
                    "utf-8",
                    "base64",
                ),
                part("message/rfc822", ORIGINAL),
            ),
            "full",
            "5.2.2",
            action="count",
        ),
    ]


def _plain() -> list[Sample]:
    return [
        bounce(
            "exchange-5-5-ims",
            mail(
                "Return-Path: <>\nFrom: System Administrator <postmaster@reader.test>\nTo: b@news.example.test\nSubject: Undeliverable: news\nX-Mailer: Internet Mail Service (5.5.2657.72)\nX-MS-Embedded-Report: ",
                "Your message\n\n  To:      dora@reader.test\n  Subject: news\n  Sent:    Tue, 10 Nov 2026 07:00:10 +0900\n\ndid not reach the following recipient(s):\n\ndora@reader.test on Tue, 10 Nov 2026 07:00:44 +0900\n    The recipient name is not recognized\n\tThe MTS-ID of the original message is: c=kr;a= ;p=reader;l=EX0110101-41\n    MSEXCH:IMS:READER:SEOUL:EX01 0 (000C05A6) Unknown Recipient\n",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "exchange-2003-german",
            report(
                f"Return-Path: <>\nFrom: postmaster@reader.test\nTo: b@news.example.test\nSubject: {word('Benachrichtung zum Übermittlungsstatus (Fehlgeschlagen)')}",
                "Dies ist eine automatisch erstellte Benachrichtigung über den Zustellstatus.\n\nÜbermittlung an folgende Empfänger fehlgeschlagen.\n\n       dora@reader.test\n",
                "Reporting-MTA: dns;ex03.reader.local\nReceived-From-MTA: dns;news.example.test\nArrival-Date: Tue, 10 Nov 2026 07:00:12 +0900\n\nFinal-Recipient: rfc822;dora@reader.test\nAction: failed\nStatus: 5.1.1\n",
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
    ]
