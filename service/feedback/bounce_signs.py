"""By what a mail system's own report is known: its sender, its subject, its words, and words that it is only waiting. Data only."""

import re

from service.feedback import bounce_languages

SYSTEM_SENDER = re.compile(
    r"mailer[-_. ]?daemon|maildaemon|mail[-_. ]?delivery|postmaster|post ?office|delivery[-_. ]?(subsystem|system|agent|status|"
    r"notif|service|error)|"
    r"mail(er)?[-_. ]?(system|subsystem|server|administrator|router|gateway|agent|service)|mdaemon|bounce|microsoft ?exchange|"
    r"system administrator|systemadministrator|internet mail (connector|delivery)|undeliver|returned[-_. ]?mail|nondeliver|"
    r"smtp[-_. ]?(gateway|server)|daemon@|"
    r"메일 ?(시스템|서버|배달)|メール(システム|配信|サーバ)|邮件(系统|服务)|系统管理员",
    re.IGNORECASE,
)
SUBJECT = re.compile(
    r"undeliver|un-?deliverable|non[- ]?deliver|(mail|message|delivery|e-?mail)[^\n]{0,30}(fail|error|returned|problem|rejected|"
    r"bounced|could ?n[o']t|notification \()|"
    r"fail(ure|ed) (notice|notification|delivery|mail|to deliver|message)|returned (mail|message|e-?mail|to sender)|(unable|failed|"
    r"could not|cannot|can'?t) (to )?(be )?deliver|"
    r"delivery (status )?notification|delivery (report|status|has failed|unsuccessful)|unzustellbar|nicht zugestellt|zustellung|"
    r"fehlgeschlagen|rejected (mail|message)|"
    r"(non|échec)[^\n]{0,12}(remi[st]|distribu|livr)|(retour|échec)[^\n]{0,30}(message|mail|distribution|courrier)|no (se (pudo|"
    r"puede|ha podido) )?entreg|(correo|mensaje)[^\n]{0,20}(devuelto|no entregado)|"
    r"mancato recapito|recapito|não (foi )?(entreg|pôde)|não entregue|devolvid|недоставлен|не (может|удалось|был)|"
    + bounce_languages.every("undelivered")
    + r"|(차단|반송)(되|하|됨)|"
    r"반송|배달.{0,6}(실패|불가|못|되지)|전송.{0,6}(실패|불가)|전달.{0,10}(실패|못|불가)|발송.{0,6}실패|수신.{0,4}(실패|불가)|되돌아|"
    r"配信(不能|エラー|でき|失敗|不可|状態|され)|送信(エラー|失敗|でき)|届きません|届けられ|不達|エラーメール|宛先不明|退信|"
    r"投递失败|退回|无法(投递|送达|传送)|未(送达|能送)|失败通知|寄送失敗|無法(投遞|傳遞)",
    re.IGNORECASE,
)
PHRASE = re.compile(
    r"(could|can|was|were|has|have|is|did|does|may)(n'?t| not|not)( be| been)? (be )?(deliver|sen[dt]|reach|transmit|accept|receiv|"
    r"process|forward)|undeliver|non-?delivery|"
    r"(unable|failed|failure|impossible|not able|attempt(ed)?) to (deliver|send|transmit|reach|relay|forward)|delivery (to|of|"
    r"attempt|failure|has|error|problem|status)|(permanent|fatal|delivery|transient)[^\n]{0,20}(error|failure|problem)|"
    r"returned (to (the )?sender|mail|your|message|undeliver)|returning (it|your|the) |had (permanent|delivery|transient)|bounce|"
    r"not (be )?delivered|did not reach|(rejected|refused) (by|your|the)|<<< \d{3}|said: \d{3}|"
    r"i'?ve given up|(was|were) (affected|undeliverable|rejected|blocked)|nicht (zugestellt|ausgeliefert|zustellbar|erreich)|"
    r"unzustellbar|n'?a (pas |pu )?(pas )?(pu |été )?(être )?(remis|distribu|livr|délivr|envoy)|impossible d|no (se )?(pudo|puede|"
    r"ha podido|pudimos|ha sido|fue) (ser )?(entreg|envi)|non (è stato|è stata|recapit)|"
    + bounce_languages.every("undelivered")
    + r"|(차단|거부|거절)(되었|하였|됐|했)|拒否(し|され)|拒收|"
    r"반송|배달|전송.{0,10}(실패|못|불가|없)|전달.{0,10}(실패|못|되지)|보내지 못|発送|配信|配達|届け|届き|送信でき|送れません|不達|"
    r"退信|退回|投递|送达|发送失败|送達|无法发送|無法",
    re.IGNORECASE,
)
WAITING = re.compile(
    r"(warning|delay)[^\n]{0,60}(not|delay|undeliver|could)|\bdelayed\b|(delivery|message|mail)[^\n]{0,30}delay|will (keep trying|"
    r"continue|be retried|retry|try)|no action is required|still (being )?(in (the )?queue|undelivered|trying)|"
    r"do not need to resend|has not yet been delivered|(this is )?(a )?warning (message )?only|지연|遅延|まだ配信|延迟|延遲|verzögert|"
    r"retard|retras|" + bounce_languages.every("waiting"),
    re.IGNORECASE,
)
GIVEN_UP = re.compile(
    r"(will (be )?no (more|further)|no longer (be )?(try|retr)|not (be )?(retried|try(ing)? again)|giv(en|ing) up|"
    r"failed permanently|permanent(ly)? (fail|error|fatal)|could not be delivered (for|within|after)|has been (returned|deleted|"
    r"removed)|permanent error)",
    re.IGNORECASE,
)
