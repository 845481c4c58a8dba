"""Answers that no person wrote: out of office, thanks for your mail, read receipts, "confirm that you are human". Pure (D8)."""

import re

from service.feedback import own_words
from service.feedback.mail import Mail

_HEADER_NAMES = (
    "x-autoreply",
    "x-auto-reply",
    "x-autorespond",
    "x-autoresponder",
    "x-mail-autoreply",
    "x-autoreply-from",
    "x-vacation",
    "x-cron-env",
    "x-boxbe",
    "x-spamarrest",
    "x-abwesenheit",
)
_SUBJECT = re.compile(
    r"^\W{0,3}(?:auto(?:matic|mated|matische|matica|mática|matique)?[ -]?(?:re(?:ply|sponse|sponder|puesta|ponse)|antwort|risposta|svar|"
    r"antwoord|generated)|autoreply|auto:|autoresponse|réponse (?:automatique|d'absence)|respuesta autom|resposta autom|risposta autom|"
    r"automatisch)|^\W{0,3}(?:odpowiedź automatyczna|автоматическ\w+ ответ|автовідповід|автоматична відповід|otomatik yanıt|"
    r"automatick[áa] odpov[eě]|(?:thư )?trả lời tự động|automatikus válasz|automaattinen vastaus|automatisk svar|automatski odgovor|"
    r"răspuns automat|αυτόματη απάντηση|автоматичен отговор|מענה אוטומטי|תשובה אוטומטית|الرد التلقائي|پاسخ خودکار|رد تلقائي|"
    r"ตอบกลับอัตโนมัติ|balasan otomatis|resposta automàtica|samodejni odgovor)|awaits moderator approval|(?:request|ticket|case|message|"
    r"inquiry|enquiry) received\b|\(action required\)|out[ -]of[ -](?:the )?office|\booo\b|(?:on|am on|out on) (?:vacation|leave|"
    r"holiday|annual leave|maternity|parental)|(?:maternity|parental|paternity|sick|medical) leave|vacation|away from (?:the |"
    r"my )?(?:office|desk|mail|e-?mail)|(?:i am|i'm|currently) (?:away|out|on leave)|not in the office|no longer (?:with|at|works)|"
    r"has left the (?:company|organi[sz]ation)|abwesen|nicht im (?:büro|haus)|im urlaub|absence|absent(?:e)? du bureau|en congé|"
    r"fuera de (?:la )?oficina|ausencia|ausente|vacaciones|fuori ufficio|assenza|férias|frånvaro|afwezig|poissa|fravær|nieobecno|"
    r"отсутств|автоответ|자동\s?(?:응답|회신|답장)|부재\s?(?:중|알림)|휴가\s?(?:중|입니다|안내)|출장\s?(?:중|입니다)|퇴사|육아 ?휴직|"
    r"자동으로 (?:발송|보내)|自動(?:返信|応答|回答|送信)|不在(?:の|通知|に|連絡)?|休暇|外出中|自动(?:回复|答复|回覆)|自動(?:回覆|回復|"
    r"答覆)|休假|外出|^\W{0,3}(?:read|not read|gelesen|읽음|읽지 않고|開封|已读|lu|leído|letto)\s?[:：]|return receipt|read receipt|"
    r"disposition notification|(?:please )?(?:verify|confirm|authenticate) (?:your |that you|you are|sender|the )[^\n]{0,40}(?:message|"
    r"mail|e-?mail|sender|human|address)|action required to deliver|sender (?:verification|confirmation)|challenge[- ]response|"
    r"your (?:message|e-?mail) (?:to [^\n]{0,60} )?(?:is|has been) (?:waiting|held|quarantined|awaiting)",
    re.IGNORECASE | re.MULTILINE,
)
_TEXT = re.compile(
    r"\b(?:i am|i'm|i will be|we are|is|will be)\b[^\n.]{0,40}(?:out of (?:the )?office|on (?:vacation|holiday|annual leave|leave|"
    r"a business trip)|away (?:from|until)|not (?:available|in the office))|(?:limited|no|without) access to (?:my )?e-?mail|"
    r"this is an auto(?:matic|mated|-)[^\n]{0,20}(?:reply|response|message|answer)|thank(?:s| you) for (?:your|contacting|writing|"
    r"the)[^\n]{0,60}(?:e-?mail|message|mail|us|inquiry|interest)\b[^\n]{0,160}\b(?:will (?:be in touch|reply|respond|get back|contact|"
    r"answer|review|be answered)|business days|as soon as|has been (?:received|created)|ticket|within \w+ (?:hours|days))|"
    r"we (?:have )?received your|i no longer work|i have (?:left|retired)|(?:mailbox|account|address) is no longer (?:monitored|read|"
    r"in use)|\bon (?:parental|maternity|paternity|sick|medical|family|study|long) leave|is no longer (?:employed|with (?:the company|"
    r"us))|(?:in|for) urgent (?:cases|matters)|when i return|upon my return|boxbe|spam ?arrest|choicemail|to (?:complete|"
    r"ensure)[^\n]{0,30}delivery|click (?:here|the link|on the)[^\n]{0,60}(?:verify|confirm|deliver|release)|prove (?:that )?you(?:'re|"
    r" are)|challenge|(?:reply|respond) to this (?:message|e-?mail) to (?:confirm|verify|be)|부재\s?중(?!\s?전화|이신|이셨|이던|인\s)|"
    r"자동\s?(?:응답|회신|답장|발송)|휴가\s?(?:중|로|기간|입니다)|출장\s?(?:중|으로|입니다)|퇴사|휴직\s?중|담당자가 변경|자리를 비|"
    r"문의(?:해 주셔서|에 감사)|不在|自動(?:返信|応答|送信)|休(?:暇|業)|お問い合わせ(?:いただき|ありがとう)|自动(?:回复|答复)|自動回覆|"
    r"休假|不在办公室|nicht im (?:büro|hause)|abwesen|im urlaub|bin ich wieder|en cong[ée]s?|absent|de retour le|fuera de la oficina|"
    r"de vacaciones|ausente|fuori (?:ufficio|sede)|in ferie|férias|отпуск|отсутств",
    re.IGNORECASE,
)


