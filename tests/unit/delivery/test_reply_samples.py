"""What large mailbox providers, providers of sending and common mail servers say, after their own documentation and RFC 5321 and 3463.

Addresses and hosts are made up. Each sample is a reply to RCPT: `code text`, then outcome and reason.
"""

import pytest

from service.delivery.replies import Phase, enhanced_code, judge

GOOGLE = [
    ("550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking the", "refused", "unknown_user"),
    ("550 5.2.1 The email account that you tried to reach is inactive.", "refused", "disabled"),
    ("450 4.2.1 The user you are trying to contact is receiving mail too quickly. Please resend your", "deferred", "unknown"),
    ("450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional", "deferred", "unknown"),
    ("452 4.2.2 The recipient's inbox is out of storage space. Please direct the recipient to", "deferred", "full"),
    ("552 5.2.2 The email account that you tried to reach is over quota. Please direct the recipient to", "refused", "full"),
    ("421 4.7.0 This message is suspicious due to the nature of the content and/or the links within. To", "deferred", "policy"),
    ("421 4.7.0 IP not in whitelist for RCPT domain, closing connection.", "deferred", "policy"),
    ("421 4.7.0 Our system has detected an unusual rate of unsolicited mail originating from your IP", "deferred", "rate"),
    ("421 4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your DKIM domain.", "deferred", "rate"),
    ("550 5.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your IP address.", "deferred", "rate"),
    ("421 4.7.26 Your email has been rate limited because it is unauthenticated. Gmail requires all", "deferred", "authentication"),
    ("550 5.7.26 Your email has been blocked because the sender is unauthenticated. Gmail requires all", "deferred", "authentication"),
    ("421 4.7.27 Your email has been rate limited because SPF authentication didn't pass for this message.", "deferred", "authentication"),
    ("421 4.7.30 Your email has been rate limited because DKIM authentication didn't pass for this", "deferred", "authentication"),
    ("421 4.7.32 Your email has been rate limited because there is no alignment with the organizational", "deferred", "authentication"),
    ("421 4.7.40 Your email has been rate limited because the sending domain has no DMARC record", "deferred", "authentication"),
    ("550 5.7.1 The IP you're using to send mail is not authorized to send email directly to our servers.", "deferred", "policy"),
    ("550 5.7.1 Our system has detected that this message is likely unsolicited mail. To reduce the amount", "deferred", "policy"),
    ("550 5.7.1 This message is likely suspicious due to the very low reputation of the sending domain.", "deferred", "reputation"),
    ("552 5.7.0 This message was blocked because its content presents a potential security issue.", "refused", "content"),
    ("552 5.3.4 Your message exceeded Google's message size limits.", "refused", "size"),
    ("550 5.7.25 The IP address sending this message does not have a PTR record setup, or the", "deferred", "authentication"),
    ("421 4.3.0 Temporary System Problem. Try again later", "deferred", "system"),
    ("451 4.3.0 Mail server temporarily rejected message.", "deferred", "system"),
    ("421 4.4.5 Server busy, try again later.", "deferred", "network"),
    ("454 4.7.0 Cannot authenticate due to a temporary system problem. Try again later.", "deferred", "system"),
    ("550 5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits", "deferred", "rate"),
]
MICROSOFT = [
    ("550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).", "refused", "unknown_user"),
    ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "refused", "unknown_user"),
    ("550 5.4.1 Recipient address rejected: Access denied. [AS(201806281)]", "refused", "unknown_user"),
    ("550 5.7.515 Access denied, sending domain example.test doesn't meet the required authentication", "deferred", "authentication"),
    (
        "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent: part of their network is on our block list (S3150).",
        "deferred",
        "reputation",
    ),
    ("421 RP-001 (SNT004-MC1F43) We have limits for how many messages can be sent per hour and per day.", "deferred", "rate"),
    ("451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation. For", "deferred", "rate"),
    ("451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77719)", "deferred", "rate"),
    ("451 4.7.700 PFA agent busy, please try again", "deferred", "system"),
    ("452 4.5.3 Too many recipients (AS780090)", "deferred", "rate"),
    ("554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException", "refused", "full"),
    ("550 5.7.606 Access denied, banned sending IP [192.0.2.1]. To request removal from this list please", "deferred", "reputation"),
    ("550 5.7.511 Access denied, banned sender[192.0.2.1]. To request removal from this list please", "deferred", "reputation"),
    ("550 5.7.705 Access denied, tenant has exceeded threshold.", "deferred", "reputation"),
    ("432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", "deferred", "rate"),
]
YAHOO = [
    ("421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user", "deferred", "rate"),
    ("421 4.7.1 [TS03] All messages from 192.0.2.1 will be permanently deferred; Retrying will NOT", "deferred", "reputation"),
    ("421 4.7.0 [TS01] Messages from 192.0.2.1 temporarily deferred due to user complaints - 4.16.55.1", "deferred", "rate"),
    ("553 5.7.2 [TSS09] All messages from 192.0.2.1 will be permanently deferred; Retrying will NOT", "deferred", "reputation"),
    ("553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus's", "deferred", "reputation"),
    ("421 4.7.0 [GL01] Message from (192.0.2.1) temporarily deferred - 4.16.50. Please refer to", "deferred", "greylist"),
    ("554 5.7.9 Message not accepted for policy reasons. See", "deferred", "policy"),
    ("554 delivery error: dd This user doesn't have a yahoo.com account (dora@yahoo.com) [0]", "refused", "unknown_user"),
    ("554 delivery error: dd Requested mail action aborted, mailbox not found", "refused", "unknown_user"),
    ("552 1 Requested mail action aborted, mailbox not found", "refused", "unknown_user"),
    ("550 relaying denied for <dora@yahoo.com>", "deferred", "relay"),
]
NAVER_AND_KAKAO = [
    ("421 4.3.1 You send too many messages. See http://example.test", "deferred", "rate"),
    ("421 4.3.2 Your IP (192.0.2.1) is filtered. See http://example.test", "deferred", "reputation"),
    ("550 5.7.1 You have sent too many messages within 24 hours", "deferred", "rate"),
    ("550 5.1.1 <dora@daum.net>... User unknown", "refused", "unknown_user"),
    ("550 5.2.2 <dora@hanmail.net>... Mailbox is full", "refused", "full"),
    ("550 5.1.1 Recipient address rejected: User unknown", "refused", "unknown_user"),
    ("552 5.2.2 Mailbox size limit exceeded", "refused", "full"),
    ("550 5.2.1 The mailbox is dormant account", "refused", "disabled"),
    ("421 4.3.0 too many connections from your host", "deferred", "rate"),
    ("421 4.7.0 connection rate limit exceeded", "deferred", "rate"),
    ("550 5.7.1 sender IP is blocked by RBL (KISA-RBL)", "deferred", "reputation"),
    ("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", "deferred", "reputation"),
]
APPLE = [
    ("550 5.1.1 <dora@icloud.com>: user does not exist", "refused", "unknown_user"),
    ("552 5.2.2 <dora@icloud.com>: user is over quota", "refused", "full"),
    ("450 4.2.2 <dora@icloud.com>: user is overquota", "deferred", "full"),
    ("554 5.7.1 [HM08] Message rejected due to local policy. Please visit", "deferred", "policy"),
]
MAIL_SERVERS = [
    ("421 4.7.1 Messages to dora@icloud.com deferred due to excessive volume. Try again later", "deferred", "rate"),
    ("450 4.7.1 <mail.example.test>: Helo command rejected: Host not found", "deferred", "sender"),
    ("450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]", "deferred", "authentication"),
    ("450 4.2.0 <dora@example.test>: Recipient address rejected: Greylisted, see", "deferred", "greylist"),
    ("451 4.7.1 Greylisting in action, please come back later", "deferred", "greylist"),
    ("450 4.7.1 <dora@example.test>: Recipient address rejected: Policy Rejection- Please try later.", "deferred", "greylist"),
    ("450 4.1.1 <dora@example.test>: Recipient address rejected: unverified address: Host or domain name", "deferred", "unknown_user"),
    ("450 4.1.8 <news@example.test>: Sender address rejected: Domain not found", "deferred", "sender"),
    ("550 5.1.8 <news@example.test>: Sender address rejected: Domain not found", "deferred", "sender"),
    ("554 5.7.1 <dora@example.test>: Relay access denied", "deferred", "relay"),
    ("451 4.3.5 Server configuration error", "deferred", "system"),
    ("451 4.3.0 Error: queue file write error", "deferred", "system"),
    ("452 4.3.1 Insufficient system storage", "deferred", "system"),
    ("421 4.3.2 No system resources", "deferred", "network"),
    ("421 4.3.2 Service currently unavailable", "deferred", "network"),
    ("421 4.4.2 mail.example.test Error: timeout exceeded", "deferred", "network"),
    ("421 4.7.0 mail.example.test Error: too many errors", "deferred", "rate"),
    ("450 4.7.1 Error: too much mail from 192.0.2.1", "deferred", "rate"),
    ("554 5.4.6 Too many hops", "refused", "system"),
    ("554 5.6.0 Message contains bare LF", "refused", "content"),
    ("550 Unrouteable address", "refused", "unknown_host"),
    ("550 Sender verify failed", "deferred", "sender"),
    ("550 Callout verification failed: 550 5.1.1 user unknown", "refused", "unknown_user"),
    ("451 Temporary local problem - please try later", "deferred", "system"),
    ("550 Rejected because 192.0.2.1 is in a black list at bl.spamcop.net", "deferred", "reputation"),
    ("550 Administrative prohibition", "deferred", "policy"),
]
SENDING_PROVIDERS = [
    ("554 Message rejected: Email address is not verified. The following identities failed the check", "deferred", "sender"),
    ("454 Throttling failure: Maximum sending rate exceeded.", "deferred", "rate"),
    ("454 Throttling failure: Daily message quota exceeded.", "deferred", "rate"),
    ("535 Authentication Credentials Invalid", "deferred", "relay"),
    ("530 Authentication required", "deferred", "relay"),
    ("530 5.7.0 Must issue a STARTTLS command first", "deferred", "policy"),
    ("550 5.7.1 Delivery not authorized, message refused", "deferred", "policy"),
    ("451 Authentication failed: Maximum credits exceeded", "deferred", "rate"),
]
STANDARDS = [
    ("550 Unauthenticated senders not allowed", "deferred", "authentication"),
    ("550 5.7.23 SPF validation failed", "deferred", "authentication"),
    ("550 5.7.20 No passing DKIM signature found", "deferred", "authentication"),
    ("550 5.7.1 Unauthenticated email from example.test is not accepted due to domain's DMARC policy.", "deferred", "authentication"),
    ("556 5.1.10 Domain does not accept mail (nullMX)", "refused", "does_not_accept_mail"),
    ("550 5.1.2 Host unknown", "refused", "unknown_host"),
    ("551 User not local; please try <forward-path>", "refused", "moved"),
    ("553 Requested action not taken: mailbox name not allowed", "refused", "bad_address"),
    ("450 Requested mail action not taken: mailbox unavailable", "deferred", "unknown"),
    ("451 Requested action aborted: local error in processing", "deferred", "system"),
    ("452 Requested action not taken: insufficient system storage", "deferred", "system"),
    ("552 Requested mail action aborted: exceeded storage allocation", "refused", "full"),
    ("550 Requested action not taken: mailbox unavailable", "refused", "unknown_user"),
    ("554 Transaction failed", "refused", "unknown"),
    ("550 5.3.0 Mail is rejected by recipients", "refused", "system"),
    ("550 5.7.1 This message was blocked by recipient's blocklist", "deferred", "reputation"),
    ("554 5.7.1 The message from example.test with the subject of X matches a profile the Internet", "deferred", "policy"),
    ("521 5.2.1 AOL will not accept delivery of this message.", "deferred", "policy"),
]


SAMPLES = [*GOOGLE, *MICROSOFT, *YAHOO, *NAVER_AND_KAKAO, *APPLE, *MAIL_SERVERS, *SENDING_PROVIDERS, *STANDARDS]


@pytest.mark.parametrize(("line", "outcome", "reason"), SAMPLES)
def test_sample_means(line: str, outcome: str, reason: str) -> None:
    code, text = int(line[:3]), line[4:]

    verdict = judge(Phase.RCPT, code, enhanced_code(text), text)

    assert (verdict.outcome.value, verdict.reason.value) == (outcome, reason)


@pytest.mark.parametrize(("line", "_outcome", "reason"), SAMPLES)
def test_no_fault_of_ours_is_ever_hard(line: str, _outcome: str, reason: str) -> None:
    code, text = int(line[:3]), line[4:]

    verdict = judge(Phase.FINAL, code, enhanced_code(text), text)

    assert not (verdict.is_hard and reason in ("policy", "authentication", "reputation", "sender", "relay", "protocol", "rate"))
