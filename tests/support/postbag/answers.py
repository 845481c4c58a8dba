"""What programs answer by themselves: absences, tickets, challenges, lists, receipts."""

from tests.support.postbag.building import DORA, Sample, auto, body, bounce, mail, other, part, parts, word

_DORA = f"Return-Path: <>\nFrom: Dora Kim <{DORA}>\nTo: post@news.example.test\nIn-Reply-To: <d5b1c9e02.41@news.example.test>\n"
_BARE = f"Return-Path: <{DORA}>\nFrom: Dora Kim <{DORA}>\nTo: post@news.example.test\n"


def samples() -> list[Sample]:
    return [*_absent_with_header(), *_absent_by_words(), *_tickets_and_challenges(), *_lists_and_receipts()]


def _absent_with_header() -> list[Sample]:
    return [
        auto(
            "absent-exchange",
            mail(
                _DORA
                + "Subject: Automatic reply: A gift for one day\nX-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated\nX-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent",
                "<html><body>I am out of the office until Monday. For urgent matters please call reception.</body></html>",
                kind="text/html",
            ),
        ),
        auto(
            "absent-sieve",
            mail(
                _DORA + "Subject: Auto: A gift for one day\nAuto-Submitted: auto-replied (vacation)\nPrecedence: bulk",
                "I am on holiday. Your mail will not be forwarded. To unsubscribe from my holidays, write to my boss.",
            ),
        ),
        auto(
            "absent-gmail",
            mail(
                _DORA + f"Subject: {word('자리 비움 Re: 스승이 가득 찬 날')}\nPrecedence: bulk\nX-Autoreply: yes",
                "안녕하세요. 11월 14일까지 휴가입니다. 급한 일은 동료에게 연락해 주세요.",
                coding="base64",
            ),
        ),
        auto(
            "absent-yahoo",
            mail(
                _DORA + "Subject: Re: A gift for one day\nX-Autoreply: yes\nPrecedence: junk",
                "Thanks for your mail. I will be back on 20 November.",
            ),
        ),
        auto(
            "absent-naver",
            mail(
                _DORA + f"Subject: {word('[부재중 자동응답] 회신드립니다')}\nX-Naver-Auto-Reply: true",
                "부재중이라 메일을 바로 확인하지 못합니다. 돌아와서 답장드리겠습니다.",
                coding="base64",
            ),
        ),
        auto(
            "absent-left-the-company",
            mail(
                _DORA + "Subject: Automatic reply: news\nAuto-Submitted: auto-replied",
                "Dora Kim no longer works here. This mailbox is not monitored; the account will be disabled. Please write to info@reader.test.",
            ),
        ),
        auto(
            "absent-address-changed",
            mail(
                _DORA + "Subject: My address has changed\nAuto-Submitted: auto-replied",
                "My new address is dora@elsewhere.test. Mail to this address is no longer read.",
            ),
        ),
        auto(
            "absent-delivery-words",
            mail(
                _DORA + "Subject: Out of office: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied",
                "Your message could not be read: I am away until Friday. My mailbox is full, I answer slowly.",
            ),
        ),
    ]


