"""What a program's name tells: what it calls itself, which browser it claims to be, how old that is. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Agent:
    """`declared`: the sign of a program that names itself; `sign`: of a doubtful name; `is_modern`: it should send fetch metadata."""

    declared: str = ""
    sign: str = ""
    is_modern: bool = False
    is_app: bool = False


def _words(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


IMAGE_PROXY = _words(
    "GoogleImageProxy", "YahooMailProxy", r"via ggpht\.com", r"image-?proxy", r"mail-?proxy", r"\bcamo\b", "DuckDuckGo-Email"
)
SCANNER = _words(
    "SafeLinks", "Barracuda", "Mimecast", "Proofpoint", "Trend ?Micro", "urlscan", "Forcepoint", "FireEye", "Sophos", "IronPort",
    "Symantec", "MessageLabs", "Fortinet", "FortiGuard", "Zscaler Sandbox", "Cloudmark", "VirusTotal", "PhishTank", "CheckPoint",
    "SafeBrowsing", "Netcraft", r"url ?defen[cs]e", r"link ?(check|scan|valid)",
    r"(security|email|mail|url|virus|malware|phish\w*)[ -]?scan",
)  # fmt: skip
BOT = _words(
    r"(?<!cu)bot(?![a-z])", "crawl", "spider", "slurp", "facebookexternalhit", "meta-externalagent", "kakaotalk-scrap",
    r"\bYeti/", r"\bDaum(oa)?[/ ]", "BingPreview", "WhatsApp/", "SkypeUriPreview", "Slack-ImgProxy", "Google-Safety",
    "Google-Read-Aloud", "GoogleOther", "Iframely", "Embedly", "preview", "Microsoft Office", "archiver", "Pinterest/0",
    "LinkedInBot", "vkShare", "AppEngine-Google", "monitor",
)  # fmt: skip
LIBRARY = _words(
    r"^curl/", r"^Wget", "python", "aiohttp", "httpx/", "Go-http-client", r"^okhttp", r"^Java/", "Apache-HttpClient", "libwww",
    "Scrapy", "node-fetch", r"^axios", r"^got[ /]", "undici", "Headless", "PhantomJS", "SlimerJS", "Puppeteer", "Playwright",
    "Selenium", "WebDriver", "Ruby", "Guzzle", "PHP/", r"^Dalvik/.{0,12}$", "WinHttp", "Microsoft URL Control", "PostmanRuntime",
    "PowerShell", "libcurl",
)  # fmt: skip
# Outlook and its kin show letters with an old engine under an office name: a reader's own open, though hardly ever her click
MAIL_PROGRAM = _words("ms-office", "MSOffice", "Microsoft Outlook", "Thunderbird/")
APP = _words(r"NAVER\(", "KAKAOTALK", "KAKAOSTORY", "DaumApps", r"\bFBA[NV]/", "Instagram", r"\bLine/", r"\bGSA/", "BAND/", "Twitter for")
BARE = re.compile(r"^Mozilla/\d\.\d\s*(\(\s*\)|\(compatible;?\))?$")
ANCIENT = _words(
    r"MSIE [1-9]\.", r"Windows NT 5\.", r"Windows 9[58]", r"Firefox/[1-5]?\d\.", r"Chrome/[1-7]?\d\.", r"Opera/9", r"Netscape", r"Presto/"
)
OLD = _words(r"MSIE 10\.", "Trident/7", r"Chrome/(8|9)\d\.", r"Chrome/10\d\.", r"Firefox/[6-9]\d\.", r"Windows NT 6\.", r"OS (9|10|11|12)_")
_CHROME, _FIREFOX, _SAFARI = (
    re.compile(r"Chrome/(\d+)"),
    re.compile(r"Firefox/(\d+)"),
    re.compile(r"Version/(\d+)\.\S* (?:Mobile/\S+ )?Safari/"),
)
FETCH_SINCE = {_CHROME: 80, _FIREFOX: 90, _SAFARI: 17}  # the version from which each sends Sec-Fetch headers with a navigation


@lru_cache(maxsize=20_000)
def read(user_agent: str | None) -> Agent:
    """What this name tells; None says that it is not known, and tells nothing. Names seen before are looked up."""
    if user_agent is None:
        return Agent()
    name = user_agent.strip()
    if not name:
        return Agent(sign="no_user_agent")
    for declared, words in (("image_proxy", IMAGE_PROXY), ("security_scanner", SCANNER)):
        if words.search(name):
            return Agent(declared)
    if MAIL_PROGRAM.search(name):
        return Agent()
    if (app := bool(APP.search(name))) is False or "scrap" in name:
        for declared, words in (("bot", BOT), ("library", LIBRARY)):
            if words.search(name):
                return Agent(declared)
    if BARE.match(name):
        return Agent(sign="bare_user_agent")
    sign = "ancient_browser" if ANCIENT.search(name) else "old_browser" if OLD.search(name) else ""
    return Agent(sign=sign, is_modern=not sign and _is_modern(name), is_app=app)


def _is_modern(name: str) -> bool:
    return any((found := words.search(name)) is not None and int(found[1]) >= least for words, least in FETCH_SINCE.items())
