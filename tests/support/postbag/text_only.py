"""Bounces of text alone, as small providers, appliances and old programs write them, without any machine's report."""

from tests.support.postbag.building import ADDRESS, ORIGINAL_HEADERS, Sample, bounce, delayed, mail, word

# name, sender, subject, text, reason, status, action
# fmt: off
NOTICES = [
    ("vacant", "Mail Administrator <Postmaster@mail.reader.test>", "Mail System Error - Returned Mail", "This Message was undeliverable due to the following reason:\n\nThe user(s) account is not found on this system.\nYour message was not delivered to the following recipients:\n\n<dora@reader.test>\n\nPlease reply to Postmaster@mail.reader.test\nif you feel this message to be in error.", "unknown_user", "", "confirm"),
    ("each-recipient-cause", "Mail Administrator <Postmaster@mail.reader.test>", "Mail System Error - Returned Mail", "This Message was undeliverable due to the following reason:\n\nYour message was not delivered because the destination computer was\nnot found.  Carefully check that it was spelled correctly and try\nsending it again if there were any mistakes.\n\n     Host reader.test not found\n\nThe following recipients did not receive your message:\n\n     <dora@reader.test>", "unknown_host", "", "confirm"),
    ("unreachable-within-days", "Mail Administrator <Postmaster@mail.reader.test>", "Mail System Error - Returned Mail", "This Message was undeliverable due to the following reason:\n\nYour message was not delivered because the destination computer was\nnot reachable within the allowed queue period. The amount of time\na message is queued before it is returned depends on local configura-\ntion parameters.\n\nYour message was not delivered within 3 days.\nHost mx.reader.test is not responding.\n\nThe following recipients did not receive your message:\n\n     <dora@reader.test>", "expired", "", "log"),
    ("post-office-quota", "Mail Administrator <Postmaster@mail.reader.test>", "Mail System Error - Returned Mail", "The following recipients did not receive your message:\n\n     <dora@reader.test>\n\nThe user's mailbox has exceeded its storage allotment.", "full", "", "count"),
    ("exceeded-limit-kb", "postmaster@reader.test", "Mail could not be delivered", "Your mail to dora@reader.test could not be delivered: the recipient has used all of the 100 MB of their mailbox.", "full", "", "count"),
    ("student-left", "Mailer-Daemon@campus.reader.test", "Undeliverable mail", "The mail you sent to dora@reader.test could not be delivered because that person has graduated and the account has been closed.", "disabled", "", "count"),
    ("does-not-work-here", "postmaster@reader.test", "Undeliverable: your message", "Your message to dora@reader.test could not be delivered.\nThis email address is no longer valid.", "unknown_user", "", "confirm"),
    ("no-such-mailbox-here", "MAILER-DAEMON@mx.reader.test", "Message undeliverable", "I could not deliver your mail.\n\n<dora@reader.test>: there is no such mailbox here", "unknown_user", "", "confirm"),
    ("nobody-by-that-name", "MAILER-DAEMON@mx.reader.test", "Returned mail", "No one by that name at this site.\nUndeliverable recipient: dora@reader.test", "unknown_user", "", "confirm"),
    ("address-misspelled", "mail@reader.test (Mail Delivery Service)", "Delivery failure", "Delivery to dora@reader.test failed. The address may be misspelled: we have no such user.", "unknown_user", "", "confirm"),
    ("deleted-account", "MAILER-DAEMON@mx.reader.test", "Undelivered Mail", "<dora@reader.test>: account was deleted", "unknown_user", "", "confirm"),
    ("domain-expired", "MAILER-DAEMON@relay.example.test", "Undelivered Mail", "<dora@reader.test>: the domain reader.test has expired and is not registered any more. Domain does not exist.", "unknown_host", "", "confirm"),
    ("new-address-forward", "postmaster@reader.test", "Undeliverable: address has changed", "Your message was not delivered. The e-mail address dora@reader.test has changed to dora@elsewhere.test. Please update your address book.", "moved", "", "confirm"),
    ("blocked-by-antispam", "Anti-Spam Gateway <postmaster@gw.reader.test>", "Message blocked", "Your message to dora@reader.test was rejected because it looks like spam (score 8.1, threshold 5.0).", "spam", "", "alarm"),
    ("blocked-attachment", "Antivirus <postmaster@gw.reader.test>", "Undelivered: prohibited attachment", "Your message to dora@reader.test was not delivered because it contains a prohibited attachment (newsletter.html).", "content", "", "alarm"),
    ("rbl-notice", "MAILER-DAEMON@mx.reader.test", "Delivery failed", "Your message to dora@reader.test was refused: your server 192.0.2.25 is on a blacklist.", "reputation", "", "alarm"),
    ("spf-notice", "MAILER-DAEMON@mx.reader.test", "Delivery failed", "Your message to dora@reader.test was refused because the SPF record of news.example.test does not allow 192.0.2.25.", "authentication", "", "alarm"),
    ("relaying", "MAILER-DAEMON@mx.reader.test", "Delivery failed", "dora@reader.test: relaying denied, we do not relay for this domain", "relay", "", "alarm"),
    ("size-limit", "postmaster@reader.test", "Message too large", "Your message to dora@reader.test was not delivered: it is larger than 5 MB, the largest size this system accepts.", "size", "", "alarm"),
    ("no-route", "MAILER-DAEMON@relay.example.test", "Delivery failed", "dora@reader.test: could not connect to mx.reader.test: No route to host. Giving up.", "network", "", "log"),
    ("two-days", "MAILER-DAEMON@relay.example.test", "Mail returned after 48 hours", "Your mail to dora@reader.test could not be delivered for 48 hours and is returned.", "expired", "", "log"),
    ("whitelist-only", "postmaster@reader.test", "Delivery failed", "dora@reader.test only accepts mail from people in their address book. Your message was not delivered.", "policy", "", "alarm"),
    ("german-unknown-2", "Mailer-Daemon@mail.reader.test", "Mail konnte nicht zugestellt werden", "Die E-Mail an dora@reader.test konnte nicht zugestellt werden, da der Empfänger auf diesem Server nicht bekannt ist.", "unknown_user", "", "confirm"),
    ("german-full-2", "Mailer-Daemon@mail.reader.test", "Unzustellbar", "dora@reader.test: Die Mailbox hat ihre Speichergrenze erreicht.", "full", "", "count"),
    ("german-host", "Mailer-Daemon@mail.reader.test", "Unzustellbar", "dora@reader.test: Die Domain reader.test wurde nicht gefunden.", "unknown_host", "", "confirm"),
    ("german-disabled", "Mailer-Daemon@mail.reader.test", "Unzustellbar", "dora@reader.test: Dieses Konto wurde gesperrt.", "disabled", "", "count"),
    ("french-unknown-2", "MAILER-DAEMON@mail.reader.test", "Message non distribué", "Votre message à dora@reader.test n'a pas pu être distribué : utilisateur inconnu.", "unknown_user", "", "confirm"),
    ("french-domain", "MAILER-DAEMON@mail.reader.test", "Message non distribué", "Le domaine reader.test est introuvable. Votre message à dora@reader.test n'a pas été distribué.", "unknown_host", "", "confirm"),
    ("spanish-full-2", "MAILER-DAEMON@mail.reader.test", "Correo no entregado", "El correo para dora@reader.test no fue entregado: la cuenta ha excedido su cuota.", "full", "", "count"),
    ("portuguese-disabled", "MAILER-DAEMON@mail.reader.test", "Mensagem não entregue", "A mensagem para dora@reader.test não pôde ser entregue: conta suspensa.", "disabled", "", "count"),
    ("italian-unknown-2", "MAILER-DAEMON@mail.reader.test", "Impossibile consegnare il messaggio", "Non è possibile consegnare il messaggio a dora@reader.test: utente inesistente.", "unknown_user", "", "confirm"),
    ("russian-unknown-2", "MAILER-DAEMON@mail.reader.test", "Письмо не доставлено", "Письмо для dora@reader.test не доставлено: такого пользователя не существует.", "unknown_user", "", "confirm"),
    ("russian-blocked", "MAILER-DAEMON@mail.reader.test", "Письмо не доставлено", "Письмо для dora@reader.test не доставлено: почтовый ящик заблокирован.", "disabled", "", "count"),
    ("turkish-full", "MAILER-DAEMON@mail.reader.test", "İletiniz teslim edilemedi", "dora@reader.test: alıcının posta kutusu dolu.", "full", "", "count"),
    ("japanese-unknown-2", "Mail Delivery System <MAILER-DAEMON@mail.reader.test>", "メールが届きませんでした", "dora@reader.test 宛のメールは届きませんでした。\nご指定のメールアドレスは使われておりません。", "unknown_user", "", "confirm"),
    ("japanese-refused-settings", "MAILER-DAEMON@mail.reader.test", "メール配信エラー", "dora@reader.test への送信に失敗しました。\n受信者の設定により受信が拒否されました。", "policy", "", "alarm"),
    ("chinese-unknown-2", "postmaster@mail.reader.test", "邮件投递失败", "您发往 dora@reader.test 的邮件投递失败，原因：没有这个用户。", "unknown_user", "", "confirm"),
    ("chinese-frozen", "postmaster@mail.reader.test", "邮件投递失败", "您发往 dora@reader.test 的邮件投递失败，原因：该帐号已被停用。", "disabled", "", "count"),
    ("chinese-size", "postmaster@mail.reader.test", "邮件投递失败", "您发往 dora@reader.test 的邮件投递失败，原因：邮件太大。", "size", "", "alarm"),
    ("korean-unknown-2", "postmaster@mail.reader.test", "메일 배달 실패 알림", "dora@reader.test 님에게 보낸 메일이 배달되지 않았습니다.\n이유: 그런 사용자가 없습니다.", "unknown_user", "", "confirm"),
    ("korean-unknown-3", "postmaster@mail.reader.test", "메일이 반송되었습니다", "받는 사람: dora@reader.test\n반송 사유: 등록되지 않은 메일 주소", "unknown_user", "", "confirm"),
    ("korean-closed", "postmaster@mail.reader.test", "메일이 반송되었습니다", "받는 사람: dora@reader.test\n반송 사유: 탈퇴한 회원", "unknown_user", "", "confirm"),
    ("korean-full-2", "postmaster@mail.reader.test", "메일이 반송되었습니다", "받는 사람: dora@reader.test\n반송 사유: 메일 보관함이 꽉 찼습니다", "full", "", "count"),
    ("korean-dormant-2", "postmaster@mail.reader.test", "메일이 반송되었습니다", "받는 사람: dora@reader.test\n반송 사유: 휴면 상태", "disabled", "", "count"),
    ("korean-ip", "postmaster@mail.reader.test", "메일이 반송되었습니다", "받는 사람: dora@reader.test\n반송 사유: 발송 서버 IP가 차단 목록에 있습니다", "reputation", "", "alarm"),
    ("korean-spf", "postmaster@mail.reader.test", "메일이 반송되었습니다", "받는 사람: dora@reader.test\n반송 사유: SPF 인증 실패", "authentication", "", "alarm"),
    ("korean-server", "postmaster@mail.reader.test", "메일이 반송되었습니다", "받는 사람: dora@reader.test\n반송 사유: 수신 메일 서버가 응답하지 않습니다", "network", "", "log"),
]
# fmt: on
# fmt: off
WAITING = [
    ("queue", "MAILER-DAEMON@relay.example.test", "Mail delivery delayed", "Your message to dora@reader.test is still in the queue after 4 hours. We will keep trying for 3 days."),
    ("spanish", "MAILER-DAEMON@mail.reader.test", "Entrega retrasada", "La entrega de su mensaje a dora@reader.test se ha retrasado. Seguiremos intentándolo."),
    ("japanese", "MAILER-DAEMON@mail.reader.test", "メール配信遅延のお知らせ", "dora@reader.test 宛のメールはまだ配信されていません。引き続き配信を試みます。"),
    ("chinese", "postmaster@mail.reader.test", "邮件投递延迟", "您发往 dora@reader.test 的邮件暂时无法送达，系统将继续尝试投递。"),
    ("korean", "postmaster@mail.reader.test", "메일 발송 지연 안내", "dora@reader.test 님에게 보낸 메일이 아직 전달되지 않았습니다. 48시간 동안 다시 시도합니다."),
]
# fmt: on


def samples() -> list[Sample]:
    failed = [
        bounce(f"text-{name}", _mail(sender, subject, text), reason, status, action=action)
        for name, sender, subject, text, reason, status, action in NOTICES
    ]
    return [*failed, *(delayed(f"text-waiting-{name}", _mail(sender, subject, text)) for name, sender, subject, text in WAITING)]


def _mail(sender: str, subject: str, text: str) -> bytes:
    shown = subject if subject.isascii() else word(subject)
    quoted = f"\n\n----- Original message headers -----\n\n{ORIGINAL_HEADERS}"
    return mail(f"Return-Path: <>\nFrom: {sender}\nTo: {ADDRESS}\nSubject: {shown}", text + quoted, coding="quoted-printable")
