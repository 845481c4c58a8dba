"""What mail systems write into a bounce, in their languages, and the reason it stands for. Data only; bounce_reasons.py reads it.

Every pattern is matched against lower-case text with single spaces, without addresses and links. No sentence of a real
mail is kept here. Order matters: what speaks about us comes before what speaks about the reader (A12, D4).
"""

from service.delivery.reasons import Reason
from service.feedback import bounce_languages
from service.feedback.bounce_languages import Rule
from service.feedback.bounce_languages import any_of as _any

_FULL = _any(
    r"(mail ?(box|drop|folder)|quota|storage|inbox|disk|maildir|account|user|recipient|space|boîte|spool)\b[^.]{0,50}\b(is |was |"
    r"has been |too )?(full|exceed\w*|over(quota| quota| its| the| limit| size|drawn|flow)|out of|used up|insufficient)",
    r"(over|exceed\w*|above|beyond|reached|out of|insufficient|no more|not enough|surpass\w*|past)[^.]{0,40}\b(quota|storage|mail ?box|"
    r"inbox|disk space|space (left )?(for|in|on)|mail ?drop|allowed space|space)\b(?!.{0,10}message size)",
    r"overquota|quota ?(temp|limit|full|error|violation)|over ?limit|mailbox ?full|mbox_?full|mailfull|full (mail ?box|inbox)|"
    r"user is over|(mailbox|account|user).{0,20}(is )?(bloated|too (large|big))|(too many|number of) (messages|"
    r"mails) in.{0,30}(mail ?box|inbox|folder)|mailbox.{0,40}(allowed|size) limit",
    r"용량.{0,20}(초과|부족|가득)|메일함.{0,20}(가득|꽉|초과|full)|(편지함|사서함|우편함).{0,20}(가득|꽉|초과)|꽉 ?찼|"
    r"メールボックス.{0,30}(いっぱい|一杯|容量|満|超)|容量.{0,20}(超|オーバー|不足|制限)|邮箱.{0,20}(已满|满|空间不足|超)|"
    r"信箱.{0,20}(滿|已滿)|空间不足|配额",
    r"postfach.{0,40}(voll|überfüllt|speicher)|(speicher|quota|kontingent).{0,40}(erschöpft|überschritten|voll|erreicht|belegt)|"
    r"used (up )?(all|100 ?%)|exced\w+ (su|la|el) (cuota|l[íi]mite|capacidad|espacio)|(dépass|excéd)\w+ (son|le|sa|votre) (quota|espace|"
    r"limite)|(superato|esaurito) (la |lo |il )?(quota|spazio|limite)|(excedeu|ultrapassou) (a |o )?(sua )?(cota|quota|limite|espaço)|"
    r"bo[iîî]te.{0,40}(pleine|satur|quota)|quota.{0,20}dépass|buz[oó]n.{0,40}(lleno|excedi|cuota|capacidad)|cuota.{0,30}(excedi|super)|"
    r"casella.{0,30}piena|caixa.{0,30}cheia|переполнен",
    bounce_languages.every("full"),
)
_DOMAIN_GONE = _any(r"(domain|도메인)[^.]{0,60}((not|no longer) (be )?registered|does not exist|has expired|만료)")
_MAIL_SIZE = _any(
    r"(메일|메시지|첨부 ?파일)[^.]{0,20}크기|크기.{0,10}제한|(メッセージ|メール).{0,10}サイズ|邮件(大小|太大|过大)|郵件(大小|太大|過大)|"
    r"größe der nachricht|nachricht.{0,30}zu groß|taille du message|tamaño del mensaje|dimensioni del messaggio|tamanho da mensagem|"
    r"размер (письма|сообщения)"
)
_SIZE = _any(
    r"(message|mail|e-?mail|file|attachment|header|size|length|data)s?\b[^.]{0,50}(too (large|big)|exceed\w*[^.]{0,50}(size|limit|"
    r"maximum|max)|larger than|bigger than|over (the )?size)",
    r"max(imum)?.{0,20}(message|mail|e-?mail|allowed)? ?(size|length)|fixed (maximum|limit|size)|message size|(size|length) limit|"
    r"too large|sizelimit|메일.{0,20}(크기|용량).{0,20}(제한|초과)|メッセージ.{0,20}(サイズ|大き)|邮件.{0,20}(太大|过大)|"
    r"trop (volumineux|gros|grand)|zu groß|demasiado grande",
)
_DISABLED = _any(
    r"(account|mail ?box|user|address|recipient|subscriber|customer|owner|id|inbox|domain)\b([^.]{0,60} (is|was|has|been|are|currently|"
    r"temporarily|now)|[ :-]{1,3}) ?(been |temporarily |currently |now |permanently )?(disabled|inactive|in-active|suspend\w*|"
    r"deactivated|dormant|locked|frozen|closed|expired|terminated|cancell?ed|discontinued|blocked for inactivity|not active(?! address)|"
    r"archived|on hold|retired|out of service|not in service|no longer (in use|active|in service))",
    r"(disabled|inactive|suspended|deactivated|dormant|locked|closed|expired|frozen) (account|mail ?box|user|recipient|address|for|due|"
    r"by|e-?mail)|disableduser|inactiveuser|invalid/inactive|extended inactivity|temporarily (disabled|inactive|suspended|"
    r"unavailable.{0,10}account)",
    r"not activated|(has|have) not (logged|been accessed)|mail(box)? receiving disabled|휴면|퇴(직|사)|사용할 ?수 ?없는 ?계정|정지된|"
    r"사용 ?중지|이용.{0,6}(중지|정지)|장기(간)? ?(미사용|미접속)|(사용|이용)[이을]? ?(중지|정지|중단|제한)|休眠|停用|冻结|禁用|"
    r"停止され|一時停止|désactivé|suspendu|archivée|deaktiviert|gesperrt|deshabilitad|desactivad|suspendid|inactiv[ao]|disattivat|"
    r"disabilitat|sospes[oa]|отключен|заблокирован",
    bounce_languages.every("disabled"),
)
_NO_MAIL = _any(
    r"(domain|host|server|system|machine|site)\b[^.]{0,40}(does not|doesn'?t|do not|will not|never|no longer|not) (accept|receive|"
    r"process|handle|support|take)s? (any |incoming |in?bound )?(e-?mails?|mails?|messages?|smtp)\b(?! (from|larger|with|contain|that|"
    r"without|over|sent|to\b|which))",
    r"null ?mx|no valid mx|mx (is |points to |record )?['\"(<]?\.['\")>]?(?= |$|,)|name server: \.: host not found|no (suitable |valid |"
    r"usable )?mx( records?| hosts?)?( was| were)? (found|exist|available|for)|smtp service (is )?disabled",
    r"(has|have|with) no (mx|mail exchanger)|mail receiving disabled|system not accepting network messages",
)
_NO_HOST = _any(
    r"(host|domain|dns|mail server|mx)( or domain)?( name)?\b[^.]{0,60}(not found|unknown|does(n'?t| not) exist|non-?existent|nxdomain|"
    r"could(n'?t| not) be found|couldn'?t be (found|resolved)|not (be )?(resolved?|known|registered)|cannot be (found|"
    r"resolved))(?!.{0,20}try again)",
    r"(unknown|no such|invalid|illegal|bad|unresolvable|unroutable|unrouteable|non-?existent|not existing|undefined|"
    r"unable to find) (mail )?(host|domain|destination (mailbox )?(host|system|domain)|host/domain|address: domain)\b",
    r"unrouteable|unroutable|nxdomain|name or service not known|hostunknown|bad destination (host|system|domain)|no (route|"
    r"address record|a record|dns record|ip address).{0,20}(domain|found for)|couldn'?t find any host named|"
    r"couldn'?t find a mail exchanger",
    r"(해당|존재하지 않는|알 ?수 ?없는|없는|잘못된).{0,8}(도메인|호스트|메일 ?서버)|(도메인|호스트|메일 ?서버).{0,14}(존재하지|"
    r"찾을 수 없|없습니다)|ドメイン.{0,20}(存在し|見つかり|見つから|不明)|ホスト.{0,20}(見つかり|見つから|不明|存在し)|(域名|"
    r"主机).{0,12}(不存在|找不到|无法找到|未知)|找不到.{0,8}(域|主机|服务器)",
    r"domain.{0,30}(nicht (gefunden|existi|bekannt)|existiert nicht|unbekannt|introuvable|inconnu|n'?existe pas|no (existe|encontrad)|"
    r"desconocid|inesistent)|(hôte|domaine) (inconnu|introuvable)|(dominio|host) (desconocido|no existe|inexistente)|"
    r"unbekannte[rn]? (host|domain)|rechnername.{0,20}nicht",
)
_MOVED = _any(
    r"please (try|use|write to|send (it )?to) \W{0,3}@",
    r"(user|recipient|mail ?box|account|address|person|subscriber|he|she)\b[^.]{0,30}\b(has |have |was |been )?(permanently )?(moved|"
    r"changed (his|her|their|its|e-?mail|address)|relocated|replaced (by|with))(?! to (a )?(the )?(spam|junk|trash))",
    r"please forward|update your address ?book|address (has )?changed|has been replaced|my new (e-?mail )?address|"
    r"new (e-?mail )?address (is|:)|user has moved|no longer at this (address|company)|주소가 (변경|바뀌)|アドレス.{0,14}変更|"
    r"neue (e-?mail-?)?adresse|nouvelle adresse|nueva direcci",
)
_NO_USER = _any(
    r"(user|recipient|mail ?box|account|(?<!ip )address|person|local.?part|alias|addressee|subscriber|member|user ?name|customer|login|"
    r"destinat\w+|adress\w*)\b[^.:]{0,60}\b(unknown|not known|unrecogni[sz]ed|undeliverable|nonexist\w*|non-exist\w*|not.?found|"
    r"doesn'?t exist|not exist\w*|no longer (exist|valid|available|with us|works?|accepts)\w*|not (a )?local|could(n'?t| not) be (found|"
    r"located|identified)|wasn'?t found|cannot be found|not present|not listed|not registered|not recogni[sz]ed|not valid)\b",
    r"(user|recipient|mail ?box|account|(?<!ip )address|person|local.?part|alias|addressee|subscriber|member|user ?name|customer|login|"
    r"destinat\w+)s?\b( \S+){0,4}?( is| was| are| has been|:| -)? (an )?(unavailable|invalid|incorrect|deleted|removed|"
    r"missing)\b(?! (sender|from|header))",
    r"(unknown|no such|invalid|illegal|bad|incorrect|non-?existent|nonexistent|unrecogni[sz]ed|undefined|not existing|no valid|"
    r"wrong) (local |rcpt |to |virtual |e-?mail |mail |envelope |destination |internet |smtp )?(user|users|recipients?|mail ?box|"
    r"address(es|ee)?|account|person|alias|local.?part|here|customer|destination mailbox|subscriber|member|employee|to address|rcpt)\b",
    r"(does not|doesn'?t|do not|did not|dont|no longer|not|don'?t|never) (seem to )?(currently )?exist|(does not|doesn'?t) have (an?|"
    r"any|a valid) .{0,30}(account|mailbox|e-?mail|address)|not have an account|no (account|mailbox|user|mail ?box|one) (by|with|found|"
    r"at|for|here|under|available|of|exists?)\b|no longer (has|have) an account",
    r"not (a |an )?(known|valid|active|recogni[sz]ed|local|legal|deliverable|existing|current|registered) (user|mail ?box|recipient|"
    r"address|account|customer|e-?mail|alias|inbox|yahoo)|not (our|a) (customer|subscriber)|not in (my|our|the) (validrcptto|"
    r"list of (valid|known|local)|directory|domino|name)|not listed in|isn'?t (a )?(valid|in my list of valid)|badrcptto|badrecipientto|"
    r"(no |not ).{0,20}validrcptto",
    r"(mail ?box|account) (is |name )?(unavailable|not (available|allowed|found|valid)|invalid|unknown)|nosuchuser|"
    r"the name was not found|no mailbox here|recipnotfound|recipient ?notfound|recipient\.?not ?found|notfound|user_?unknown|"
    r"invalid_?user|unknown_?user|unknownuser|couldn'?t be found.{0,60}(mailbox|address|or is unable)|address not found|"
    r"addresses? (were|was|are|is)? ?(unknown|unreachable)|no matches? (to|for|found)|no such e?mail|rcp-p1\b|not our customer",
    r"recipient (address |server )?(is )?(not ok|rejected: (undeliverable|invalid|unknown|user|no such|mail|un)|could not be verified)|"
    r"verification failed for|(can'?t|cannot|unable to) (accept|verify|find|locate|deliver to) (this |the |that |your |any )?(user|"
    r"recipient|mail ?box|addressee|account|address|local)|(e-?mail|mail) (address|account).{0,30}(couldn'?t be found|is wrong|"
    r"not be found|does not)|delete (it|this address) from your|user missing home directory|no such file.{0,20}mail|"
    r"couldn'?t find .{0,10}user",
    # Korean
    r"존재하지 ?않|존재 하지|없는 ?(사용자|계정|주소|아이디|메일|수신자|회원|편지함|id)|(사용자|계정|주소|수신자|받는 ?사람|아이디|회원|"
    r"메일 ?계정|메일주소|이메일)[^.]{0,16}(없습니다|없음|없는|찾을 ?수 ?없|확인(할 ?수|되지)|잘못|탈퇴|삭제)|알 ?수 ?없는 ?(사용자|"
    r"수신자|계정|주소)|잘못된 ?(수신자|주소|이메일|메일 ?주소|받는)|탈퇴한|등록되지 ?않은 ?(메일 ?|이메일 ?)?(사용자|계정|주소|아이디|"
    r"회원)",
    # Japanese
    r"(ユーザ|宛先|アドレス|受信者|メールアドレス|アカウント|メールボックス|あて先|利用者)[^。.]{0,24}(存在し|存在い|見つかり|見つから|"
    r"不明|ありません|使われて(おりま|いま)せん|使用されて(おりま|いま)せん|ございません|無効|間違|誤|登録され|一覧され|掲載され)|"
    r"ディレクトリに.{0,6}(一覧され|登録され|存在し)|(存在しない|不明な|無効な|誤った)(宛先|ユーザ|アドレス|メール|受信者)|"
    r"該当(する)?(ユーザ|アドレス|宛先)",
    # Chinese
    r"(用户|收件人|邮箱|帐号|账号|地址|收信人|使用者|信箱|帳號|郵箱|收件者|电子邮件)[^。.]{0,16}(不存在|未找到|找不到|无效|無效|错误|"
    r"錯誤|未知|不正确|有误|已注销)|(不存在|无效|未知|找不到)的?(用户|收件人|邮箱|地址|帐号|账号|使用者)|没有(此|该|这个)(用户|邮箱|"
    r"帐号|账号)|查无此人|查無此人",
    # German, French, Spanish, Italian, Portuguese, Russian, Dutch, Polish
    r"(empfänger|benutzer|adresse|adressat|postfach|mailadresse|teilnehmer|account|konto|e-?mail)[^.]{0,60}(unbekannt|existiert nicht|"
    r"nicht (gefunden|bekannt|vorhanden|existi|gültig|erreichbar)|ungültig|nicht mehr (gültig|existi|vorhanden|aktiv)|"
    r"konnte nicht gefunden|gibt es nicht)|unbekannte[rn]? (empf|benutz|adress|nutzer)|nicht (aufgelistet|verzeichnet|aufgeführt|"
    r"eingetragen)|kein (solcher )?(benutzer|empfänger|postfach|eintrag|nutzer)|nicht im domino|(ungültige|falsche) (empf|adresse|e-?mail)",
    r"(utilisateur|destinataire|adresse|bo[iî]te|compte|usager)[^.]{0,60}(inconnu|introuvable|n'?existe (pas|plus)|inexistant|invalide|"
    r"non trouvé|pas été trouvé|erron|n'?est (pas|plus) valide|supprimé)|(aucun|pas d')(e)? ?(utilisateur|destinataire|compte)|"
    r"mauvais(e)? adresse|n'?a pas été trouvé",
    r"(usuario|destinatario|direcci[oó]n|buz[oó]n|cuenta|correo|casilla)[^.]{0,60}(no (existe|encontrad|se (encuentra|encontr)|válid|"
    r"es válid|reconoc|ha sido encontr)|desconocid|inexistente|inv[aá]lid|incorrect)|no existe (dicha|ese|el|la|tal|un) ?(persona|"
    r"usuario|buz|cuenta|destinat|direcc)|(desconocid|inexistent)\w* (usuario|destinatario)|no se ha encontrado",
    r"(utente|destinatario|indirizzo|casella)[^.]{0,50}(sconosciut|inesistente|non (esiste|trovat|valid))|non esiste (la|il|l')|"
    r"nessun utente|utente simile|(usuário|usuario|destinatário|endereço|caixa|conta)[^.]{0,50}(não (existe|encontrad)|desconhecid|"
    r"inválid|inexistente)|(пользовател|адрес|ящик|получател)[^.]{0,50}(не (найден|существует)|неизвест|неверн)|нет такого|(gebruiker|"
    r"ontvanger|adres|postvak)[^.]{0,40}(onbekend|bestaat niet|niet gevonden)|(użytkownik|adres|odbiorca)[^.]{0,40}(nie istnieje|"
    r"nieznan|nie znaleziono)|(kullanıcı|alıcı|adres)[^.]{0,30}(bulunamadı|yok|geçersiz|mevcut değil)",
    bounce_languages.every("unknown"),
)
_BAD_ADDRESS = _any(
    r"(address|recipient|mail ?box)( name)? .{0,20}syntax|(malformed|syntactically (invalid|incorrect)|badly formed|"
    r"ill-?formed) .{0,20}address|(illegal|invalid) (character|local.?part|address (format|syntax))\w*.{0,30}(address|local.?part|"
    r"recipient)?"
)
_EITHER = _any(
    r"(unknown|no such|(not|n't) exist|not found|invalid)[^.]{0,30} or [^.]{0,40}(disabled|inactive|suspended|closed|dormant)|(disabled|"
    r"inactive|suspended|closed)[^.]{0,20} or [^.]{0,30}(unknown|no such|(not|n't) exist|not found|invalid)|"
    r"존재하지 ?않[^.]{0,20}(이거나|또는)|(또는|이거나)[^.]{0,20}존재하지 ?않"
)
_LOOP = _any(
    r"too many hops|hop count|mail (forwarding )?loop|routing loop|loops? back|looping|loop detected|loop(s)? (to|back)|"
    r"best-preference mx|mail for .{0,30}loops|maximum hop|email loop|maildir loop|delivered-to.{0,20}loop|forwarding loop"
)
_SYSTEM = _any(
    r"(internal|local|system|server|software|configuration|config|unexpected|processing|database|mailer|lookup|"
    r"temporary) (server )?(error|failure|problem)|i/o error|insufficient system|system (resources?|storage|full)|can'?t (create|open|"
    r"write)|cannot (create|open|write|exec|append)|permission denied|no space left|out of memory|command (died|failed|output|time)|"
    r"unable to (open|write|queue)|(resources?|system) (is |are )?(temporarily )?(unavailable|not available)|valid (notes )?mail file|"
    r"aliasing|misconfigur|not configured|service (is )?(not available|unavailable)|local (delivery )?(agent|error)|"
    r"mail server.{0,20}(error|fault)|proxy error|unknown mailer error|broken pipe|시스템 ?(오류|장애|에러)|일시적.{0,10}(오류|장애)|"
    r"システム(エラー|障害)|系统(错误|繁忙)"
)
_EXPIRED = _any(
    r"(message|mail|delivery|queue|retry|time|letter|it)\b[^.]{0,40}\b(expired|timed? ?out.{0,20}(queue|giving)|too old|too long|"
    r"exhausted)|delivery time (expired|limit)|(retry|delivery) (time|timeout|limit|period|attempts?).{0,30}(exceed|expir|reach|"
    r"exhaust)|giving up after|queue\.expired|been in the queue|(could not|not) (be )?delivered (for|within|after|in) (the )?(last )?\d|"
    r"undelivered (for|after) \d|(in|on) (the )?queue (for )?(too long|\d)|maximum (number of )?(retries|attempts|time)|all retries|"
    r"(tried|attempts?).{0,20}(\d+ (times|days|hours)|failed)|최대 ?(재시도|시도)|재시도.{0,10}(초과|실패)|有効期限|期限.{0,10}(切|過)|"
    r"超时|retry queue|abgelaufen|délai.{0,20}(dépass|expir)|tiempo.{0,30}(agotad|expir|exced)"
)
IS_NETWORK = _any(
    r"timed? ?-?out|timeout|connection (was |has been )?(refused|reset|lost|closed|dropped|failed|failure|could not|cannot|attempt)|"
    r"(connect|connecting|connection) to.{0,60}(failed|refused|timed|unable|error)|unreachable|no route to host|network (is|error|"
    r"problem|failure|unreach)|(couldn'?t|could not|unable to|cannot|can'?t|failed to|wasn'?t able to) (to )?(connect|establish|contact|"
    r"reach|open (a )?connection|communicate)|communications? (failure|error|problem)|not (respond|answer)\w*|no (answer|response|"
    r"reply) from|did ?n.t (respond|accept our requests)|dns (error|lookup|query|server|failure|temporar)|(name ?server|mx|dns|"
    r"host).{0,40}(servfail|try again|temporar|lookup|timeout)|host not found|name service error|servfail|lookup fail|shutting down|"
    r"conversation with|lost connection|tls|ssl|certificate|handshake|starttls|서버[가는이]? ?(응답하지|응답이 없|연결되지)|"
    r"연결.{0,14}(실패|할 ?수|오류|끊|거부)|접속.{0,10}(실패|불가)|接続.{0,14}(失敗|でき|拒否|エラー)|连接.{0,10}(失败|超时|错误)|"
    r"verbindung.{0,30}(fehl|nicht|abge)|connexion.{0,20}(impossible|refus|échou)|conexi[oó]n.{0,20}(fall|rechaz|no)"
)
_PROTOCOL = _any(
    r"(syntax|protocol) error|bad sequence|command (not |un)?(recogni[sz]ed|implemented|supported|rejected)|unrecogni[sz]ed command|"
    r"need (rcpt|mail|helo)|helo.{0,30}(invalid|rejected|required|need)|invalid (helo|ehlo|command)|improper use of smtp|"
    r"synchroni[sz]ation|pipelining|smtputf8|(helo|ehlo) command rejected"
)