def _absent_by_words() -> list[Sample]:
    return [
        auto(
            "absent-german",
            mail(
                _BARE + "Subject: Abwesend: Morgenpost",
                "Ich bin bis zum 20. November nicht im Büro. Ihre Nachricht wird nicht weitergeleitet.",
                "windows-1252",
                "quoted-printable",
            ),
        ),
        auto(
            "absent-german-reply",
            mail(
                _BARE + f"Subject: {word('Automatische Antwort: Morgenpost')}",
                "Vielen Dank für Ihre Nachricht. Ich bin derzeit im Urlaub.",
                "iso-8859-1",
                "quoted-printable",
            ),
        ),
        auto(
            "absent-french",
            mail(
                _BARE + f"Subject: {word('Absence du bureau : Le courrier', 'iso-8859-1')}",
                "Je suis absente du bureau jusqu'au 20 novembre.",
                "iso-8859-1",
                "quoted-printable",
            ),
        ),
        auto(
            "absent-spanish",
            mail(_BARE + f"Subject: {word('Respuesta automática: Noticias')}", "Estoy fuera de la oficina hasta el lunes."),
        ),
        auto("absent-italian", mail(_BARE + "Subject: Risposta automatica: Notizie", "Sono fuori ufficio fino a lunedi.")),
        auto(
            "absent-portuguese",
            mail(_BARE + f"Subject: {word('Resposta automática: Novidades')}", "Estou fora do escritório até segunda-feira."),
        ),
        auto("absent-dutch", mail(_BARE + "Subject: Automatisch antwoord: Nieuws", "Ik ben afwezig tot maandag.")),
        auto(
            "absent-polish",
            mail(
                _BARE + f"Subject: {word('Odpowiedź automatyczna: Wiadomości')}",
                "Jestem poza biurem do poniedziałku.",
                "iso-8859-2",
                "base64",
            ),
        ),
        auto(
            "absent-russian",
            mail(
                _BARE + f"Subject: {word('Автоматический ответ: Новости', 'koi8-r')}",
                "Меня нет в офисе до понедельника.",
                "koi8-r",
                "base64",
            ),
        ),
        auto("absent-swedish", mail(_BARE + f"Subject: {word('Autosvar: Nyheter')}", "Jag är på semester till den 20 november.")),
        auto("absent-turkish", mail(_BARE + f"Subject: {word('Otomatik yanıt: Haberler')}", "Pazartesi gününe kadar ofis dışındayım.")),
        auto("absent-czech", mail(_BARE + f"Subject: {word('Automatická odpověď: Zprávy')}", "Do pondělí jsem mimo kancelář.")),
        auto(
            "absent-japanese",
            mail(
                _BARE + f"Subject: {word('自動応答: お知らせ', 'iso-2022-jp')}", "ただいま休暇中です。11月16日に戻ります。", "iso-2022-jp"
            ),
        ),
        auto(
            "absent-chinese",
            mail(_BARE + f"Subject: {word('自动答复: 新闻', 'gb18030')}", "您好，我正在休假，暂时无法回复您的邮件。", "gb18030", "base64"),
        ),
        auto(
            "absent-korean-euc",
            mail(
                _BARE + f"Subject: {word('자동응답: 아침편지', 'euc-kr')}",
                "현재 출장 중으로 메일 확인이 어렵습니다. 16일에 복귀합니다.",
                "euc-kr",
                "base64",
            ),
        ),
        auto("absent-vietnamese", mail(_BARE + f"Subject: {word('Thư trả lời tự động: Bản tin')}", "Tôi đang nghỉ phép đến hết tuần.")),
        auto(
            "absent-maternity",
            mail(
                _BARE + "Subject: Out of the office (maternity leave) Re: news",
                "I am on maternity leave until May. Please contact the team instead.",
            ),
        ),
    ]


def _tickets_and_challenges() -> list[Sample]:
    return [
        auto(
            "ticket-zendesk",
            mail(
                "Return-Path: <support@shop.test>\nFrom: Shop <support@shop.test>\nTo: post@news.example.test\nSubject: [Request received] news\nAuto-Submitted: auto-generated\nX-Mailer: Zendesk Mailer",
                "##- Please type your reply above this line -##\n\nYour request (1234) has been received and is being reviewed by our support staff.",
            ),
            "support@shop.test",
        ),
        auto(
            "ticket-otrs",
            mail(
                "Return-Path: <help@shop.test>\nFrom: Help <help@shop.test>\nTo: post@news.example.test\nSubject: [Ticket#20261110-12] RE: news\nX-OTRS-Loop: help@shop.test\nPrecedence: bulk",
                "Thank you for your mail. A new ticket has been created and will be answered soon.",
            ),
            "help@shop.test",
        ),
        auto(
            "ticket-by-words",
            mail(
                "Return-Path: <info@shop.test>\nFrom: Info <info@shop.test>\nTo: post@news.example.test\nSubject: We have received your message",
                "This is an automated response. Your enquiry has been received; we answer within two days. Please do not reply to this email.",
            ),
            "info@shop.test",
        ),
        auto(
            "ticket-korean",
            mail(
                f"Return-Path: <help@shop.test>\nFrom: {word('고객센터')} <help@shop.test>\nTo: post@news.example.test\nSubject: {word('[자동회신] 문의가 접수되었습니다')}",
                "문의하신 내용이 정상적으로 접수되었습니다. 본 메일은 발신 전용입니다.",
                coding="base64",
            ),
            "help@shop.test",
        ),
        auto(
            "challenge-verify",
            mail(
                f"Return-Path: <{DORA}>\nFrom: Dora Kim <{DORA}>\nTo: post@news.example.test\nSubject: Please verify your message to {DORA}",
                f"Your message to {DORA} is being held. I use a spam filter that requires senders to confirm that they are human. Click the link below once to have your message delivered:\nhttps://challenge.example.test/v/9f3\n",
            ),
        ),
        auto(
            "challenge-boxbe",
            mail(
                "Return-Path: <noreply@boxbe.example.test>\nFrom: Boxbe <noreply@boxbe.example.test>\nTo: post@news.example.test\nSubject: Re: news (Action Required)\nX-Auto-Response-Suppress: OOF",
                "Hello, this message is being sent to you because dora@reader.test uses a guest list. Your message will not be delivered until you complete the verification request.",
            ),
            "noreply@boxbe.example.test",
        ),
        auto(
            "challenge-tmda",
            mail(
                "Return-Path: <dora-confirm@reader.test>\nFrom: dora-confirm@reader.test\nTo: post@news.example.test\nSubject: Please confirm your message\nX-Delivery-Agent: TMDA/1.1.12\nAuto-Submitted: auto-replied",
                "This message was created automatically by mail delivery software (TMDA).\n\nYour message attached below is being held because the address <post@news.example.test> has not been verified. To release your message for delivery, please send an empty message to this address.",
            ),
            "dora-confirm@reader.test",
        ),
        auto(
            "challenge-uol",
            mail(
                f"Return-Path: <antispam@uol.example.test>\nFrom: AntiSpam UOL <antispam@uol.example.test>\nTo: post@news.example.test\nSubject: {word('AntiSpam UOL » Confirmação de mensagem')}",
                "Olá, você enviou uma mensagem para dora@reader.test. Para que sua mensagem seja encaminhada, por favor, confirme que você não é um robô clicando aqui.",
                coding="quoted-printable",
            ),
            "antispam@uol.example.test",
        ),
    ]


