"""What Chinese and Japanese mail systems send back."""

from tests.support.postbag.building import ADDRESS, DORA, ORIGINAL, ORIGINAL_HEADERS, Sample, body, bounce, mail, part, parts, report, word


def samples() -> list[Sample]:
    return [*_china(), *_japan()]


def _china() -> list[Sample]:
    return [
        bounce(
            "qq-notice-gb18030",
            parts(
                f"Return-Path: <>\nFrom: {word('QQ邮箱', 'gb18030')} <10000@qq.com>\nTo: {ADDRESS}\nSubject: {word('系统退信/The email is returned', 'gb18030')}",
                "multipart/mixed",
                body(
                    "<div>很抱歉，您发送的邮件被退回，以下是该邮件的相关信息：</div><div>被退回邮件 收件人：dora@reader.test</div><div>退信原因：收件人邮件地址不存在，邮件无法送达。 host mx3.qq.com said: 550 Mailbox not found.</div>",
                    "gb18030",
                    "base64",
                    "text/html",
                ),
                part("message/rfc822", ORIGINAL),
            ),
            "unknown_user",
            status="5.0.0",
            action="suppress",
        ),
        bounce(
            "163-full-gbk",
            parts(
                f"Return-Path: <>\nFrom: Postmaster@163.com\nTo: {ADDRESS}\nSubject: {word('系统退信', 'gbk')}",
                "multipart/mixed",
                body(
                    "抱歉，您的邮件被退回来了……\n\n收件人：dora@reader.test\n退信原因：对方邮箱已满，无法接收新邮件。\n英文说明:Quota exceeded or service disabled: dora@reader.test\n",
                    "gbk",
                    "base64",
                ),
                part("message/rfc822", ORIGINAL),
            ),
            "full",
            action="count",
        ),
        bounce(
            "163-dt-spm",
            report(
                f"Return-Path: <>\nFrom: MAILER-DAEMON@relay.example.test\nTo: {ADDRESS}\nSubject: Undelivered Mail Returned to Sender",
                f"<{DORA}>: host 163mx01.mxmail.netease.com said: 554 DT:SPM 163 mx29,QMCowAD,1762725612 http://mail.163.com/help/help_spam_16.htm?ip=192.0.2.25&hostid=mx29&time=1762725612\n",
                f"Reporting-MTA: dns; relay.example.test\n\nFinal-Recipient: rfc822; {DORA}\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 554 DT:SPM 163 mx29,QMCowAD,1762725612 http://mail.163.com/help/help_spam_16.htm?ip=192.0.2.25&hostid=mx29&time=1762725612\n",
            ),
            "spam",
            "5.0.0",
            action="alarm",
        ),
        bounce(
            "qq-frequency",
            report(
                f"Return-Path: <>\nFrom: MAILER-DAEMON@relay.example.test\nTo: {ADDRESS}\nSubject: Undelivered Mail Returned to Sender",
                f"<{DORA}>: host mx1.qq.com said: 550 Ip frequency limited. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000725\n",
                f"Reporting-MTA: dns; relay.example.test\n\nFinal-Recipient: rfc822; {DORA}\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 Ip frequency limited. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000725\n",
            ),
            "rate",
            "5.0.0",
            action="log",
        ),
        bounce(
            "aliyun-bounce",
            mail(
                f"Return-Path: <>\nFrom: postmaster@aliyun.example.test\nTo: {ADDRESS}\nSubject: {word('退信通知: 您的邮件未能送达')}",
                "尊敬的用户，您好！\n您发往 dora@reader.test 的邮件未能成功投递。\n原因：收件人域名不存在或无法解析。\n",
                coding="base64",
            ),
            "unknown_host",
            action="confirm",
        ),
        bounce(
            "coremail-refused-by-recipient",
            mail(
                f"Return-Path: <>\nFrom: postmaster@reader.test\nTo: {ADDRESS}\nSubject: {word('系统退信', 'gbk')}",
                "您的邮件未能送达下列收件人：\n\ndora@reader.test\n\n退信原因：收件人拒收了您的邮件，您的地址在对方的黑名单中。\n",
                "gbk",
                "base64",
            ),
            "policy",
            action="alarm",
        ),
    ]


def _japan() -> list[Sample]:
    return [
        bounce(
            "docomo-unknown",
            mail(
                f"Return-Path: <>\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@docomo.example.test>\nTo: {ADDRESS}\nSubject: Returned mail: User unknown",
                f"The user(s) account is disabled or does not exist.\n\n   ----- The following addresses had delivery problems -----\n<{DORA}>  (unrecoverable error)\n   ----- Transcript of session follows -----\n550 <{DORA}>: User unknown\n\n   ----- Original message follows -----\n\n"
                + ORIGINAL_HEADERS,
            ),
            "unknown_user",
            status="5.0.0",
            action="suppress",
        ),
        bounce(
            "ocn-full-iso-2022-jp",
            mail(
                f"Return-Path: <>\nFrom: Postmaster <postmaster@ocn.example.test>\nTo: {ADDRESS}\nSubject: {word('メールを配信できませんでした', 'iso-2022-jp')}",
                "以下のメールアドレス宛のメールを配信できませんでした。\n\n  dora@reader.test\n\n理由: 受信者のメールボックスの容量が超過しています。\n",
                "iso-2022-jp",
                "8bit",
            ),
            "full",
            action="count",
        ),
        bounce(
            "softbank-domain-block",
            mail(
                f"Return-Path: <>\nFrom: MAILER-DAEMON@softbank.example.test\nTo: {ADDRESS}\nSubject: Undelivered Mail Returned to Sender",
                f"<{DORA}>: host lsean.softbank.example.test said: 550 Invalid recipient: <{DORA}> (in reply to RCPT TO command)\n",
            ),
            "unknown_user",
            status="5.0.0",
            action="suppress",
        ),
        bounce(
            "so-net-moved",
            mail(
                f"Return-Path: <>\nFrom: postmaster@so-net.example.test\nTo: {ADDRESS}\nSubject: {word('メールアドレス変更のお知らせ（配信エラー）', 'iso-2022-jp')}",
                "お送りいただいたメールは配信できませんでした。\n宛先のメールアドレスは変更されています。\n\n宛先: dora@reader.test\n",
                "iso-2022-jp",
                "base64",
            ),
            "moved",
            action="confirm",
        ),
        bounce(
            "japanese-spam-shift-jis",
            mail(
                f"Return-Path: <>\nFrom: MAILER-DAEMON@reader.test\nTo: {ADDRESS}\nSubject: {word('配送エラー', 'shift_jis')}",
                "dora@reader.test 宛のメールは、迷惑メールと判定されたため受信を拒否しました。\n",
                "shift_jis",
                "base64",
            ),
            "spam",
            action="alarm",
        ),
    ]