_CERTAIN = re.compile(
    r"(?:i am|i'm|i will be|i'll be) (?:currently )?out of (?:the )?office|this auto(?:matic|mated) (?:reply|response)|"
    r"(?:list of )?approved senders|so (?:that )?i can receive your|protect(?:ing)? myself from[^\n]{0,20}(?:spam|junk)|"
    r"vous authentifier|authentifi(?:ez|er)[^\n]{0,40}(?:fois|clic)|this is an auto(?:matic|mated|matically)[^\n]{0,30}(?:reply|"
    r"response|message|answer|e-?mail|notification)|(?:generated|sent) automatically|(?:please )?do not reply to this (?:e-?mail|"
    r"message)|(?:held|waiting) (?:until|for) (?:the )?(?:list )?moderator|(?:will not|won't|not) be "
    r"delivered (?:until|unless)|(?:click|follow|confirm)[^\n]{0,80}(?:to have|so that|before) your (?:message|mail|e-?mail)[^\n]{0,30}"
    r"(?:deliver|release)|you are (?:a )?(?:human|not a (?:ro)?bot)|não é um robô|kein roboter|pas un robot|발신 ?전용|"
    r"자동(?:으로)? ?(?:발송|회신|응답)[^\n]{0,10}(?:메일|된|입니다)|自動(?:で|的に)?(?:送信|返信)|本邮件由系统自动|diese (?:e-?mail|"
    r"nachricht) wurde automatisch|(?:message|courriel|e-?mail) (?:est )?(?:généré|envoyé) automatiquement|mensaje (?:generado|enviado|"
    r"automático)|bu (?:e-posta|mesaj) otomatik|автоматически (?:создан|сгенерирован|отправлен)",
    re.IGNORECASE,
)


def is_generated(mail: Mail) -> bool:
    """Whether a header says that no person sent it, a reply or not (RFC 3834 section 5)."""
    return mail.headers.first("auto-submitted").lower().strip() not in ("", "no") or "x-list-administrivia" in mail.headers


def declares_itself(mail: Mail) -> bool:
    """Whether headers, subject or type say that it is automatic (RFC 3834, RFC 8098)."""
    headers = mail.headers
    submitted = headers.first("auto-submitted").lower().strip()
    precedence = f"{headers.first('precedence')} {headers.first('x-precedence')}".lower()
    return (
        submitted.startswith(("auto-replied", "auto-generated (vacation", "auto-generated (reply", "auto-notified"))
        or any(name in headers for name in _HEADER_NAMES)
        or re.search(r"auto[-_ ]?repl", precedence) is not None
        or "autorespon" in headers.first("delivered-to").lower()
        or "vacation" in headers.first("x-loop").lower()
        or "reply" in headers.first("x-autogenerated").lower()
        or "disposition-notification" in headers.first("content-type").lower()
        or bool(mail.of_type("message/disposition-notification"))
        or bool(_SUBJECT.search(headers.first("subject")[:300]))
    )


def reads_like_one(mail: Mail) -> bool:
    """Whether only its words give it away: an answer that speaks of absence, thanks in general terms, or asks for a proof."""
    headers = mail.headers
    is_automatic = headers.first("auto-submitted").lower().strip() not in ("", "no") or headers.first("return-path").strip() == "<>"
    is_answer = "in-reply-to" in headers or bool(
        re.match(r"\s*(re|aw|sv|antw|답장|회신|返信|回复)\s*[:：\[]", headers.first("subject"), re.IGNORECASE)
    )
    bulk = headers.first("precedence").lower() in ("bulk", "junk", "list") or "x-auto-response-suppress" in headers
    words = own_words.of(mail)[:3000]
    return bool(_CERTAIN.search(" ".join(words.split()))) or ((is_automatic or is_answer or bulk) and bool(_TEXT.search(words)))
