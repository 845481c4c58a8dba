"""Mails that ask to leave: by the mailto of List-Unsubscribe (RFC 2369), and replies whose own words say so. Pure; in doubt it is none."""

import re

from service.feedback import own_words
from service.feedback.mail import Mail

SHORT = 160  # characters: a wish to leave is said in a few words; a longer letter is for people to read

_SUBJECT = re.compile(
    r"^\s*(?:(?:re|fw|fwd|답장|회신|aw|sv)\s*[:：]\s*){0,3}\W{0,3}(?:unsubscribe|unsub|opt[ -]?out|remove(?: me)?|stop|수신\s?거부|"
    r"구독\s?(?:취소|해지|중단|철회)|수신\s?(?:중단|해지)|그만|배달정지|配信停止|購読解除|退订|取消订阅|abmelden|abbestellen|désabonner|"
    r"desinscrire|désinscription|cancelar suscripción|darse de baja)"
    r"(?:\s+[\w=-]{16,80}|\s*(?:요청|신청|합니다|해\s?주세요|부탁.{0,8}|희망|please|me|request))?\W{0,5}$",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"unsubscribe[\s:%20+]{1,4}([A-Za-z0-9_-]{30,44})(?![A-Za-z0-9_-])", re.IGNORECASE)
_WISH = re.compile(
    r"unsubscri(?:be(?!d)|ption|bing)(?! (?:link|button|page|option))|unsubscribe (?:link|button)[^.]{0,30}(?:not|n't|broken|fail)|"
    r"unsubscribed[^.]{0,40}(?:still|again|keep)|(?:still|again|keep)[^.]{0,60}unsubscribed|\bunsub\b|opt[ -]?(?:me )?out|(?:take|"
    r"remove|delete)\s+(?:me|my (?:e-?mail|address|name))|(?:please )?stop (?:sending|e-?mailing|mailing|these|this|it|sending me)|"
    r"^\W*stop\W*$|no (?:more|longer) (?:e-?mails?|mails?|newsletters?|messages)|(?:don'?t|do not|no longer) (?:want|"
    r"wish)(?: to)? (?:be on|receive|get|these|any|your|e-?mails?|this)|(?:cancel|stop|end|terminate) (?:my|the|this) (?:subscription|"
    r"newsletter|membership)|\b(?!unsubscribe)un-?sub?s?c?r?i?b?i?b?e\b|(?:이메일|메일)\s?주소[^\n.]{0,8}(?:삭제|제거|지워|빼)|(?:명단|"
    r"목록|리스트)에?서?[^\n.]{0,8}(?:빼|제외|삭제|제거)|수신\s?거부|수신을?\s?(?:거부|중단|원하지|원치)|구독을?\s?(?:취소|해지|중단|"
    r"철회|그만)|(?:메일|뉴스레터|이메일|레터)[^\n.]{0,14}(?:보내지|그만|받고 ?싶지|안 ?받|중단|받지 ?않)|보내지\s?(?:마|말|않아|"
    r"않으셔도)|안\s?보내\s?주?셔도|언섭|발송\s?(?:중지|중단|금지)|수신\s?(?:해제|해지|중지)|구독\s?끊|(?:회원|구독)\s?탈퇴|(?:^|"
    r"\s)해지\s?(?:요청|신청|부탁|해\s?주)|(?:편지|소식)[^\n.]{0,14}(?:보내지\s?(?:마|말)|받고\s?싶지|안\s?받|중단|받지\s?않)|(?:^|"
    r"[.!,~])\s*(?:(?:이제|제발|좀|정말|네|그냥)\s*){0,3}그만(?:요|이요)?\s*(?:$|[.!~,])|그만\s?(?:좀\s?)?(?:보내(?!기)|받(?!아들)|구독|"
    r"주세요|주시)|^.{0,12}그만\s?(?:해|하|할)\S{0,6}[\s.!~]*$|配信(?:を)?(?:停止|不要|中止|解除)|購読(?:を)?(?:解除|停止|中止|やめ)|"
    r"退订|取消订阅|不要再(?:发|寄)|abmelden|abbestellen|austragen|keine (?:weiteren )?(?:e-?)?mails|désabonn|désinscri|plus recevoir|"
    r"meld\w* (?:sie )?mich [^.]{0,40}\bab\b|(?:trag|nehm|streich)\w* (?:sie )?mich [^.]{0,40}(?:aus|verteiler|liste)|cancell(?:atemi|"
    r"ami|are (?:la )?(?:mia )?iscrizione)|disiscri|cancelar (?:a )?(?:minha )?(?:inscri|subscri|assinatura)|descadastr|afmelden|"
    r"uitschrijven|wypis(?:ać|z|anie)|rezygnuję|отпиш\w+|отпис\w+|отказаться от рассыл|avregistrera|avsluta prenumeration|afmeld|"
    r"abonelikten çık|listeden çık|odhlásit|hủy đăng ký|berhenti berlangganan|退閱|取消訂閱|\bd\w{1,5} de baja|cancell(?:armi|ate)\b|"
    r"discontinue|(?:quit|cease) (?:sending|mailing)|leave (?:this|the|your) (?:mailing )?list|get me off|drop me from|cancelar (?:la |"
    r"mi )?suscripci|no (?:quiero|deseo) recibir",
    re.IGNORECASE | re.MULTILINE,
)
_NO_WISH = re.compile(
    r"(?:don'?t|do not|never) (?:ever )?stop|그만\s?(?:보내|쓰|하)지\s?(?:마|말)|(?:did(?:n'?t| not)|never|don'?t want to|"
    r"do not want to|not) (?:want to )?unsubscri|(?:unsubscri|press|click|hit|left)\w*[^.]{0,40}(?:by (?:mistake|accident)|accidental)|"
    r"(?:mistakenly|accidentally) (?:unsubscri|press|click|left)|(?:people|readers|friends?|others|everyone|someone|they|"
    r"who)\b[^.]{0,20} unsubscribe|수신\s?거부\s?(?:했|하였|한)(?:지만|으나|던)|re-?subscri|subscribe (?:me )?again|how many|그만큼|"
    r"그만한|그만두|수신\s?거부(?:를)?\s?(?:한 적|안 ?했|하지 않|취소|해제|철회)|다시 (?:구독|받)|실수로|잘못 눌",
    re.IGNORECASE,
)


def token(mail: Mail) -> str:
    """The acting token that the mailto of List-Unsubscribe puts into the subject or text; "" where there is none."""
    for text in (mail.headers.first("subject"), *(part.words[:2000] for part in mail.parts[:2])):
        found = _TOKEN.search(text)
        if found:
            return found[1]
    return ""


def asks_to_leave(mail: Mail) -> bool:
    """Whether the message asks to leave, in its subject or in its own words; what it quotes counts for nothing."""
    if "x-apple-unsubscribe" in mail.headers:
        return True
    if _is_request(mail.headers.first("subject")):
        return not _NO_WISH.search(own_words.of(mail)[:SHORT])
    words = " ".join(own_words.of(mail).split())
    return 0 < len(words) <= SHORT and bool(_WISH.search(words)) and not _NO_WISH.search(words)


def is_subject_of_mailto(mail: Mail) -> bool:
    """Whether the subject is what a mail program sends for List-Unsubscribe: nothing but the word, and perhaps our token."""
    subject = mail.headers.first("subject")
    return _is_request(subject) and not re.match(r"\s*(?:re|fw|fwd|답장|회신|aw)\s*[:：]", subject, re.IGNORECASE)


def _is_request(subject: str) -> bool:
    return bool(_SUBJECT.match(subject[:300]))