def _lists_and_receipts() -> list[Sample]:
    receipt = "Reporting-UA: mail.reader.test; Outlook\nFinal-Recipient: rfc822;dora@reader.test\nOriginal-Message-ID: <d5b1c9e02.41@news.example.test>\nDisposition: automatic-action/MDN-sent-automatically; deleted\n"
    return [
        auto(
            "list-held-for-moderator",
            mail(
                "Return-Path: <team-bounces@lists.reader.test>\nFrom: team-owner@lists.reader.test\nTo: post@news.example.test\nSubject: Your message to Team awaits moderator approval\nPrecedence: bulk\nX-Mailman-Version: 2.1.39\nX-List-Administrivia: yes",
                "Your mail to 'Team' with the subject\n\n    news\n\nIs being held until the list moderator can review it for approval.\n\nThe reason it is being held:\n\n    Post by non-member to a members-only list\n",
            ),
            "team-owner@lists.reader.test",
        ),
        bounce(
            "list-refuses-non-members",
            mail(
                "Return-Path: <>\nFrom: team-owner@lists.reader.test\nTo: post@news.example.test\nSubject: Request to mailing list Team rejected\nX-Mailman-Version: 2.1.39\nPrecedence: bulk",
                'Your request to the team@lists.reader.test mailing list\n\n    Posting of your message titled "news"\n\nhas been rejected by the list moderator.  The moderator gave the\nfollowing reason for rejecting your request:\n\n"Non-members are not allowed to post messages to this list."\n',
            ),
            "policy",
            action="alarm",
            recipient="team@lists.reader.test",
        ),
        auto(
            "receipt-read",
            parts(
                _BARE + "Subject: Read: news",
                "multipart/report; report-type=disposition-notification",
                body("Your message was read on Tuesday."),
                part("message/disposition-notification", receipt.replace("deleted", "displayed")),
            ),
        ),
        auto(
            "receipt-deleted",
            parts(
                _BARE + "Subject: Not read: news",
                "multipart/report; report-type=disposition-notification",
                body("Your message was deleted without being read."),
                part("message/disposition-notification", receipt),
            ),
        ),
        auto(
            "list-welcome",
            mail(
                'Return-Path: <list-request@lists.reader.test>\nFrom: list-request@lists.reader.test\nTo: post@news.example.test\nSubject: Welcome to the "Team" mailing list\nPrecedence: bulk\nAuto-Submitted: auto-generated',
                "To unsubscribe or to change your options, visit the page of the list.",
            ),
            "list-request@lists.reader.test",
        ),
        other(
            "tls-report",
            parts(
                "Return-Path: <noreply-smtp-tls-reporting@google.example.test>\nFrom: noreply-smtp-tls-reporting@google.example.test\nTo: postmaster@news.example.test\nSubject: Report Domain: news.example.test Submitter: google Report-ID: <2026.1>\nTLS-Required: No",
                "multipart/report; report-type=tlsrpt",
                body("This is an aggregate TLS report."),
                part("application/tlsrpt+gzip", "H4sI"),
            ),
            "other",
            "other",
            "ignore",
            recipient="noreply-smtp-tls-reporting@google.example.test",
        ),
        other(
            "dmarc-report",
            parts(
                "Return-Path: <noreply-dmarc@google.example.test>\nFrom: noreply-dmarc-support@google.example.test\nTo: postmaster@news.example.test\nSubject: Report domain: news.example.test Submitter: google Report-ID: 123",
                "multipart/mixed",
                body("This is a DMARC aggregate report: 3 failed, 2 rejected."),
                part("application/gzip", "H4sI"),
            ),
            "other",
            "other",
            "ignore",
            recipient="noreply-dmarc-support@google.example.test",
        ),
    ]
