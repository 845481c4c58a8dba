"""What programs send with a request: browsers as they are, browsers that scanners pretend to be, and programs that name themselves."""

from dataclasses import dataclass
from random import Random

from tests.support.hits.chance import pick

Headers = dict[str, str]

LANGUAGES = ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", "ko-KR,ko;q=0.9", "ko", "en-US,en;q=0.9", "en-GB,en;q=0.8", "ja,en-US;q=0.9,en;q=0.8")
PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
WEBMAILS = (
    "https://mail.naver.com/",
    "https://mail.google.com/",
    "https://outlook.live.com/",
    "https://mail.daum.net/",
    "https://mail.kakao.com/",
)


@dataclass(frozen=True)
class Browser:
    """One installation: its name and the headers that it sends with every click."""

    user_agent: str
    headers: Headers


def _navigation(random: Random, *, language: str | None = None, fetch: bool = True) -> Headers:
    headers = {"Accept": PAGE, "Accept-Encoding": "gzip, deflate, br, zstd", "Accept-Language": language or pick(random, LANGUAGES)}
    if fetch:
        headers |= {"Sec-Fetch-Site": pick(random, ("none", "cross-site")), "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        if random.random() < 0.8:
            headers["Sec-Fetch-User"] = "?1"
        headers["Upgrade-Insecure-Requests"] = "1"
    return headers


def _chrome(random: Random) -> str:
    return f"{random.randint(118, 152)}.0.0.0"


def desktop(random: Random) -> Browser:
    system = pick(
        random, ("Windows NT 10.0; Win64; x64", "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64")
    )
    base = f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{_chrome(random)} Safari/537.36"
    agent = pick(
        random,
        (
            base,
            base,
            base + f" Edg/{_chrome(random)}",
            base.replace("Safari/537.36", "Whale/3.28.266.11 Safari/537.36"),
            f"Mozilla/5.0 ({system}; rv:{(v := random.randint(115, 146))}.0) Gecko/20100101 Firefox/{v}.0",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
        ),
    )
    headers = _navigation(random)
    if "Chrome/" in agent and random.random() < 0.8:
        headers |= {"Sec-CH-UA": '"Chromium";v="140", "Not=A?Brand";v="24"', "Sec-CH-UA-Mobile": "?0", "Sec-CH-UA-Platform": '"Windows"'}
    if random.random() < 0.35:
        headers["Referer"] = pick(random, WEBMAILS)
    return Browser(agent, _wishes(random, headers))


def phone(random: Random) -> Browser:
    version = f"{random.randint(15, 26)}_{random.randint(0, 6)}"
    apple = (
        f"Mozilla/5.0 (iPhone; CPU iPhone OS {version} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        f"Version/{version.partition('_')[0]}.0 Mobile/15E148 Safari/604.1"
    )
    model = pick(random, ("SM-S928N", "SM-A546S", "SM-F946N", "K", "Pixel 8", "LM-V500N"))
    android = f"Mozilla/5.0 (Linux; Android {random.randint(10, 16)}; {model}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{_chrome(random)} Mobile Safari/537.36"  # noqa: E501
    samsung = android.replace("Chrome/", "SamsungBrowser/27.0 Chrome/")
    agent = pick(random, (apple, apple, android, samsung))
    return Browser(agent, _wishes(random, _navigation(random, fetch=agent != apple or int(version[:2]) > 16 or random.random() < 0.5)))


def in_app(random: Random) -> Browser:
    apple = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
    android = f"Mozilla/5.0 (Linux; Android 14; SM-S918N Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/{_chrome(random)} Mobile Safari/537.36"  # noqa: E501
    name, package = pick(
        random,
        (
            (" NAVER(inapp; search; 2000; 12.12.1; 14PRO)", "com.nhn.android.search"),
            (" KAKAOTALK 11.2.1", "com.kakao.talk"),
            ("; KAKAOTALK 2410800 (INAPP)", "com.kakao.talk"),
            (" NAVER(inapp; mail; 1000; 3.4.1)", "com.nhn.android.mail"),
            (" DaumApps/7.3.1 DaumDevice/mobile", "net.daum.android.daum"),
            (" [FBAN/FBIOS;FBAV/480.0.0]", "com.facebook.katana"),
        ),
    )
    is_apple = random.random() < 0.5
    headers = _navigation(random, fetch=random.random() < 0.5)
    if not is_apple and random.random() < 0.7:
        headers["X-Requested-With"] = package
    return Browser((apple if is_apple else android) + name, _wishes(random, headers))


def aged(random: Random) -> Browser:
    agent = pick(
        random,
        (
            "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
            "Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36",
            "Mozilla/5.0 (Linux; Android 7.0; SM-G930S) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/87.0.4280.141 Mobile Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1 Mobile/15E148 Safari/604.1",  # noqa: E501
            "Mozilla/5.0 (iPad; CPU OS 9_3 like Mac OS X) AppleWebKit/601.1 (KHTML, like Gecko) Version/9.0 Mobile/13E237 Safari/601.1",
        ),
    )
    return Browser(agent, _navigation(random, fetch=False))


def any_of_a_person(random: Random) -> Browser:
    return pick(random, (desktop, desktop, phone, phone, in_app))(random)


def _wishes(random: Random, headers: Headers) -> Headers:
    if random.random() < 0.05:
        headers["DNT"] = "1"
    if random.random() < 0.04:
        headers["Sec-GPC"] = "1"
    return headers


def imitation(random: Random, *, quality: float) -> Browser:
    """A scanner's idea of a browser: with `quality` 1 all headers of the real one, with 0 hardly any."""
    genuine = pick(random, (desktop, desktop, phone))(random)
    if random.random() < quality:
        headers = {name: value for name, value in genuine.headers.items() if name not in ("Referer", "DNT", "Sec-GPC")}
        return Browser(genuine.user_agent, headers)
    agent = pick(
        random,
        (
            genuine.user_agent,
            genuine.user_agent,
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0.3945.88 Safari/537.36",
            "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)",
            "Mozilla/5.0 (Windows NT 6.1; WOW64; rv:40.0) Gecko/20100101 Firefox/40.1",
            "Mozilla/5.0",
        ),
    )
    headers = {
        "Accept": pick(random, (PAGE, "*/*", "text/html,*/*;q=0.8")),
        "Accept-Encoding": pick(random, ("gzip, deflate", "gzip", "identity")),
    }
    if random.random() < 0.3:
        headers["Accept-Language"] = "en-US,en;q=0.5"
    return Browser(agent, headers)


def headless(random: Random) -> Browser:
    agent = pick(
        random,
        (
            f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/{_chrome(random)} Safari/537.36",
            "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1",
            "python-requests/2.32.3",
            "Go-http-client/2.0",
            "Java/17.0.9",
            "",
        ),
    )
    return Browser(agent, {"Accept": "*/*"})


def link_preview(random: Random) -> Browser:
    agent = pick(
        random,
        (
            "facebookexternalhit/1.1; kakaotalk-scrap/1.0; +https://devtalk.kakao.com/t/scrap/33984",
            "Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
            "TelegramBot (like TwitterBot)",
            "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b",
            "WhatsApp/2.23.20.0",
        ),
    )
    return Browser(agent, {"Accept": "*/*"})


GOOGLE_PROXY = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
YAHOO_PROXY = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"
APPLE_PROXY = "Mozilla/5.0"
OUTLOOK = "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Win64; x64; Trident/7.0; ms-office; MSOffice 16)"
APPLE_MAIL = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
PICTURE = {"Accept": "image/avif,image/webp,image/apng,image/*,*/*;q=0.8", "Accept-Encoding": "gzip, deflate, br"}
