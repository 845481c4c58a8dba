"""What mail systems write about a failed recipient, and the reason it stands for: rows D1 to D6, A12, A14 and A16."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.settings import ROOT
from service.delivery.reasons import HARD, Reason
from service.feedback import bounce_reasons

HARD_TEXTS = [
    # Postfix, Sendmail, Exim, qmail
    "host mx.reader.test[192.0.2.1] said: 550 5.1.1 <dora@reader.test>: Recipient address rejected: User unknown in virtual mailbox table",
    'unknown user: "dora"',
    "550 5.1.1 <dora@reader.test>... User unknown",
    "550 5.1.1 ... no such user here",
    "SMTP error from remote mail server after RCPT TO:<dora@reader.test>: host mx.reader.test [192.0.2.1]: 550 unknown user",
    "all relevant MX records point to non-existent hosts",
    "Unrouteable address",
    "Sorry, no mailbox here by that name. (#5.1.1)",
    "Sorry, I couldn't find any host named reader.test. (#5.1.2)",
    "This address no longer accepts mail.",
    "Host or domain name not found. Name service error for name=reader.test type=AAAA: Host not found",
    "550 sorry, that address is not in my list of valid recipients: no such recipient (#5.1.1)",
    "vdeliver: Invalid or unknown virtual user 'dora'",
    "550 5.7.1 recipient rejected: address does not exist",
    "550 5.7.1 user unknown",
    "5.0.0 (undefined status) user unknown",
    "mail for reader.test: 550 Host unknown (Name server: reader.test: host not found)",
    "user has moved to another address, please update your address book",
    "556 5.1.10 Recipient domain does not accept mail (nullMX)",
    "Domain reader.test does not accept mail",
    # the large providers
    "550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking the recipient's email "
    "address for typos or 550 5.1.1 unnecessary spaces. Learn more at https://support.google.com/mail/?p=NoSuchUser x12-gsmtp",
    "554 delivery error: dd This user doesn't have a reader.test account (dora@reader.test) [-5] - mta1.reader.test",
    "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302). [ABC.eop.test]",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient dora@reader.test not found by SMTP address lookup",
    "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found",
    "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [ABC.protection.test]",
    "550 5.4.310 DNS domain reader.test does not exist [Message=InfoDomainNonexistent]",
    "521 5.2.1 :  AOL will not accept delivery of this message: No such user here",
    "550 5.1.1 unknown or illegal alias: dora@reader.test",
    "550 #5.1.0 Address rejected.",
    "5.1.0 - Unknown address error 550-'5.1.1 <dora@reader.test>: Recipient address rejected: User unknown'",
    "550 RCP-P1 https://postmaster.provider.test/response_codes#rcp-p1",
    "550 Invalid Recipient - https://community.gateway.test/docs/DOC-1369#550 [abc]",
    "550 No such recipient here",
    "smtp; 550 5.1.1 Mailbox does not exist",
    "553 5.3.0 <dora@reader.test>... No such user exists",
    "554 5.7.1 <dora@reader.test>: user not found: dora",
    "550 5.1.1 No such user dora@reader.test - nsmtp",
    "The email address could not be found. Perhaps the recipient moved to a different email organization",
    "The recipient name is not recognized",
    "User dora (dora@reader.test) not listed in Domino Directory",
    "dora@reader.test (The name was not found at the remote site. Check that the name has been entered correctly.)",
    "Illegal host/domain name found",
    "Reason: Illegal user",
    # languages
    "550 존재하지 않는 사용자입니다.",
    "해당 메일 계정이 없습니다",
    "받는 사람의 메일 주소를 찾을 수 없습니다.",
    "550 수신자가 존재하지 않습니다",
    "도메인이 존재하지 않습니다.",
    "宛先のメールアドレスが見つかりません。",
    "指定されたユーザーは存在しません",
    "550 收件人不存在",
    "550 Mailbox not found 邮箱不存在",
    "Der Empfänger dora ist unbekannt",
    "Adresse d'au moins un destinataire invalide. Invalid recipient. LPN416 (#5.1.1)",
    "L'utilisateur est inconnu",
    "No existe dicha persona",
    "el usuario no existe",
    "Nessun utente simile in questo indirizzo",
    "Пользователь не найден",
    "Kein Eintrag im Domino-Verzeichnis",
]

NOT_HARD = [
    ("550 5.1.1 blocked using zen.spamhaus.org", Reason.REPUTATION),
    ("550 5.1.1 Message looks like spam", Reason.SPAM),
    ("550 5.7.1 <b+t@bounces.example.test>: Sender address rejected: Domain not found", Reason.SENDER),
    ("550 5.1.8 <b+t@bounces.example.test>... Domain of sender address does not exist", Reason.SENDER),
    ("501 5.1.8 Sender domain must exist", Reason.SENDER),
    ("450 4.7.25 Client host rejected: cannot find your hostname", Reason.AUTHENTICATION),
    ("550 5.7.515 Access denied, sending domain does not meet the required authentication level", Reason.AUTHENTICATION),
    ("550-5.7.26 This mail has been blocked because the sender is unauthenticated. DKIM = did not pass", Reason.AUTHENTICATION),
    ("550 5.7.1 [192.0.2.9 12] Our system has detected that this message is likely unsolicited mail.", Reason.SPAM),
    ("550 5.7.1 Unable to relay for dora@reader.test", Reason.RELAY),
    ("554 5.7.1 <dora@reader.test>: Relay access denied", Reason.RELAY),
    ("553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", Reason.RELAY),
    ("421 4.7.0 [TSS04] Messages from 192.0.2.9 temporarily deferred due to user complaints", Reason.REPUTATION),
    (
        "550 SC-001 (BAY004) Unfortunately, messages from 192.0.2.9 weren't sent. part of their network is on our block list",
        Reason.REPUTATION,
    ),
    ("554 Blocked - see http://www.spamcop.net/bl.shtml?192.0.2.9", Reason.REPUTATION),
    ("554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using dnsbl.sorbs.net", Reason.REPUTATION),
    ("550 permanent failure for one or more recipients (dora@reader.test:blocked)", Reason.POLICY),
    ("550 Administrative prohibition", Reason.POLICY),
    ("550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized", Reason.POLICY),
    ("550 5.7.1 RESOLVER.RST.AuthRequired; authentication required", Reason.POLICY),
    ("554 5.7.1 <dora@reader.test>: Recipient address rejected: Access denied", Reason.POLICY),
    ("550 Unknown user dora@reader.test (in reply to end of DATA command)", Reason.POLICY),
    ("550 5.2.1 The email account that you tried to reach is disabled. ?p=DisabledUser", Reason.DISABLED),
    (
        "554 delivery error: dd Sorry your message cannot be delivered. This account has been disabled or discontinued [#102]",
        Reason.DISABLED,
    ),
    ("550 account has been suspended", Reason.DISABLED),
    ("550 휴면 계정입니다", Reason.DISABLED),
    ("550 5.1.1 mailbox is full", Reason.FULL),
    ("552 5.2.2 <dora@reader.test>... Mailbox is full", Reason.FULL),
    ("552-5.2.2 The recipient's inbox is out of storage space. https://support.google.com/mail/?p=OverQuotaPerm", Reason.FULL),
    ("The number of messages in recipient's mailbox exceeded the local limit.", Reason.FULL),
    ("User mailbox exceeds allowed size", Reason.FULL),
    ("받는 사람의 메일함 용량이 초과되었습니다", Reason.FULL),
    ("メールボックスがいっぱいです", Reason.FULL),
    ("Das Postfach des Empfängers ist voll", Reason.FULL),
    ("la boîte du destinataire est pleine", Reason.FULL),
    ("552 5.3.4 Message size exceeds fixed limit", Reason.SIZE),
    ("552 Message too large", Reason.SIZE),
    ("554 5.6.0 message content rejected", Reason.CONTENT),
    ("550 5.7.1 virus W97M found in message", Reason.CONTENT),
    ("550-5.7.1 Messages missing a valid Message-ID header are not accepted", Reason.CONTENT),
    ("421 4.7.28 unusual rate of mail", Reason.RATE),
    ("550 5.7.1 within 24 hours you send too many messages", Reason.RATE),
    ("452 4.5.3 Too many recipients", Reason.RATE),
    ("421 4.3.2 Your IP 192.0.2.1 is filtered", Reason.REPUTATION),
    ("450 4.2.0 <dora@reader.test>: Recipient address rejected: Greylisted, see http://postgrey.test", Reason.GREYLIST),
    ("450 4.4.1 connect to mx.reader.test[192.0.2.1]:25: Connection timed out", Reason.NETWORK),
    ("Host or domain name not found. Name service error for name=reader.test type=MX: Host not found, try again", Reason.NETWORK),
    ("550 4.4.7 QUEUE.Expired; message expired", Reason.EXPIRED),
    ("I'm not going to try again; this message has been in the queue too long.", Reason.EXPIRED),
    ("retry timeout exceeded", Reason.EXPIRED),
    ("554 5.4.6 Too many hops", Reason.SYSTEM),
    ("mail for reader.test loops back to myself", Reason.SYSTEM),
    ("550 5.3.0 unknown mailer error 127", Reason.SYSTEM),
    ("501 5.5.4 Invalid HELO: host name is invalid", Reason.PROTOCOL),
    ("550 Rejected by header based manually blocked senders", Reason.POLICY),
    ("554 Your access to this mail system has been rejected due to the sending MTA's poor reputation.", Reason.REPUTATION),
    ("550 5.7.1 Command rejected", Reason.PROTOCOL),
]


@pytest.mark.parametrize("text", HARD_TEXTS)
def test_words_for_an_address_that_is_not_there_are_hard(text: str) -> None:
    found = bounce_reasons.because([text])

    assert found.reason in HARD, found
    assert found.is_hard


@pytest.mark.parametrize(("text", "reason"), NOT_HARD)
def test_everything_else_has_its_own_reason_and_is_not_hard(text: str, reason: Reason) -> None:
    found = bounce_reasons.because([text])

    assert (found.reason, found.is_hard) == (reason, False)


def test_words_outrank_a_generic_code_and_the_code_speaks_where_words_are_silent() -> None:
    assert bounce_reasons.because(["smtp; 550 rejected as spam"], "5.1.1").reason is Reason.SPAM
    assert bounce_reasons.because(["smtp; 550 user unknown"], "5.0.0").reason is Reason.UNKNOWN_USER
    assert bounce_reasons.because([""], "5.1.1").is_hard
    assert not bounce_reasons.because(["smtp; 450 user unknown"], "4.1.1").is_hard  # may be there again tomorrow


def test_words_alone_are_told_from_words_beside_a_code() -> None:
    assert not bounce_reasons.because(["No such user"]).is_by_code
    assert bounce_reasons.because(["550 No such user"]).is_by_code


def test_addresses_links_and_host_names_decide_nothing() -> None:
    text = "550 5.1.1 <spam-policy@blocked.test>: User unknown, see https://policy.test/spam (host spam.barracuda.test)"

    assert bounce_reasons.because([text]).reason is Reason.UNKNOWN_USER


@given(st.text(max_size=400), st.text(max_size=20))
def test_any_text_has_a_reason(text: str, status: str) -> None:
    assert bounce_reasons.because([text, text], status).reason in Reason


def wordings() -> list[tuple[bool, str]]:
    lines = (ROOT / "tests/data/wordings.txt").read_text().splitlines()
    return [(line.startswith("+"), line[2:]) for line in lines if line[:2] in ("+ ", "- ")]


@pytest.mark.parametrize(("is_hard", "text"), wordings())
def test_more_wordings_are_hard_or_not(is_hard: bool, text: str) -> None:
    found = bounce_reasons.because([text])

    assert found.is_hard is is_hard, found
