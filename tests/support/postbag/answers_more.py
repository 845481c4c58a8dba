"""More that programs answer, more complaints, and more that people write."""

from tests.support.postbag.building import ADDRESS, DORA, ORIGINAL, Sample, auto, body, leave, mail, other, part, parts, person, word

_BARE = f"Return-Path: <{DORA}>\nFrom: Dora Kim <{DORA}>\nTo: post@news.example.test\n"
_EN = _BARE + "Subject: Re: A gift for one day\nIn-Reply-To: <d5b1c9e02.41@news.example.test>"
_QUOTE = "\n\nOn Tue, 10 Nov 2026 at 07:00, Morning Post <post@news.example.test> wrote:\n\n> Unsubscribe: https://news.example.test/u/abc\n> 수신거부\n"
_DAUM_QUOTE = "\n\n--------- 원본 메일 ---------\n보낸사람: 아침편지 <post@news.example.test>\n받는사람: dora@reader.test\n날짜: 2026-11-10 07:00\n제목: 하루\n\n수신거부\n"


def samples() -> list[Sample]:
    return [*_automatic(), *_complaints(), *_people()]


def _automatic() -> list[Sample]:
    return [
        auto(
            "notes-absent",
            mail(
                _BARE + "Subject: AUTO: Dora Kim is out of the office (returning 11/20/2026)",
                'I am out of the office until 11/20/2026.\n\nNote: This is an automated response to your message "A gift" sent on 11/10/2026. This is the only notification you will receive while this person is away.',
            ),
        ),
        auto(
            "zimbra-absent",
            mail(
                _BARE
                + "Subject: Re: A gift for one day\nAuto-Submitted: auto-replied (zimbra; vacation)\nPrecedence: bulk\nX-Mailer: Zimbra",
                "I'm away.",
            ),
        ),
        auto(
            "groupwise-rule",
            mail(_BARE + "Subject: Rule Reply: A gift for one day\nX-Mailer: GroupWise", "I will be out of the office this week."),
        ),
        auto(
            "german-assistant",
            mail(_BARE + "Subject: Abwesenheitsnotiz: Morgenpost", "Ich kehre am 20.11. zurück.", "iso-8859-1", "quoted-printable"),
        ),
        auto(
            "korean-vacation-no-header",
            mail(
                _BARE + f"Subject: {word('Re: 아침편지')}\nIn-Reply-To: <d5b1c9e02.41@news.example.test>",
                "안녕하세요. 11/9~11/13 연차 휴가로 부재중입니다. 급하신 용건은 동료에게 연락 부탁드립니다.",
                "euc-kr",
                "base64",
            ),
        ),
        auto("korean-maternity", mail(_BARE + f"Subject: {word('[부재중] 육아휴직 안내')}", "육아휴직 중입니다.", coding="base64")),
        auto(
            "japanese-absent-no-header",
            mail(
                _BARE + f"Subject: {word('Re: お知らせ', 'iso-2022-jp')}\nIn-Reply-To: <d5b1c9e02.41@news.example.test>",
                "ただいま夏季休業中のため、メールの確認ができません。",
                "iso-2022-jp",
            ),
        ),
        auto(
            "freshdesk",
            mail(
                "Return-Path: <support@shop.test>\nFrom: Support <support@shop.test>\nTo: post@news.example.test\nSubject: Ticket Received - A gift for one day\nX-Autoreply: true",
                "Dear Morning Post, we would like to acknowledge that we have received your request.",
            ),
            "support@shop.test",
        ),
        auto(
            "jira-service",
            mail(
                "Return-Path: <jira@shop.test>\nFrom: Help desk <jira@shop.test>\nTo: post@news.example.test\nSubject: HELP-4321 A gift for one day\nAuto-Submitted: auto-generated\nPrecedence: bulk",
                "Just confirming that we got your request. Reply above this line.",
            ),
            "jira@shop.test",
        ),
        auto(
            "helpscout-plain",
            mail(
                "Return-Path: <hello@shop.test>\nFrom: Shop <hello@shop.test>\nTo: post@news.example.test\nSubject: Re: A gift for one day\nIn-Reply-To: <d5b1c9e02.41@news.example.test>",
                "Thanks for contacting us! We have received your message and a member of our team will get back to you within 24 hours.",
            ),
            "hello@shop.test",
        ),
        auto(
            "mailinblack-french",
            mail(
                "Return-Path: <mib@reader.test>\nFrom: Dora Kim via Mailinblack <mib@reader.test>\nTo: post@news.example.test\nSubject: "
                + word("Votre message est en attente : authentifiez-vous"),
                "Bonjour, pour lutter contre le spam, je vous invite à vous authentifier une seule fois en cliquant ici. Votre message me sera alors remis.",
                coding="quoted-printable",
            ),
            "mib@reader.test",
        ),
        auto(
            "earthlink-challenge",
            mail(
                "Return-Path: <>\nFrom: dora@reader.test\nTo: post@news.example.test\nSubject: Re: A gift for one day",
                "I apologize for this automatic reply to your email.\n\nTo control spam, I now allow incoming messages only from senders I have approved beforehand.\n\nIf you would like to be added to my list of approved senders, please fill out the short request form (see link below). Once I approve you, I will receive your original message in my inbox.\n",
            ),
        ),
        auto(
            "spamarrest",
            mail(
                "Return-Path: <dora@reader.test>\nFrom: Dora <dora@reader.test>\nTo: post@news.example.test\nSubject: Re: A gift for one day (verification)",
                "Dora here, I'm protecting myself from receiving junk mail. Just this once, click the link below so I can receive your emails. You won't have to do this again.",
            ),
        ),
        auto(
            "receipt-outlook-german",
            parts(
                _BARE + "Subject: Gelesen: Morgenpost",
                "multipart/report; report-type=disposition-notification",
                body("Ihre Nachricht wurde gelesen."),
                part(
                    "message/disposition-notification",
                    "Final-Recipient: rfc822;dora@reader.test\nDisposition: manual-action/MDN-sent-manually; displayed\n",
                ),
            ),
        ),
        auto(
            "receipt-korean-plain",
            mail(_BARE + f"Subject: {word('읽음: 아침편지')}", "메시지를 2026년 11월 10일에 읽었습니다.", coding="base64"),
        ),
        auto(
            "mailman-auto-discard",
            mail(
                'Return-Path: <team-bounces@lists.reader.test>\nFrom: team-bounces@lists.reader.test\nTo: post@news.example.test\nSubject: Auto-response for your message to the "Team" mailing list\nX-Mailman-Version: 2.1\nPrecedence: bulk\nX-Ack: No',
                "This list is for announcements.",
            ),
            "team-bounces@lists.reader.test",
        ),
        auto(
            "left-by-words",
            mail(_EN, "Please note that Dora is no longer with the company. For urgent matters contact info@reader.test." + _QUOTE),
        ),
    ]