_CONTENT = _any(
    r"(message|mail|e-?mail|content|attachment).{0,40}content.{0,40}(reject|block|refus|not (accept|allow|permit)|filter|deni)|"
    r"content (rejected|filter|not allowed|refused|block)",
    r"(message|mail|e-?mail) (was |has been )?(quarantined|rejected) (due to|because of|by).{0,20}(content|attachment|header|filter)|"
    r"conversion (required|failed|not)|policy.{0,10}header",
)
_REFUSED = _any(
    r"(blocked|refused|rejected|filtered) (by|due to).{0,20}(the )?(recipient|user|addressee|filter|preferences|rules?|firewall)|"
    r"user (reject|refus)|message filtered|you (are|have been|were) (blocked|not allowed)|prohibited|access denied|"
    r"access to.{0,20}(denied|forbidden)|refused due to|locally block|blocked\b|수신 ?거부|차단|受信拒否|拒否され|拒绝|拒收",
)

ABOUT_ADDRESS: tuple[Rule, ...] = (
    (Reason.SYSTEM, _LOOP),
    (Reason.NO_MAIL, _NO_MAIL),
    (Reason.SIZE, _MAIL_SIZE),
    (Reason.FULL, _FULL),
    (Reason.SIZE, _SIZE),
    (Reason.BAD_ADDRESS, _BAD_ADDRESS),
    (Reason.UNKNOWN_USER, _EITHER),
    (Reason.UNKNOWN_HOST, _DOMAIN_GONE),
    (Reason.DISABLED, _DISABLED),
    (Reason.UNKNOWN_HOST, _NO_HOST),
    (Reason.UNKNOWN_USER, _NO_USER),
    (Reason.MOVED, _MOVED),
)

ABOUT_THE_WAY: tuple[Rule, ...] = (
    (Reason.POLICY, _REFUSED),
    (Reason.CONTENT, _CONTENT),
    (Reason.PROTOCOL, _PROTOCOL),
    (Reason.EXPIRED, _EXPIRED),
    (Reason.NETWORK, IS_NETWORK),
    (Reason.SYSTEM, _SYSTEM),
)
