"""What mail systems write where the sender is at fault, not the address: first of the tables of bounce_texts.py. Data only."""

from service.delivery.reasons import Reason
from service.feedback import bounce_languages
from service.feedback.bounce_languages import Rule
from service.feedback.bounce_languages import any_of as _any

_RESTRICTED = _any(
    r"resolver\.rst\.(?!\w*size)|\b(blocked|rejected|refused) by (the )?(recipient|addressee|user)\b(?!'s)",
    r"(수신자|받는 ?사람)(가|이|님이).{0,20}(차단|거부)|수신 ?차단|受信者.{0,10}拒否|收件人.{0,4}(拒收|拒绝)|对方的?黑名单",
)
_AUTHENTICATION = _any(
    r"\bspf\b|\bdkim\b|\bdmarc\b|\barc\b.{0,20}fail|sender ?id\b.{0,40}(fail|check)",
    r"unauthenticated|not authenticated|(required|sufficient) authentication|authentication (checks?|information|is required|failed)",
    r"reverse dns|\bptr\b|\brdns\b|fcrdns|no (matching )?hostname|cannot find your (reverse )?hostname|"
    r"hostname.{0,20}does not (match|resolve)",
    r"can'?t (verify|determine) (your|the) (host|domain)|client host rejected: cannot find|ip name lookup failed|"
    r"unresolvable (relay|client) host",
    r"does not have a valid (mx|a record|dns)|인증되지 않은|발신자 인증|역방향|認証に失敗|送信ドメイン認証",
)
_RELAY = _any(
    r"relay(ing)? (access )?(denied|not (permitted|allowed)|prohibited|disallowed|attempt|is not)|(unable|not permitted|"
    r"refus\w+) to relay|no relaying",
    r"(we )?(do not|don'?t|cannot|will not|won'?t) relay|relaying (mail )?to|not (an? )?(open relay|relayable)|insecure mail relay|"
    r"relaynotpermitted",
    r"that domain isn'?t in my list of allowed rcpthosts|authenticate (first|before)|must (be )?(authenticat|log ?in)\w*|"
    r"authentication required|pop before smtp",
    r"this system is not configured to relay|no such domain at this location|릴레이|中継.{0,12}(拒否|許可|禁止)",
)
_SENDER = _any(
    r"\b(sender|mail from|originator|return.path)\b.{0,50}(rejected|denied|refused|not allowed|invalid|is not valid|blocked by)",
    r"(sender|mail from)('?s)? (e-?mail )?(address|domain).{0,40}(not exist|not found|unknown|not resolve|unverif|invalid|must)",
    r"sender verify failed|could not complete sender verify|sender callout|callback (lookup|verif)|badmailfrom|domain of sender|"
    r"your (domain|e-?mail address|sender).{0,40}(does not|doesn'?t|not) (exist|resolve|found|verif)",
    r"(rejecting|reject|refused?|unacceptable) (bounce|null sender|mail from|envelope.from)|invalid (sender|domain name in sender|"
    r"return)",
    r"mail(s)? from (your|this|the).{0,40}(rejected|refused|not accepted|denied)|we do not accept (mail|e-?mail|messages) from",
    r"(senders?|from) (is )?(not (on|in)|blocked|black|disallow)|access denied.{0,10}sender|sender denied|unknown sender|"
    r"(not authori[sz]ed|not allowed|no permission) to send (from|as)|(발신자|발송자|보낸 ?사람).{0,20}(거부|차단|존재하지|확인)",
)
_REPUTATION = _any(
    r"(black|block|deny|drop|real-?time).{0,3}list|spamhaus|barracudacentral|barracudanetworks|spamcop|sorbs|\brbl\b|dnsbl|\bcbl\b|"
    r"\bpbl\b|\bkisa\b|uceprotect",
    r"reputation|(poor|bad|low|untrusted) .{0,20}(sender|score)|sender ?score|senderbase|dynamic (ip|pool|ranges|address)|"
    r"(dial-?up|residential|generic) (ip|host|address|pool)",
    r"\b(ip|host|client|server|connection|network|domain|sender|mta)\b.{0,60}\b(filtered|blocked|banned|black|denied access|"
    r"not welcome|(is|are|currently|been) listed)",
    r"(blocked|banned|denied|rejected) (using|by|at|in|on|for|due to).{0,40}(\bip\b|\brbl|abuse|provider)",
    r"(connection|access) (refused|denied|rejected|dropped).{0,40}(abuse|policy|ip\b|blocked)|(mail|messages?|e-?mail) (from|"
    r"by).{0,60}(blocked|banned)",
    r"(?<!not )(?<!n't )\blisted (in|at|on|by)\b(?! domino)|\bip= - a problem occurred|\bip=\S* ?- a problem occurred|\((bl|rbl)\)|"
    r"\b(hl:(rep|ipb|ihu)|mi:spb)\b",
    r"user complaints|complaints? (rate|from users)|abus(e|ive) .{0,20}(detected|host|ip)|your (ip|network|server|host|"
    r"mail server).{0,40}(block|ban|reject|deny)",
    r"\[tss0[49]\]|\bs3140\b|\bs3150\b|\b(cs0\d|dns:t\d|rly:[a-z]\d|hvu:b\d)\b|banned (sending )?ip|ip.{0,10}차단|차단된 (ip|"
    r"아이피)|아이피.{0,20}차단|封禁|ip.{0,20}被(屏蔽|拒绝|封)",
)
_NAMED_REPUTATION = _any(
    r"\b(low|poor|bad|negative|insufficient) (domain |ip |sender |sending )?reputation|reputation of (the|your|this)|banned send|"
    r"\byour (ip|server|host|network)\b.{0,20}(has been|is|was) (blocked|banned|black\w*|listed)|spam ?traps?|\b(rtr|con|rly|hvu):[a-z]"
)
_LISTED_URL = _any(r"\b(uribl|surbl|dbl)\b|\b(url|link|domain) in (the |your |this )?(message|mail|e-?mail|body)")
_VIRUS = _any(
    r"(?<!for )(?<!spam or )virus(es)?(?! or spam)(?! and spam scan)\b.{0,60}(found|detected|infect|reject|refus|block|contain|identified)",
    r"(contain|infect|found|detect|carr)\w*.{0,40}(virus|malware|trojan|worm)\b",
    r"potential(ly)? (security (issue|risk|threat)|harmful|dangerous)|blockedmessage|\bbanned (name|contents?)\b|banned:|infected:",
    r"malware (found|detected)|infected with|바이러스|ウイルス.{0,30}(検出|感染)|virus (in|inside) (your|the)",
)
_MALFORMED = _any(
    r"(bare (lf|cr|newline)|stray newline|line.{0,10}too long|header.{0,60}(malformed|invalid|missing|too large|syntax|duplicate)|"
    r"(without|missing|lacks?|no) (a )?(valid )?(message-id|date|from|to|subject) header|"
    r"rfc.{0,6}(2?822|5322).{0,40}(compl|violat|not)|not rfc)",
    r"(malformed|missing|multiple|invalid) (mime|headers?|from|date|message-id|to header)|8-?bit (data|header|mime).{0,40}(not|"
    r"unsupported|refus)|(illegal|unsupported|8bit).{0,20}(charset|encoding|character)",
    r"attachment.{0,40}(not (allowed|permitted|accepted)|reject|block|banned|prohibit)|(blocked|prohibited|banned|disallowed) (file|"
    r"attachment|extension|content|url)",
)
_SPAM = _any(
    r"\bspam\b|\bspam(my|ming|mer|assassin)|unsolicited|\bubes?\b|\buce\b|bulk (mail|e-?mail)|\bjunk\b|phish|suspicious|suspected|"
    r"spoof|forged?|\bscam\b",
    r"(looks|appears|seems|classified|considered|identified|detected) (like|to be|as) (bulk|uce)|blocked(message|by.{0,20}filter)|"
    r"unsolicited(message|rate|ip)error",
    r"\bdt:s(pm|um)\b|\b(ofr|lpn)\w*_50[1-6]\b|mail rejet",
    r"content preview|spam-?score|score (of )?\d+.{0,20}(exceed|over|>)|스팸|광고성|迷惑メール|垃圾|反垃圾|pourriel|indésirable",
    bounce_languages.every("spam"),
)
_POLICY = _any(
    r"(polic(y|ies)|security|administrative(ly)?|local|site) .{0,30}(reason|violat|prohibit|reject|block|restrict|den(y|ied)|refus|"
    r"rul)|policy (of|on|does|prevent)",
    r"(violat|against|according to|due to|because of|per|by).{0,40}polic(y|ies)|administrative prohibition|administratively (denied|"
    r"blocked)|\brejected by (rule|filter|user|admin|recipient|the server's)",
    r"not (authori[sz]ed|permitted|allowed) to (send|post|mail|deliver|email)|(permission|authori[sz]ation) (denied|to (post|send|"
    r"mail))|resolver\.rst\.(notauthorized|authrequired|sendersizelimit|restricted)",
    r"(only|just) accepts? (mail|e-?mails?|messages).{0,60}(from|member|people|sender)|(restricted|limited) (to|recipient|sender|"
    r"group)|members? only|not a? ?member|moderat(ed|or)",
    r"(recipient|user|mailbox|they|he|she).{0,40}(has |have )?(block(ed|s)|refuse[sd]?|does(n'?t| not) (want|wish|"
    r"accept)).{0,30}(\b(from you|your|sender|this message|to receive)\b)",
    r"\baup\b|acceptable use|rcp-p2|transport\.rules|\bchallenge|this account is protected|transaction failed.{0,20}(policy|blocked)|"
    r"not accepting (mail|"
    r"messages) from|local(ly)? policy",
)
_RATE = _any(
    r"too (many|much) (messages?|mails?|e-?mails?|connections?|recipients|concurrent|sessions?|errors|rcpt|hosts|invalid|bad|smtp|"
    r"traffic|unknown|send)",
    r"(rate|message|connection|sending|hourly|daily|throttl\w*|recipient).{0,12}limit(s|ed|ing|ation)?\b(?!.{0,20}(size|mailbox|"
    r"storage))|throttl|ratelimit|unsolicitedratelimit",
    r"exceed\w*.{0,40}(rate|(max(imum)?|allowed) (number|amount)|(messages|mails|e-?mails|connections?|recipients?)\b.{0,20}(per|"
    r"limit|in|allowed)|sending limit|(hourly|daily))",
    r"(sending|unusual|high) rate|within 24 hours|\bper (hour|day|minute|second|connection|session|24)|concurren|more slowly|"
    r"too (fast|quickly|frequent\w*)|too much mail|\[tss?0[123]\]",
    r"server (is )?(too )?busy|try again more|slow ?down|max(imum)?.{0,20}(connections|recipients|messages)|"
    r"frequency (is )?limit|\b(rp:(cel|trc|qrc|adl)|mi:(stc|frq|sfq|imf))\b|zu viele (verbindungen|nachrichten|e-?mails)|"
    r"trop de (connexions|messages)|receiving mail (at a rate|too quickly)|한꺼번에|발송 ?건수|대량|동시 ?접속|频率|频繁",
)
_GREYLIST = _any(r"gr[ea]y.?list|postgrey")
_LATER = _any(
    r"try(ing)? (again|later) (in|after) \d+|please (try|retry|wait).{0,20}(\d+ (sec|min)|minute)|"
    r"come back (later|in)|deferred for \d+|temporarily deferred.{0,20}(\d+ sec)"
)

ABOUT_US: tuple[Rule, ...] = (
    (Reason.POLICY, _RESTRICTED),
    (Reason.AUTHENTICATION, _AUTHENTICATION),
    (Reason.RELAY, _RELAY),
    (Reason.REPUTATION, _NAMED_REPUTATION),
    (Reason.SENDER, _SENDER),
    (Reason.CONTENT, _VIRUS),
    (Reason.SPAM, _SPAM),
    (Reason.CONTENT, _LISTED_URL),
    (Reason.REPUTATION, _REPUTATION),
    (Reason.CONTENT, _MALFORMED),
    (Reason.GREYLIST, _GREYLIST),
    (Reason.RATE, _RATE),
    (Reason.GREYLIST, _LATER),
    (Reason.POLICY, _POLICY),
)
"""Nothing the reader's address can help; looked for first, so that "5.1.1 ... looks like spam" blames nobody."""
