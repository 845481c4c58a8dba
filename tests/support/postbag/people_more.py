"""Letters of people and programs once more, in other words: who wants to leave, who only speaks of it, who is away."""

from tests.support.postbag.building import DORA, Sample, auto, leave, mail, person, word

_BARE = f"Return-Path: <{DORA}>\nFrom: Dora Kim <{DORA}>\nTo: post@news.example.test\n"
_EN = _BARE + "Subject: Re: A gift for one day\nIn-Reply-To: <d5b1c9e02.41@news.example.test>"
_KO = _BARE + f"Subject: {word('Re: 하루')}\nIn-Reply-To: <d5b1c9e02.41@news.example.test>"
_QUOTE = "\n\nFrom: Morning Post <post@news.example.test>\nSent: Tuesday, 10 November 2026 07:00\nTo: Dora Kim\nSubject: A gift for one day\n\nUnsubscribe 수신거부\n"
_NAVER = '\n\n-----Original Message-----\nFrom: "아침편지"<post@news.example.test>\nTo: <dora@reader.test>;\n\n수신거부를 원하시면 여기를 누르세요\n'

# fmt: off
LEAVING_EN = [
    ("kindly", "Kindly remove me from your distribution list. Best, Dora"),
    ("off-the-list", "Please take my name off your list"),
    ("no-more", "No more emails please."),
    ("stop-mailing", "STOP EMAILING ME"),
    ("want-out", "I'd like to unsubscribe, thank you"),
    ("unsubscribe-both", "Please unsubscribe both dora@reader.test and d.kim@reader.test."),
    ("opt-me-out", "Opt me out please"),
    ("subscribed-by-mistake", "I think I signed up by mistake. Please unsubscribe me."),
    ("unsub", "unsub"),
    ("again", "I have asked you twice already to stop sending me this newsletter."),
    ("spanish", "Por favor, denme de baja de esta lista."),
    ("italian", "Vi prego di cancellarmi dalla lista."),
    ("dutch", "Graag afmelden voor deze nieuwsbrief."),
    ("german-list", "Bitte nehmen Sie mich aus dem Verteiler."),
    ("german-no-more", "Ich möchte keine weiteren E-Mails erhalten."),
    ("russian", "Отпишите меня от рассылки, пожалуйста."),
]
# fmt: on
# fmt: off
LEAVING_KO = [
    ("cancel-subscription", "구독 취소 부탁드립니다."),
    ("not-any-more", "앞으로 안 보내주셔도 됩니다."),
    ("refuse-polite", "죄송하지만 수신거부 처리 부탁드립니다. 감사합니다."),
    ("stop-sending", "메일 좀 그만 보내주시면 안될까요?"),
    ("remove-me", "명단에서 빼주세요"),
    ("unsubscribe-loan", "언섭해주세요"),
    ("stop-letters", "편지 그만 받고 싶습니다"),
    ("cancel-short", "해지요청"),
    ("do-not-send", "이런 메일 보내지 마세요!!"),
    ("refuse-mark", "수신거부!"),
    ("stop-subscribing", "구독을 그만하고 싶어요."),
    ("enough-tilde", "이제 그만~~"),
    ("delete-me", "회원탈퇴 하고 싶습니다. 메일도 중단해 주세요."),
]
# fmt: on
# fmt: off
STAYING_EN = [
    ("how-many-unsubscribe", "Do many people unsubscribe when a letter is this long? Just curious."),
    ("almost", "I almost unsubscribed last year. Glad I stayed!"),
    ("button-colour", "Small remark: the unsubscribe button at the bottom is hard to see on my phone."),
    ("stop-the-world", "The line 'stop the world' made me laugh."),
    ("mailbox-full-story", "My mailbox is full of bills, so a letter like yours is a gift."),
    ("out-of-office-joke", "I wish I were out of office in Lisbon like the author!"),
    ("delete-sentence", "In paragraph three I would delete the second sentence."),
    ("question-delivery", "Yesterday's letter was not delivered to my wife. Could you check?"),
    ("thank-you", "Thank you for the interview. I will read it again tonight."),
    ("friend-wants", "My friend Ben wants to subscribe. How can he?"),
]
# fmt: on
# fmt: off
STAYING_KO = [
    ("did-not-refuse", "수신거부한 적 없는데 어제부터 메일이 안 와요."),
    ("stop-adverb-laugh", "지하철에서 읽다가 그만 웃음이 터졌어요."),
    ("enough-please-write", "작가님, 아픈데 무리하지 마시고 원고는 그만 쓰고 푹 쉬세요."),
    ("no-ads-wish", "광고 메일은 다 수신거부했지만 이 편지만은 남겨 두었습니다."),
    ("vacation-reading", "휴가 때 몰아서 읽었습니다. 정말 좋네요."),
    ("away-mother", "부재중이신 어머니 자리가 크게 느껴지는 글이었어요."),
    ("not-that-much", "그만한 글을 매일 쓰신다니 놀랍습니다."),
    ("address-typo", "오타가 있어요. 둘째 줄 '주소'가 '주쇼'로 되어 있네요."),
]
# fmt: on
# fmt: off
AWAY = [
    ("until", "Subject: Re: A gift for one day", "Hello, I'm away until Monday 16 November with no access to email. In urgent cases please call +82 2 000 0000."),
    ("currently-travelling", "Subject: Away: A gift for one day", "I am currently travelling and will respond when I return."),
    ("annual-leave", "Subject: Re: A gift for one day", "I am on annual leave from 9 to 20 November 2026 and will reply on my return."),
    ("parental", "Subject: Parental leave Re: A gift", "I am on parental leave until 2027."),
    ("retired", "Subject: Re: A gift for one day", "I have retired. This mailbox is no longer monitored. Please contact office@reader.test."),
    ("norwegian", f"Subject: {word('Fraværsmelding: Nyheter')}", "Jeg er på ferie."),
    ("danish", f"Subject: {word('Automatisk svar: Nyheder')}", "Jeg er på ferie til mandag."),
    ("finnish", f"Subject: {word('Automaattinen vastaus: Uutiset')}", "Olen lomalla."),
    ("hebrew", f"Subject: {word('תשובה אוטומטית: חדשות')}", "אני בחופשה."),
    ("thai", f"Subject: {word('ตอบกลับอัตโนมัติ: ข่าว')}", "ฉันลาพักร้อน"),
    ("chinese-traditional", f"Subject: {word('自動回覆: 新聞')}", "我目前休假中，將於週一回覆。"),
    ("korean-business-trip", f"Subject: {word('Re: 아침편지')}", "해외 출장 중으로 회신이 늦어질 수 있습니다. 11월 20일 복귀 예정입니다."),
    ("korean-left", f"Subject: {word('Re: 아침편지')}", "김도라 님은 10월 31일자로 퇴사하였습니다. 업무 문의는 info@reader.test 로 부탁드립니다."),
    ("korean-thanks-received", f"Subject: {word('[자동응답] 메일이 정상적으로 접수되었습니다')}", "보내주신 메일은 잘 받았습니다. 확인 후 빠른 시일 내에 답변드리겠습니다."),
    ("japanese-thanks", f"Subject: {word('【自動返信】お問い合わせありがとうございます')}", "このメールは自動送信されています。"),
    ("french-conges", "Subject: Re: A gift for one day", "Bonjour, je suis en congés jusqu'au 20 novembre. Je vous répondrai à mon retour."),
]
# fmt: on


def samples() -> list[Sample]:
    leaving = [leave(f"leaving-{name}", mail(_EN, text + _QUOTE)) for name, text in LEAVING_EN]
    leaving += [leave(f"leaving-korean-{name}", mail(_KO, text + _NAVER, coding="base64")) for name, text in LEAVING_KO]
    staying = [person(f"staying-{name}", mail(_EN, text + _QUOTE)) for name, text in STAYING_EN]
    staying += [person(f"staying-korean-{name}", mail(_KO, text + _NAVER, coding="base64")) for name, text in STAYING_KO]
    away = [
        auto(f"away-{name}", mail(f"{_BARE}{subject}\nIn-Reply-To: <d5b1c9e02.41@news.example.test>", text, coding="base64"))
        for name, subject, text in AWAY
    ]
    return [*leaving, *staying, *away]