def _complaints() -> list[Sample]:
    def arf(sender: str, fields: str, returned: str = ORIGINAL, words: str = "This is an email abuse report.\n") -> bytes:
        return parts(
            f"Return-Path: <{sender}>\nFrom: {sender}\nTo: fbl@news.example.test\nSubject: FW: Morning Post",
            "multipart/report; report-type=feedback-report",
            body(words),
            part("message/feedback-report", fields),
            part("message/rfc822", returned),
        )

    def complaint(name: str, raw: bytes, reason: str = "abuse", action: str = "suppress", recipient: str = DORA) -> Sample:
        return other(name, raw, "complaint", reason, action, recipient=recipient)

    return [
        complaint(
            "comcast-fbl",
            arf(
                "feedback@fbl.comcast.example.test",
                f"Feedback-Type: abuse\nUser-Agent: ReturnPathFBL/2.0\nVersion: 1\nOriginal-Mail-From: {ADDRESS}\nOriginal-Rcpt-To: <{DORA}>\nReceived-Date: Mon, 9 Nov 2026\nSource-IP: 192.0.2.25\n",
            ),
        ),
        complaint(
            "cloudmark-fbl",
            arf("fbl@cloudmark.example.test", "Feedback-Type: abuse\nUser-Agent: Cloudmark/1.0\nVersion: 0.1\nSource-IP: 192.0.2.25\n"),
        ),
        complaint(
            "signal-spam",
            arf(
                "fbl@signal-spam.example.test",
                f"Feedback-Type: abuse\nUser-Agent: SignalSpam/1.0\nVersion: 1\nOriginal-Rcpt-To: {DORA}\n",
                words="Ceci est un signalement de spam.\n",
            ),
        ),
        complaint(
            "locaweb-inline",
            mail(
                "Return-Path: <abuse@host.example.test>\nFrom: abuse@host.example.test\nTo: abuse@news.example.test\nSubject: Abuse report: Morning Post",
                "This is an email abuse report for an email message received from IP 192.0.2.25.\n\nFeedback-Type: abuse\nUser-Agent: Locaweb/1\nVersion: 1\n\n"
                + ORIGINAL,
            ),
            recipient=DORA,
        ),
        complaint(
            "jmrp-new-format",
            parts(
                "Return-Path: <staff@hotmail.com>\nFrom: <staff@hotmail.com>\nTo: fbl@news.example.test\nSubject: complaint about message from 192.0.2.25",
                "multipart/mixed",
                body("\n"),
                part('message/rfc822; name="original.eml"', "X-HmXmrOriginalRecipient: <dora@reader.test>\n" + ORIGINAL),
            ),
        ),
        complaint(
            "korean-isp-report",
            mail(
                f"Return-Path: <abuse@isp.example.test>\nFrom: abuse@isp.example.test\nTo: abuse@news.example.test\nSubject: {word('불법스팸 신고 접수 안내')}",
                "귀사에서 발송된 메일이 스팸으로 신고되었습니다.\n\n" + ORIGINAL,
                coding="base64",
            ),
        ),
        complaint(
            "dmarc-failure-linkedin",
            arf(
                "noreply-dmarc@linkedin.example.test",
                f"Feedback-Type: auth-failure\nUser-Agent: Postfix/2\nVersion: 1\nOriginal-Mail-From: {ADDRESS}\nOriginal-Rcpt-To: {DORA}\nAuth-Failure: dmarc\n",
                words="This is an authentication failure report.\n",
            ),
            "auth-failure",
            "alarm",
        ),
    ]


