"""What Exchange sends back in the languages of Europe and Asia, without a machine's report."""

from tests.support.postbag.building import ADDRESS, ORIGINAL, Sample, body, bounce, delayed, part, parts, word


def _exchange(subject: str, text: str, charset: str = "utf-8", coding: str = "base64") -> bytes:
    return parts(
        f"Return-Path: <>\nFrom: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@reader.test>\nTo: {ADDRESS}\nSubject: {word(subject, charset)}",
        "multipart/mixed",
        body(text, charset, coding),
        part("message/rfc822", ORIGINAL),
    )


def samples() -> list[Sample]:
    return [
        bounce(
            "exchange-dutch",
            _exchange(
                "Onbestelbaar: Nieuws",
                "Bezorging aan de volgende geadresseerden of groepen is mislukt:\n\ndora@reader.test\nHet ingevoerde e-mailadres kan niet worden gevonden. Controleer het e-mailadres van de geadresseerde.\n",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "exchange-polish",
            _exchange(
                "Niedostarczone: Wiadomości",
                "Dostarczenie do następujących odbiorców lub grup nie powiodło się:\n\ndora@reader.test\nNie można odnaleźć wprowadzonego adresu e-mail. Sprawdź adres e-mail adresata.\n",
                "iso-8859-2",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "exchange-swedish",
            _exchange(
                "Kan inte levereras: Nyheter",
                "Det gick inte att leverera till följande mottagare eller grupper:\n\ndora@reader.test\nDet gick inte att hitta den angivna e-postadressen.\n",
                "iso-8859-1",
                "quoted-printable",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "exchange-danish",
            _exchange(
                "Kan ikke leveres: Nyheder",
                "Levering til disse modtagere eller grupper mislykkedes:\n\ndora@reader.test\nModtagerens postkasse er fuld og kan ikke modtage meddelelser nu.\n",
                "iso-8859-1",
                "quoted-printable",
            ),
            "full",
            action="count",
        ),
        bounce(
            "exchange-finnish",
            _exchange(
                "Toimitus epäonnistui: Uutiset",
                "Toimitus seuraaville vastaanottajille tai ryhmille epäonnistui:\n\ndora@reader.test\nVastaanottajan postilaatikko on täynnä, eikä se voi nyt vastaanottaa viestejä.\n",
            ),
            "full",
            action="count",
        ),
        bounce(
            "exchange-czech",
            _exchange(
                "Nedoručitelné: Zprávy",
                "Doručení těmto příjemcům nebo skupinám se nezdařilo:\n\ndora@reader.test\nZadaná e-mailová adresa nebyla nalezena. Zkontrolujte e-mailovou adresu příjemce.\n",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "exchange-turkish",
            _exchange(
                "Teslim Edilemedi: Haberler",
                "Bu alıcılara veya gruplara teslim işlemi başarısız oldu:\n\ndora@reader.test\nGirdiğiniz e-posta adresi bulunamadı.\n",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "exchange-hungarian",
            _exchange(
                "Kézbesíthetetlen: Hírek",
                "Az alábbi címzetteknek vagy csoportoknak nem sikerült kézbesíteni:\n\ndora@reader.test\nA címzett postaládája megtelt, és most nem fogad üzeneteket.\n",
            ),
            "full",
            action="count",
        ),
        bounce(
            "exchange-italian",
            _exchange(
                "Non recapitabile: Notizie",
                "Impossibile recapitare il messaggio ai seguenti destinatari o gruppi:\n\ndora@reader.test\nNon è stato possibile trovare l'indirizzo di posta elettronica immesso.\n",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "exchange-spanish-full",
            _exchange(
                "No se puede entregar: Noticias",
                "Error de entrega a estos destinatarios o grupos:\n\ndora@reader.test\nEl buzón del destinatario está lleno y no puede aceptar mensajes ahora.\n",
            ),
            "full",
            action="count",
        ),
        bounce(
            "exchange-russian",
            _exchange(
                "Не удается доставить: Новости",
                "Сбой доставки следующим получателям или группам:\n\ndora@reader.test\nНе удалось найти введенный адрес электронной почты.\n",
                "koi8-r",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "exchange-chinese",
            _exchange(
                "未送达: 新闻",
                "发送至以下收件人或组的邮件传递失败:\n\ndora@reader.test\n找不到您输入的电子邮件地址。请检查收件人的电子邮件地址。\n",
                "gb18030",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "exchange-taiwanese-full",
            _exchange("無法傳遞: 新聞", "傳遞至下列收件者或群組失敗:\n\ndora@reader.test\n收件者的信箱已滿，目前無法接受郵件。\n", "big5"),
            "full",
            action="count",
        ),
        bounce(
            "exchange-korean-full",
            _exchange(
                "배달되지 않음: 아침편지",
                "다음 받는 사람 또는 그룹에 배달하지 못했습니다.\n\ndora@reader.test\n받는 사람의 사서함이 가득 차서 지금은 메시지를 받을 수 없습니다.\n",
                "ks_c_5601-1987",
            ),
            "full",
            action="count",
        ),
        bounce(
            "exchange-japanese-full",
            _exchange(
                "配信不能: お知らせ",
                "次の受信者またはグループへの配信に失敗しました:\n\ndora@reader.test\n受信者のメールボックスがいっぱいのため、現在メッセージを受け取れません。\n",
                "iso-2022-jp",
                "8bit",
            ),
            "full",
            action="count",
        ),
        bounce(
            "exchange-korean-too-large",
            _exchange(
                "배달되지 않음: 아침편지",
                "다음 받는 사람에게 배달하지 못했습니다.\n\ndora@reader.test\n이 메시지가 받는 사람의 메시지 크기 제한보다 큽니다.\n",
                "euc-kr",
            ),
            "size",
            action="alarm",
        ),
        bounce(
            "exchange-german-not-permitted",
            _exchange(
                "Unzustellbar: Morgenpost",
                "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\ndora@reader.test\nSie sind nicht berechtigt, an diesen Empfänger zu senden.\n\n#550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized ##\n",
            ),
            "policy",
            "5.7.1",
            action="alarm",
        ),
        delayed(
            "exchange-korean-delay",
            _exchange(
                "배달 지연: 아침편지",
                "다음 받는 사람에게 배달이 지연되고 있습니다.\n\ndora@reader.test\n\n아직 메시지가 배달되지 않았습니다. 배달을 계속 시도합니다.\n",
                "euc-kr",
            ),
        ),
        delayed(
            "exchange-french-delay",
            _exchange(
                "Remise retardée : Le courrier",
                "La remise à ces destinataires ou groupes est retardée :\n\ndora@reader.test\n\nCe message n'a pas encore été remis. Les tentatives de remise vont continuer.\n",
                "iso-8859-1",
                "quoted-printable",
            ),
        ),
    ]
