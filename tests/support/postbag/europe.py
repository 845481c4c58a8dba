"""What Russian, German, French, Italian and other European systems send back."""

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

_DAEMON = f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.reader.test (Mail Delivery System)\nTo: {ADDRESS}\nSubject: Undelivered Mail Returned to Sender"


def _said(answer: str, status: str, host: str) -> bytes:
    return report(
        _DAEMON,
        f"<{DORA}>: host {host} said: {answer} (in reply to end of DATA command)\n",
        f"Reporting-MTA: dns; relay.example.test\n\nFinal-Recipient: rfc822; {DORA}\nAction: failed\nStatus: {status}\nDiagnostic-Code: smtp; {answer}\n",
        returned="",
    )


def samples() -> list[Sample]:
    return [*_said_by_providers(), *_own_notices()]


def _said_by_providers() -> list[Sample]:
    return [
        bounce(
            "mailru-no-such-user",
            _said(
                "550 Message was not accepted -- invalid mailbox.  Local mailbox dora@reader.test is unavailable: user not found",
                "5.0.0",
                "mxs.mail.ru[203.0.113.90]",
            ),
            "unknown_user",
            "5.0.0",
            action="suppress",
        ),
        bounce(
            "mailru-terminated",
            _said(
                "550 Message was not accepted -- invalid mailbox.  Local mailbox dora@reader.test is unavailable: account is disabled",
                "5.0.0",
                "mxs.mail.ru[203.0.113.90]",
            ),
            "disabled",
            "5.0.0",
            action="count",
        ),
        bounce(
            "mailru-spam",
            _said(
                "550 spam message rejected. Please visit http://help.mail.ru/notspam-support/id?c=4VfA or report details to abuse@corp.mail.ru. Error code: 4057C0E1. ID: 0000000F. ",
                "5.0.0",
                "mxs.mail.ru[203.0.113.90]",
            ),
            "spam",
            "5.0.0",
            action="alarm",
        ),
        bounce(
            "yandex-no-such-user",
            _said("550 5.7.1 No such user!", "5.7.1", "mx.yandex.ru[203.0.113.91]"),
            "unknown_user",
            "5.7.1",
            action="suppress",
        ),
        bounce(
            "yandex-spam-limit",
            _said(
                "554 5.7.1 [2] Message rejected under suspicion of SPAM; https://ya.cc/1IrBc 1762725612-abcdef",
                "5.7.1",
                "mx.yandex.ru[203.0.113.91]",
            ),
            "spam",
            "5.7.1",
            action="alarm",
        ),
        bounce(
            "gmx-mailbox-unavailable",
            _said("550 Requested action not taken: mailbox unavailable", "5.0.0", "mx00.gmx.net[203.0.113.92]"),
            "unknown_user",
            "5.0.0",
            action="suppress",
        ),
        bounce(
            "gmx-no-rdns",
            _said(
                "554-gmx.net (mxgmx101) Nemesis ESMTP Service not available 554-No SMTP service 554-Bad DNS PTR resource record. 554 For explanation visit https://postmaster.gmx.net/en/error-messages?ip=192.0.2.25&c=rdns",
                "5.0.0",
                "mx00.gmx.net[203.0.113.92]",
            ),
            "authentication",
            "5.0.0",
            action="alarm",
        ),
        bounce(
            "webde-reject-policy",
            _said(
                "554-Transaction failed 554-Reject due to policy restrictions. 554 For explanation visit https://postmaster.web.de/en/case?c=hi&i=ip&v=192.0.2.25",
                "5.0.0",
                "mx-ha02.web.de[203.0.113.93]",
            ),
            "policy",
            "5.0.0",
            action="alarm",
        ),
        bounce(
            "t-online-ip-blocked",
            _said(
                "554 IP=192.0.2.25 - A problem occurred. Ask your postmaster for help or to contact tosa@rx.t-online.de to clarify. (BL)",
                "5.0.0",
                "mx00.t-online.de[203.0.113.94]",
            ),
            "reputation",
            "5.0.0",
            action="alarm",
        ),
        bounce(
            "orange-ofr-506",
            _said("550 5.2.0 Mail rejete. Mail rejected. OFR_506 [506]", "5.2.0", "smtp-in.orange.fr[203.0.113.95]"),
            "spam",
            "5.2.0",
            action="alarm",
        ),
        bounce(
            "orange-unknown",
            _said(
                "550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]",
                "5.1.1",
                "smtp-in.orange.fr[203.0.113.95]",
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "orange-too-many-connections",
            _said(
                "421 mwinf5c04 ME Trop de connexions, veuillez verifier votre configuration. Too many connections, slow down. OFR004_104 [104]",
                "4.0.0",
                "smtp-in.orange.fr[203.0.113.95]",
            ),
            "rate",
            "4.0.0",
            action="log",
        ),
        bounce(
            "libero-disabled",
            _said("550 RCPT TO:<dora@reader.test> User is unknown or mailbox is disabled", "5.0.0", "smtp-in.libero.it[203.0.113.96]"),
            "unknown_user",
            "5.0.0",
            action="suppress",
        ),
        bounce(
            "laposte-quota",
            _said("552 5.2.2 Quota de la boite aux lettres depasse", "5.2.2", "smtp4.laposte.net[203.0.113.97]"),
            "full",
            "5.2.2",
            action="count",
        ),
        bounce(
            "seznam-greylist",
            _said("451 4.7.1 Greylisting in action, please come back later", "4.7.1", "mx1.seznam.cz[203.0.113.98]"),
            "greylist",
            "4.7.1",
            action="log",
        ),
        bounce(
            "wp-pl-full",
            _said("552 5.2.2 Skrzynka odbiorcy jest przepelniona / mailbox quota exceeded", "5.2.2", "mx.wp.pl[203.0.113.99]"),
            "full",
            "5.2.2",
            action="count",
        ),
    ]


def _own_notices() -> list[Sample]:
    return [
        bounce(
            "webde-notice-german",
            mail(
                f'Return-Path: <>\nFrom: "Mail Delivery System" <mailer-daemon@web.de>\nTo: {ADDRESS}\nSubject: Mail delivery failed: returning message to sender',
                f"This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its recipients. This is a permanent error.\n\nThe following address failed:\n\n{DORA}:\nSMTP error from remote server for RCPT TO command, host: mx.reader.test (203.0.113.4) reason: 550 5.1.1 <{DORA}>: Recipient address rejected: undeliverable address\n\n\n--- The header of the original message is following. ---\n\n"
                + ORIGINAL_HEADERS,
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "t-online-notice",
            mail(
                f"Return-Path: <>\nFrom: Mail Delivery System <mailer-daemon@t-online.de>\nTo: {ADDRESS}\nSubject: Ihre Nachricht konnte nicht zugestellt werden",
                "|-------------------------------------------------------------------------|\n| Ihre Nachricht konnte an folgende Empfänger nicht ausgeliefert werden:  |\n\ndora@reader.test\n    Das Postfach des Empfängers ist voll. (mailbox full)\n",
                "iso-8859-1",
                "quoted-printable",
            ),
            "full",
            action="count",
        ),
        bounce(
            "mailru-notice-russian",
            mail(
                f"Return-Path: <>\nFrom: mailer-daemon@corp.mail.ru\nTo: {ADDRESS}\nSubject: Mail failure.\nX-Failed-Recipients: {DORA}",
                f"Это письмо создано автоматически сервером Mail.Ru, отвечать на него не нужно.\n\nК сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям:\n\n**********************\n\n{DORA}\n\nmxs.mail.ru: пользователь не найден\n\n**********************\n",
                coding="base64",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "yandex-notice-russian-koi8",
            mail(
                f"Return-Path: <>\nFrom: mailer-daemon@yandex.ru\nTo: {ADDRESS}\nSubject: {word('Недоставленное сообщение', 'koi8-r')}",
                f"Это письмо отправлено почтовым сервером yandex.ru.\n\nК сожалению, мы вынуждены сообщить Вам о том, что Ваше письмо не может быть отправлено одному или нескольким адресатам.\n\n<{DORA}>: почтовый ящик переполнен\n",
                "koi8-r",
                "base64",
            ),
            "full",
            action="count",
        ),
        bounce(
            "orange-notice-french",
            mail(
                f"Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@orange.fr>\nTo: {ADDRESS}\nSubject: {word('Echec de la distribution de votre message', 'iso-8859-1')}",
                "Votre message n'a pas pu être remis au destinataire suivant :\n\n<dora@reader.test>\n\nMotif : cette adresse n'existe pas chez Orange.\n",
                "iso-8859-1",
                "quoted-printable",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "libero-notice-italian",
            mail(
                f"Return-Path: <>\nFrom: postmaster@libero.it\nTo: {ADDRESS}\nSubject: Mancata consegna del messaggio",
                "Il messaggio non è stato consegnato al seguente destinatario:\n\ndora@reader.test\n\nMotivo: la casella di posta del destinatario è piena.\n",
                "windows-1252",
                "quoted-printable",
            ),
            "full",
            action="count",
        ),
        bounce(
            "spanish-notice",
            mail(
                f"Return-Path: <>\nFrom: MAILER-DAEMON@correo.reader.test\nTo: {ADDRESS}\nSubject: {word('Mensaje devuelto: no se pudo entregar')}",
                "Su mensaje no pudo ser entregado a:\n\n<dora@reader.test>: El usuario no existe en este servidor\n",
                "iso-8859-1",
                "quoted-printable",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "polish-notice",
            mail(
                f"Return-Path: <>\nFrom: Mailer-Daemon@poczta.reader.test\nTo: {ADDRESS}\nSubject: {word('Wiadomość nie została dostarczona')}",
                "Twoja wiadomość nie mogła zostać dostarczona do:\n\ndora@reader.test\n    skrzynka pocztowa nie istnieje\n",
                "iso-8859-2",
                "base64",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "dutch-notice",
            mail(
                f"Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mail.reader.test>\nTo: {ADDRESS}\nSubject: Uw bericht kon niet worden afgeleverd",
                "Uw bericht aan dora@reader.test kon niet worden afgeleverd.\nDe mailbox van de ontvanger is vol.\n",
            ),
            "full",
            action="count",
        ),
        delayed(
            "german-delay",
            mail(
                f"Return-Path: <>\nFrom: Mail Delivery System <mailer-daemon@mail.reader.test>\nTo: {ADDRESS}\nSubject: {word('Zustellung verzögert: Ihre Nachricht')}",
                "Ihre Nachricht an dora@reader.test konnte seit mehr als 4 Stunden nicht zugestellt werden. Es wird weiter versucht, sie zuzustellen. Sie müssen die Nachricht nicht erneut senden.\n",
                "iso-8859-1",
                "quoted-printable",
            ),
        ),
        bounce(
            "ovh-notice-attached-original",
            parts(
                f"Return-Path: <>\nFrom: MAILER-DAEMON@ovh.example.test\nTo: {ADDRESS}\nSubject: Undelivered Mail Returned to Sender",
                "multipart/mixed",
                body(
                    f"Hello,\n\nyour message could not be delivered to\n\n<{DORA}>: 550 5.2.1 This account has been suspended. Contact support.\n"
                ),
                part('message/rfc822; name="original.eml"', ORIGINAL),
            ),
            "disabled",
            "5.2.1",
            action="count",
        ),
    ]
