"""What servers answer, one line each, as a relay passes it on in a report: the words of the large systems and of many small ones."""

from tests.support.postbag.building import ADDRESS, DORA, ORIGINAL_HEADERS, Sample, bounce, report

_HEAD = f"Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@relay.example.test>\nTo: {ADDRESS}\nSubject: Undelivered Mail Returned to Sender"
_HARD = ("unknown_user", "unknown_host", "bad_address", "moved", "does_not_accept_mail")
_COUNTED = ("disabled", "full")
_LOGGED = ("rate", "greylist", "network", "system", "expired", "unknown")

# name, reason, status that the mail tells, what the server answered; soft ones of hard reasons are marked by their 4xx
# fmt: off
ANSWERS = [
    ("365-all-recipients", "unknown_user", "5.4.1", "550 5.4.1 All recipient addresses rejected : Access denied. AS(201806271) [TY2PEPF00]"),
    ("365-traffic", "reputation", "5.7.708", "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP. For more information please go to http://go.microsoft.com/fwlink/?LinkId=526653"),
    ("365-banned-sender", "reputation", "5.7.511", "550 5.7.511 Access denied, banned sender[192.0.2.25]. To request removal from this list please forward this message to delist@microsoft.com."),
    ("365-account-disabled", "disabled", "5.2.1", "550 5.2.1 STOREDRV.Deliver.Exception:AccountDisabledException.MapiExceptionAccountDisabled; Failed to process message"),
    ("365-thread-limit", "rate", "4.3.2", "432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded"),
    ("365-remote-unknown", "unknown_user", "5.1.351", "550 5.1.351 Remote server returned unknown recipient or mailbox unavailable -> 550 No such user"),
    ("365-remote-spam", "spam", "5.7.350", "550 5.7.350 Remote server returned message detected as spam -> 554 5.7.1 rejected"),
    ("365-remote-authentication", "authentication", "5.7.368", "550 5.7.368 Remote server returned authentication related error -> 550-5.7.26 unauthenticated"),
    ("365-cannot-connect", "expired", "5.4.317", "550 5.4.317 Message expired, cannot connect to remote server"),
    ("365-spam-abuse", "spam", "5.7.501", "550 5.7.501 Access denied, spam abuse detected"),
    ("365-dmarc", "authentication", "5.7.509", "550 5.7.509 Access denied, sending domain news.example.test does not pass DMARC verification and has a DMARC policy of reject."),
    ("365-invalid-domain", "unknown_host", "5.4.310", "550 5.4.310 DNS domain reader.test does not exist [Message=InfoDomainNonexistent] [LastAttemptedServerName=reader.test]"),
    ("365-recipient-limit", "rate", "5.2.121", "550 5.2.121 Recipient's per hour message receive limit exceeded"),
    ("yahoo-554-30", "disabled", "5.0.0", f"554 30 Sorry, your message to {DORA} cannot be delivered. This mailbox is disabled (554.30)."),
    ("yahoo-tss09", "reputation", "5.7.2", "553 5.7.2 [TSS09] All messages from 192.0.2.25 will be permanently deferred; Retrying will NOT succeed. See https://postmaster.yahooinc.com/error-codes"),
    ("aol-rtr-bl", "reputation", "5.0.0", "554- (RTR:BL)  https://postmaster.aol.com/error-codes#554rtrbl 554  Connecting IP: 192.0.2.25"),
    ("gmx-quota", "full", "5.0.0", "552-Requested mail action aborted: exceeded storage allocation 552-Quota exceeded. The recipients mailbox is full. 552 For explanation visit http://postmaster.gmx.com/en/error-messages"),
    ("gmx-sender-dns", "sender", "5.0.0", "550-Requested action not taken: mailbox unavailable 550 Sender domain has invalid DNS MX or A/AAAA resource record"),
    ("t-online-spam", "spam", "5.7.0", "550-5.7.0 Message considered as spam or virus, rejected 550-5.7.0 Message rejected because it was considered as spam. 550 5.7.0 contact tobr@rx.t-online.de"),
    ("proton-unknown", "unknown_user", "5.1.1", "550 5.1.1 <dora@reader.test>: Recipient address rejected: Address does not exist"),
    ("cloudflare-routing", "unknown_user", "5.1.1", "550 5.1.1 Address does not exist. [2] dRs2"),
    ("fastmail-disabled", "disabled", "5.2.1", "550 5.2.1 <dora@reader.test>: Recipient address rejected: account is suspended for non-payment"),
    ("rambler-disabled", "disabled", "5.7.1", "550 5.7.1 Mailbox has been disabled due to inactivity"),
    ("postini-unknown", "unknown_user", "5.1.1", "550 5.1.1 No such user - psmtp"),
    ("comcast-not-customer", "unknown_user", "5.1.1", "550 5.1.1 Not our Customer"),
    ("bt-full", "full", "5.2.2", "552 5.2.2 <dora@reader.test> mailbox over quota"),
    ("telenet-blocked", "reputation", "5.7.1", "554 5.7.1 Your IP has been blocked because it sent mail to spam traps"),
    ("vade-spam", "spam", "5.7.1", "550 5.7.1 Message rejected: the content was classified as spam by the filtering system"),
    ("local-temporary-unknown", "unknown_user", "4.1.1", "450 4.1.1 <dora@reader.test>: Recipient address rejected: unverified address: User unknown in local recipient table"),
    ("unverified-timeout", "network", "4.1.1", "450 4.1.1 <dora@reader.test>: Recipient address rejected: unverified address: connect to mx.inner.test: Connection timed out"),
    ("domain-not-found-recipient", "unknown_host", "5.1.2", "554 5.1.2 <dora@reader.test>: Recipient address rejected: Domain not found"),
    ("procmail-died", "system", "5.3.0", "x-unix; Command died with status 127: \"/usr/bin/procmail -a\". Command output: sh: procmail: not found"),
    ("maildrop-quota", "full", "5.2.2", "x-unix; maildrop: maildir over quota."),
    ("output-file", "system", "5.2.0", "x-unix; can't create user output file"),
    ("quota-disk", "full", "4.2.2", "452 4.2.2 Insufficient disk space for user's mailbox; quota reached"),
    ("helo-rejected", "protocol", "5.5.2", "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname"),
    ("tls-required", "policy", "5.7.10", "550 5.7.10 Encryption required by the policy of the recipient"),
    ("dane-failed", "network", "4.7.5", "454 4.7.5 Server certificate not trusted"),
    ("dns-servfail", "network", "4.4.3", "dns; Host or domain name not found. Name service error for name=reader.test type=MX: Host not found, try again"),
    ("qmail-cname", "network", "4.4.3", "CNAME lookup failed temporarily. (#4.4.3)"),
    ("too-many-hops", "system", "5.4.6", "554 5.4.6 Too many hops"),
    ("not-accepting-bulk", "spam", "5.7.1", "550 5.7.1 We do not accept bulk mail, contact postmaster for whitelisting"),
    ("spf-softfail", "authentication", "5.7.1", "550 5.7.1 SPF check failed: 192.0.2.25 is not allowed to send mail from news.example.test"),
    ("dkim-required", "authentication", "5.7.20", "550 5.7.20 No passing DKIM signature found"),
    ("ptr-missing", "authentication", "5.7.25", "550 5.7.25 The IP address sending this message does not have a PTR record setup"),
    ("invalid-characters", "bad_address", "5.1.3", "501 5.1.3 Invalid character in address local part"),
    ("user-moved-forward", "moved", "5.1.6", "551 5.1.6 User not local; please try <dora@elsewhere.test>"),
    ("ex-employee", "unknown_user", "5.1.1", "550 5.1.1 This person no longer works here, please contact info@reader.test"),
    ("no-mail-host", "does_not_accept_mail", "5.3.2", "521 5.3.2 This host does not accept mail"),
    ("rfc-7504", "does_not_accept_mail", "5.3.2", "556 5.3.2 Domain does not accept mail"),
    ("attachment-type", "content", "5.7.1", "552 5.7.1 Attachments of type .html are not allowed"),
    ("uribl", "content", "5.7.1", "554 5.7.1 Message contains a URL listed in SURBL: example.test"),
    ("virus-clamav", "content", "5.7.1", "550 5.7.1 This message contains malware (Html.Phishing.Bank-1)"),
    ("line-length", "content", "5.6.0", "550 5.6.0 Message has lines longer than 998 characters; rejected as not RFC 5322 compliant"),
    ("rate-per-hour", "rate", "4.7.1", "451 4.7.1 You have sent too many messages this hour; try later"),
    ("busy", "rate", "4.3.2", "421 4.3.2 Too busy, try again later: too many concurrent sessions"),
    ("greylist-french", "greylist", "4.2.0", "451 4.2.0 Greylisting in effect, veuillez réessayer plus tard"),
    ("greylist-minutes", "greylist", "4.7.1", "450 4.7.1 <dora@reader.test>: Recipient address rejected: Policy restrictions; try later (greylisted for 300 seconds)"),
    ("korean-unknown-line", "unknown_user", "5.1.1", "550 5.1.1 수신자가 존재하지 않습니다"),
    ("korean-limit-line", "rate", "5.7.1", "550 5.7.1 24시간 동안 보낼 수 있는 대량 메일 발송 건수를 초과했습니다"),
    ("hanmail-blocked", "reputation", "5.7.1", "554 5.7.1 IP 192.0.2.25 is blocked by hanmail. Please visit http://mail.daum.net"),
    ("kisa-rbl", "reputation", "5.7.1", "554 5.7.1 rejected: 192.0.2.25 is listed in KISA-RBL"),
    ("163-ip-frequency", "rate", "4.0.0", "451 MI:STC 163 smtp4,D9KowA, IP发送邮件频率过高"),
    ("qq-dmarc", "authentication", "5.0.0", "550 DMARC check failed. [MGgWKYh IP: 192.0.2.25]. https://open.work.weixin.qq.com/help2/pc/20049."),
    ("qq-content", "spam", "5.0.0", "550 Mail content denied. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000726 (spam)"),
    ("mailru-quota", "full", "5.0.0", f"550 User {DORA} mailbox is full: over quota"),
    ("yandex-full", "full", "5.2.2", "552 5.2.2 Mailbox size limit exceeded"),
    ("docomo-refused", "policy", "5.0.0", "550 Unknown user dora@reader.test (in reply to end of DATA command)"),
    ("apple-policy-cs01", "reputation", "5.7.1", "554 5.7.1 [CS01] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137"),
    ("intermedia-invalid", "unknown_user", "5.1.1", "550 5.1.1 Invalid recipient: dora@reader.test (Mode: normal)"),
    ("sophos-central", "unknown_user", "5.1.1", "550 5.1.1 Command RCPT User <dora@reader.test> not OK"),
    ("antispamcloud", "spam", "5.0.0", "550 High probability of spam"),
    ("spamexperts-rate", "reputation", "5.0.0", "550 Your server 192.0.2.25 has been blacklisted; see https://antispam.example.test/removal"),
    ("synology-unknown", "unknown_user", "5.1.1", "550 5.1.1 <dora@reader.test>: Recipient address rejected: User unknown in relay recipient table"),
]
# fmt: on


def samples() -> list[Sample]:
    """One report for each answer, without words of its own."""
    return [_sample(*row) for row in ANSWERS]


def _sample(name: str, reason: str, status: str, answer: str) -> Sample:
    diagnostic = answer if ";" in answer.partition(" ")[0] else f"smtp; {answer}"
    raw = report(
        _HEAD,
        f"<{DORA}>: host mx.reader.test[203.0.113.4] said: {answer}\n",
        f"Reporting-MTA: dns; relay.example.test\n\nFinal-Recipient: rfc822; {DORA}\nAction: failed\nStatus: {status}\nDiagnostic-Code: {diagnostic}\n",
        returned=ORIGINAL_HEADERS,
        returned_kind="text/rfc822-headers",
    )
    return bounce(f"answer-{name}", raw, reason, status, action=_action(reason, status))


def _action(reason: str, status: str) -> str:
    if reason in _HARD:
        return "suppress" if status[0] == "5" else "log"
    return "count" if reason in _COUNTED else "log" if reason in _LOGGED else "alarm"