def _people() -> list[Sample]:
    ko = _BARE + f"Subject: {word('Re: 하루', 'euc-kr')}\nIn-Reply-To: <d5b1c9e02.41@news.example.test>"
    return [
        leave("leave-how", mail(_EN, "How do I unsubscribe?" + _QUOTE)),
        leave("leave-not-interested", mail(_EN, "Not interested any more. Please remove my address." + _QUOTE)),
        leave("leave-cancel-subscription", mail(_EN, "please cancel my subscription" + _QUOTE)),
        leave("leave-broken-link", mail(_EN, "The unsubscribe link does not work. Remove me please." + _QUOTE)),
        leave("leave-no-thanks-emails", mail(_EN, "I do not wish to receive these emails." + _QUOTE)),
        leave("leave-shouting", mail(_EN, "UNSUBSCRIBE!!!!" + _QUOTE)),
        leave("leave-korean-daum", mail(ko, "수신거부 부탁드려요" + _DAUM_QUOTE, "euc-kr", "base64")),
        leave("leave-korean-polite", mail(ko, "그동안 감사했습니다. 앞으로는 메일을 받지 않겠습니다." + _DAUM_QUOTE, coding="base64")),
        leave("leave-korean-geuman-bonae", mail(ko, "메일 그만 보내세요" + _DAUM_QUOTE, coding="base64")),
        leave("leave-korean-refuse-noun", mail(ko, "수신거부요청" + _DAUM_QUOTE, coding="base64")),
        leave("leave-korean-delete", mail(ko, "제 메일 주소 삭제해 주세요." + _DAUM_QUOTE, coding="base64")),
        leave("leave-korean-geuman-batgi", mail(ko, "그만 받을게요~" + _DAUM_QUOTE, "euc-kr", "base64")),
        leave("leave-korean-not-want", mail(ko, "더 이상 수신을 원하지 않습니다" + _DAUM_QUOTE, coding="base64")),
        leave("leave-french", mail(_EN, "Merci de me désinscrire de cette liste." + _QUOTE)),
        leave("leave-japanese", mail(_EN, "配信停止をお願いします。" + _QUOTE)),
        leave("leave-chinese", mail(_EN, "请取消订阅" + _QUOTE)),
        leave("leave-typo", mail(_EN, "unsubscibe" + _QUOTE)),
        leave("leave-mobile-ko-signature", mail(ko, "수신거부\n\n삼성 갤럭시 스마트폰에서 보냈습니다." + _DAUM_QUOTE, coding="base64")),
        person("stay-korean-stop-drinking", mail(ko, "편지를 읽고 저도 술을 그만 마시기로 했어요!" + _DAUM_QUOTE, coding="base64")),
        person("stay-korean-geumandu", mail(ko, "회사를 그만두고 쉬는 중인데 위로가 됐어요." + _DAUM_QUOTE, "euc-kr", "base64")),
        person("stay-korean-dont-stop", mail(ko, "이 편지 그만 보내지 말아 주세요. 늘 기다려요!" + _DAUM_QUOTE, coding="base64")),
        person("stay-korean-after-quote", mail(ko, "감사합니다" + _DAUM_QUOTE, "euc-kr", "base64")),
        person("stay-remove-typo", mail(_EN, "You could remove the comma in the second line." + _QUOTE)),
        person("stay-dont-stop", mail(_EN, "Please don't stop sending these, they are wonderful." + _QUOTE)),
        person("stay-no-longer-sad", mail(_EN, "I no longer want to hurry in the morning, thanks to you." + _QUOTE)),
        person("stay-unsubscribed-others", mail(_EN, "I unsubscribed from all other newsletters and kept only yours." + _QUOTE)),
        person("stay-change-address", mail(_EN, "Could you change my address to dora@elsewhere.test? This one will be closed." + _QUOTE)),
        person(
            "stay-vacation-letter",
            mail(_EN, "I will be back from my trip on Friday and will write more then. It was lovely to read you on the train." + _QUOTE),
        ),
        person(
            "stay-thank-you-for-mail", mail(_EN, "Thank you for your message, it made me smile. My grandmother said the same." + _QUOTE)
        ),
        person(
            "stay-korean-absent-story",
            mail(ko, "아버지의 부재중 전화를 보고 울었다는 대목에서 저도 울었습니다." + _DAUM_QUOTE, coding="base64"),
        ),
    ]
