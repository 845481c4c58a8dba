"""What mail systems say in languages beside those whose words stand with each reason: one row for each language. Data only.

A row is read wherever its English column is: an empty column adds nothing. Matched against lower-case text with single spaces.
"""

import re
from typing import NamedTuple

from service.delivery.reasons import Reason

Rule = tuple[Reason, re.Pattern[str]]


class Language(NamedTuple):
    """Patterns; `undelivered` is what subjects and texts call a mail that came back."""

    undelivered: str
    unknown: str
    full: str
    waiting: str = ""
    disabled: str = ""
    spam: str = ""


LANGUAGES: dict[str, Language] = {
    "nl": Language(
        undelivered=r"niet (worden )?(bezorgd|afgeleverd|verzonden)|onbestelbaar",
        unknown=r"(gebruiker|ontvanger|adres|postvak|mailbox|account)[^.]{0,40}((kon|kan) niet (worden )?gevonden|niet gevonden|"
        r"bestaat niet|onbekend|ongeldig)",
        full=r"(mailbox|postvak|brievenbus)\b.{0,40}\bvol\b",
        waiting=r"vertraagd",
        disabled=r"(account|mailbox|postvak)[^.]{0,40}(geblokkeerd|uitgeschakeld|opgeheven)",
        spam=r"ongewenste (e-?)?mail",
    ),
    "pl": Language(
        undelivered=r"nie (mogła |została )?(zostać )?dostarcz|niedostarcz|nie można (było )?dostarczyć|niemożliwe dostarczenie",
        unknown=r"(skrzynk|adres|konto|użytkownik|odbiorc)\w*[^.]{0,40}(nie istnieje|nieznan|nie (został\w* )?(znalezion|odnalezion))|"
        r"nie (można|udało się) (odnaleźć|znaleźć)[^.]{0,30}(adres|użytkown|odbiorc|skrzynk)",
        full=r"skrzynk.{0,40}(pełn|przepełn|przepeln)",
        waiting=r"opóźnion",
        disabled=r"(konto|skrzynka)[^.]{0,40}(nieaktywn|zablokowan|zawieszon|wyłączon)",
        spam=r"niechcian",
    ),
    "sv": Language(
        undelivered=r"(går ej|gick inte|kan|kunde) (inte )?(att )?lever|olevererbar|kunde inte skickas",
        unknown=r"(adress|mottagar|användar|postlåd)\w*[^.]{0,40}(okänd|finns inte|hittades inte|kunde inte hittas)|(gick inte|"
        r"kunde inte|kan inte) (att )?hitta[^.]{0,30}(adress|mottagar|användar)",
        full=r"(postlåd|inkorg)\w* .{0,20}full",
        waiting=r"försena",
        disabled=r"konto[^.]{0,40}(inaktiver|avstängt|spärrat)",
        spam=r"skräppost",
    ),
    "da, no": Language(
        undelivered=r"(kan|kunne|kunde) (ikke|ej) (bli |blive )?lever|ikke lever|uleverbar",
        unknown=r"(adresse|modtager|bruger|postkasse|mottaker|bruker)\w*[^.]{0,40}(ukendt|ukjent|findes ikke|finnes ikke|"
        r"blev? ikke funnet|blev ikke fundet|kunne ikke findes|eksisterer ikke)|(kan ikke finde|finner ikke|fant ikke|"
        r"kunne ikke finne)[^.]{0,30}(adresse|modtager|mottaker|bruger|bruker)",
        full=r"((post|ind)(kasse|bakke)\w*|(inn|post)boks\w*) .{0,20}(fuld|full)",
        waiting=r"forsink",
        disabled=r"konto[^.]{0,40}(deaktiveret|sperret|spærret)",
        spam=r"søppelpost",
    ),
    "fi": Language(
        undelivered=r"(ei voitu|ei voida|ei pystytty) (toimittaa|lähettää)|toimittaminen (ei|epäonnistui)|ei toimitet",
        unknown=r"(osoit|vastaanottaj|käyttäj|postilaatik)\w*[^.]{0,40}(tuntematon|ei löyd|ei löyt|ei ole olemassa)",
        full=r"postilaatikko.{0,30}täynnä",
        waiting=r"viivästy",
        spam=r"roskaposti",
    ),
    "cs, sk": Language(
        undelivered=r"nedoruč|(nelze|nebylo možné|nepodařilo se|nemožno|nepodarilo sa) doruč|nebyl\w* doruč",
        unknown=r"(adres|uživatel|schránk|příjemc|používateľ|príjemc)\w*[^.]{0,40}(neexistuje|neznám|nebyl\w* nalezen|nelze najít|"
        r"nenašl|nenájd)|(nelze|nepodařilo se|nepodarilo sa) (najít|nájsť)[^.]{0,30}(adres|uživatel|schránk|příjemc)",
        full=r"schránk.{0,30}pln",
        waiting=r"zpožd|omešk",
        disabled=r"(účet|schránka)[^.]{0,30}(zablokov|deaktiv|zruše)",
        spam=r"nevyžádan|nevyžiadan",
    ),
    "hu": Language(
        undelivered=r"kézbesíthetetlen|nem (lehet|lehetett|sikerült|tudtuk) kézbesít|kézbesítés(e)? (sikertelen|nem)",
        unknown=r"(cím|felhasználó|címzett|postafiók)\w*[^.]{0,40}(nem létezik|ismeretlen|nem található)|nem található[^.]{0,40}(cím|"
        r"felhasználó|címzett)",
        full=r"(postal[áa]d|postafiók)\w*.{0,30}(megtelt|tele)",
        waiting=r"késlelt|késik",
        spam=r"levélszemét",
    ),
    "tr": Language(
        undelivered=r"teslim edile|iletileme|gönderileme",
        unknown=r"(kullanıcı|alıcı|adres|posta kutusu)\w*[^.]{0,30}(bulunamadı|yok|geçersiz|mevcut değil)",
        full=r"posta kutusu.{0,30}dolu",
        waiting=r"gecikti|gecikme",
        disabled=r"(hesap|hesabı|kullanıcı)[^.]{0,30}(devre dışı|askıya)",
        spam=r"istenmeyen",
    ),
    "vi": Language(
        undelivered=r"không thể (gửi|chuyển)|không gửi được|gửi không thành công",
        unknown=r"(địa chỉ|người (dùng|nhận)|tài khoản|hộp thư)[^.]{0,40}không (tồn tại|tìm thấy|hợp lệ)",
        full=r"hộp thư.{0,30}đầy",
        waiting=r"bị trì hoãn|chậm trễ",
        spam=r"thư rác",
    ),
    "id, ms": Language(
        undelivered=r"tidak (dapat|bisa) (dikirim|terkirim|dihantar)|gagal (terkirim|dikirim)",
        unknown=r"(alamat|pengguna|penerima|akun)[^.]{0,40}tidak (ditemukan|ada|dikenal|wujud)",
        full=r"kotak (surat|masuk|pos).{0,30}penuh",
        waiting=r"tertunda",
    ),
    "th": Language(undelivered=r"ไม่สามารถส่ง|ส่งไม่สำเร็จ", unknown=r"ไม่พบ(ที่อยู่|ผู้ใช้|ผู้รับ|บัญชี)", full=r"กล่องจดหมาย.{0,40}เต็ม"),
    "ro": Language(
        undelivered=r"nelivrat|nu a (putut fi|fost) livrat|nu s-a putut livra",
        unknown=r"(adres|utilizator|destinatar|căsuț)\w*[^.]{0,40}(nu există|necunoscut|nu a fost găsit)",
        full=r"căsuț.{0,30}plin",
        waiting=r"întârzi",
    ),
    "ru, uk": Language(
        undelivered=r"недоставл|не (может|могло|удалось|удается|было|вдалося) (быть |бути )?(достав|отправ|надісл)",
        unknown=r"(користувач|адрес|скриньк|отримувач|почтовый ящик|получател)\w*[^.]{0,40}не (існує|знайден|существует|найден)|"
        r"не (удалось|удается|вдалося) (найти|знайти)[^.]{0,40}(адрес|пользовател|получател|ящик|скриньк)|(получател|"
        r"отримувач)\w* не (существует|існує)",
        full=r"ящик.{0,30}полон|скриньк.{0,30}(повн|переповн)",
        waiting=r"задерж|затрим",
        disabled=r"неактив|вимкнен",
        spam=r"спам",
    ),
    "el": Language(
        undelivered=r"δεν (ήταν δυνατή η παράδοση|παραδόθηκε|μπορεί να παραδοθεί)|μη παραδ|αδύνατη η παράδοση",
        unknown=r"(χρήστη|διεύθυνση|παραλήπτη|λογαριασμό)\w*[^.]{0,40}δεν (υπάρχει|βρέθηκε)",
        full=r"γραμματοκιβώτι.{0,40}(πλήρ|γεμάτο)",
        waiting=r"καθυστ",
    ),
    "it, es, pt": Language(
        undelivered=r"mancata consegna|non recapitabile|non (è stato|è stata|stato|stata) (possibile )?(consegna|recapita|inoltra)|"
        r"no (se )?(pudo|puede|ha podido) (ser )?entreg|não (pôde|foi|pode|foi possível) (ser )?entreg",
        unknown=r"no se (encontró|pudo encontrar) (a |la direcci|el (usuario|destinat))|não (foi encontrad|localizamos|"
        r"conseguimos encontrar)|(indirizzo|utente|destinatario)[^.]{0,30}non (è stato|è) trovat|non (è stato possibile|è possibile|"
        r"si può) trovare[^.]{0,30}(indirizzo|utente|destinatario)|(não foi possível|no (ha sido|es|fue) posible) (encontrar|"
        r"localizar)[^.]{0,30}(endereço|direcci|usu[áa]rio|destinat)",
        full=r"(casella|posta in arrivo).{0,30}(piena|esaurit)|(buz[oó]n|bandeja).{0,30}llen|caixa.{0,40}(cheia|lotada)",
        waiting=r"in ritardo|atrasad|se ha retrasado",
        disabled=r"(account|casella|cuenta|conta)[^.]{0,30}(disabilitat|sospes|deshabilitad|suspendid|desativad|suspens)",
        spam=r"indesiderat|no deseado|indesejad",
    ),
}


def every(column: str) -> str:
    """The patterns of one column, as alternatives."""
    return "|".join(pattern for language in LANGUAGES.values() if (pattern := getattr(language, column)))


def any_of(*patterns: str) -> re.Pattern[str]:
    """One pattern that finds any of several."""
    return re.compile("|".join(patterns))
