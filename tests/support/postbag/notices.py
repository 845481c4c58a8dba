"""Notices of offices and providers in many languages, without a machine's report."""

from tests.support.postbag.building import ADDRESS, Sample, bounce, mail, word


def _notice(sender: str, subject: str, text: str, charset: str = "utf-8", coding: str = "base64", kind: str = "text/plain") -> bytes:
    return mail(f"Return-Path: <>\nFrom: {sender}\nTo: {ADDRESS}\nSubject: {word(subject, charset)}", text, charset, coding, kind)


def samples() -> list[Sample]:
    return [
        bounce(
            "naver-works-unknown",
            _notice(
                "noreply@worksmobile.example.test",
                "[네이버웍스] 메일 발송 실패 안내",
                "<p>다음 수신자에게 메일을 보내지 못했습니다.</p><ul><li>dora@reader.test</li></ul><p>실패 사유: 수신자 메일 주소를 찾을 수 없습니다 (550 5.1.1)</p>",
                kind="text/html",
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "cafe24-host-down",
            _notice(
                "MAILER-DAEMON@mail.example.test",
                "메일 전송 실패",
                "<dora@reader.test> 에게 메일을 보낼 수 없습니다.\n수신 서버에 접속할 수 없습니다. (Connection timed out)\n",
                "euc-kr",
            ),
            "network",
            action="log",
        ),
        bounce(
            "gabia-expired",
            _notice(
                "postmaster@mail.example.test",
                "반송: 전송 시간 초과",
                "dora@reader.test 님께 보낸 메일을 3일 동안 전송하지 못해 반송합니다.\n재시도 횟수를 초과하였습니다.\n",
                "euc-kr",
            ),
            "expired",
            action="log",
        ),
        bounce(
            "daouoffice-retired",
            _notice("postmaster@reader.test", "메일 반송 안내", "dora@reader.test : 퇴직 처리되어 사용할 수 없는 계정입니다.\n"),
            "disabled",
            action="count",
        ),
        bounce(
            "korean-size",
            _notice(
                "postmaster@reader.test",
                "메일 반송 안내",
                "dora@reader.test 님께 메일을 전달하지 못했습니다.\n사유: 첨부 파일을 포함한 메일 크기가 제한 용량을 초과했습니다.\n",
            ),
            "size",
            action="alarm",
        ),
        bounce(
            "korean-address-changed",
            _notice(
                "postmaster@reader.test",
                "메일 반송 안내",
                "dora@reader.test 님에게 메일을 전달할 수 없습니다.\n사유: 메일 주소가 변경되었습니다.\n",
            ),
            "moved",
            action="confirm",
        ),
        bounce(
            "au-unknown-japanese",
            _notice(
                "Postmaster <postmaster@ezweb.example.test>",
                "Mail System Error - Returned Mail",
                "次のあて先へのメッセージはエラーのため送信できませんでした。\n\n送信先メールアドレスが見つかりません。メールアドレスをご確認の上、再送信してください。\n\n<dora@reader.test>\n",
                "iso-2022-jp",
                "8bit",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "sohu-frequency",
            _notice(
                "postmaster@sohu.example.test",
                "系统退信",
                "您的邮件未能送达 dora@reader.test\n退信原因：发送频率过高，请稍后再试。\n",
                "gbk",
            ),
            "rate",
            action="log",
        ),
        bounce(
            "189-content",
            _notice(
                "postmaster@189.example.test",
                "系统退信",
                "您发给 dora@reader.test 的邮件被退回。\n退信原因：邮件内容被识别为垃圾邮件。\n",
                "gb2312",
            ),
            "spam",
            action="alarm",
        ),
        bounce(
            "vietnamese",
            _notice(
                "MAILER-DAEMON@mail.reader.test",
                "Không thể gửi thư",
                "Thư của bạn gửi đến dora@reader.test không thể gửi được.\nLý do: hộp thư của người nhận đã đầy.\n",
            ),
            "full",
            action="count",
        ),
        bounce(
            "brazilian",
            _notice(
                "MAILER-DAEMON@mail.reader.test",
                "Mensagem não entregue",
                "Sua mensagem para dora@reader.test não pôde ser entregue.\nMotivo: usuário inexistente.\n",
                "iso-8859-1",
                "quoted-printable",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "ukrainian",
            _notice(
                "MAILER-DAEMON@mail.reader.test",
                "Недоставлений лист",
                "Ваш лист до dora@reader.test не вдалося доставити.\nПричина: скринька переповнена.\n",
            ),
            "full",
            action="count",
        ),
        bounce(
            "greek",
            _notice(
                "MAILER-DAEMON@mail.reader.test",
                "Μη παραδοτέο μήνυμα",
                "Το μήνυμά σας προς dora@reader.test δεν παραδόθηκε.\nΟ παραλήπτης δεν υπάρχει.\n",
                "iso-8859-7",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "norwegian",
            _notice(
                "MAILER-DAEMON@mail.reader.test",
                "Meldingen kunne ikke leveres",
                "Meldingen din til dora@reader.test kunne ikke leveres.\nMottakeren finnes ikke.\n",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "romanian",
            _notice(
                "MAILER-DAEMON@mail.reader.test",
                "Mesaj nelivrat",
                "Mesajul dumneavoastră către dora@reader.test nu a putut fi livrat.\nUtilizatorul nu există.\n",
                "iso-8859-2",
            ),
            "unknown_user",
            action="confirm",
        ),
    ]
