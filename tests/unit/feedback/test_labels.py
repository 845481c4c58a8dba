"""Labels: a machine that names itself is one; else many signs are weighed, and the hard cases come out as people know them."""

import ipaddress
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from service.feedback import labels, labels_agents, labels_headers, labels_networks, labels_table
from service.feedback.labels_log import Log, Seen

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 Version/18.2 Mobile/15E148 Safari/604.1"
BROWSER = labels_headers.kept(
    {
        "Accept": "text/html,*/*;q=0.8",
        "Accept-Language": "ko",
        "Accept-Encoding": "gzip, br",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-User": "?1",
    }
)
IMITATION = labels_headers.kept({"Accept": "*/*", "Accept-Encoding": "gzip"})
NINE = 1_790_000_000.0


def click(delivery: int, wait: float, link: int = 1, **more: Any) -> Seen:
    given: dict[str, Any] = {"links": 12, "ip": "203.0.113.7", "user_agent": CHROME, "headers": BROWSER, "accepted_at": NINE} | more
    return Seen(True, NINE + wait, delivery, link, **given)


def opened(delivery: int, wait: float, **more: Any) -> Seen:
    given: dict[str, Any] = {"ip": "203.0.113.7", "user_agent": CHROME, "headers": "", "accepted_at": NINE} | more
    return Seen(False, NINE + wait, delivery, None, None, **given)


def final(hits: Iterable[Seen]) -> list[labels.Verdict]:
    log = Log()
    for hit in hits:
        log.add(hit)
    return list(labels.final(log))


def names(hits: Iterable[Seen]) -> list[str]:
    return [verdict.label for verdict in final(hits)]


@pytest.mark.parametrize(
    ("is_click", "agent", "label", "reason"),
    [
        (False, CHROME, "human", "no_machine_sign"),
        (True, CHROME, "human", "browser_headers"),
        (False, "Mozilla/5.0", "machine", "apple_privacy_proxy"),
        (False, "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", "machine", "image_proxy"),
        (False, "YahooMailProxy; https://help.yahoo.com/", "machine", "image_proxy"),
        (True, "Mozilla/5.0 (compatible; Yeti/1.1; +http://naver.me/spd)", "machine", "bot"),
        (True, "facebookexternalhit/1.1; kakaotalk-scrap/1.0", "machine", "bot"),
        (
            True,
            "Mozilla/5.0 (Linux; Android 10; CUBOT NOTE 20) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
            "human",
            "browser_headers",
        ),
        (True, CHROME + " KAKAOTALK 2410800 (INAPP)", "human", "browser_headers"),
        (True, "python-requests/2.32", "machine", "library"),
        (True, "Mozilla/5.0 BingPreview/1.0b", "machine", "bot"),
        (True, "Mozilla/5.0 (compatible; Proofpoint URL Defense)", "machine", "security_scanner"),
    ],
)
def test_provisional_label_follows_from_the_hit_alone(is_click: bool, agent: str, label: str, reason: str) -> None:
    verdict = labels.provisional(Seen(is_click, user_agent=agent, headers=BROWSER if is_click else ""))

    assert (verdict.label, verdict.reason) == (label, reason)


@pytest.mark.parametrize("header", [{"Purpose": "prefetch"}, {"SEC-PURPOSE": "prefetch;prerender"}, {"x-moz": "prefetch"}])
def test_looking_ahead_is_a_machine_and_the_reader_who_follows_is_none(header: dict[str, str]) -> None:
    ahead = click(1, 900, headers=labels_headers.kept({"Accept-Language": "ko", **header}))

    assert names([ahead, click(1, 903)]) == ["machine", "human"]


def test_head_is_a_machine_and_so_is_its_get() -> None:
    asked = labels_headers.kept({":method": "HEAD", "Accept": "*/*"})

    assert names([click(1, 900, headers=asked), click(1, 901, headers=IMITATION)]) == ["machine", "machine"]


def test_all_links_within_a_minute_are_a_machine_s() -> None:
    assert set(names(click(1, 40 + 0.4 * link, link) for link in range(1, 13))) == {"machine"}


def test_a_few_tabs_opened_within_seconds_are_a_person_s() -> None:
    hits = [opened(1, 3600), *(click(1, 3630 + 1.1 * link, link) for link in range(1, 5))]

    assert set(names(hits)) == {"human"}


def test_reader_who_follows_a_push_within_seconds_is_a_person() -> None:
    carrier = {"ip": "223.38.10.9", "user_agent": PHONE}

    assert names([opened(1, 3, **carrier), click(1, 8, **carrier)]) == ["human", "human"]


def test_pressing_one_link_half_an_hour_later_in_letter_after_letter_is_a_machine_s() -> None:
    scanner = [click(number, 1750 + 13 * (number % 9), ip=f"198.51.100.{number}") for number in range(1, 30)]
    readers = [click(number, 400 * 1.35 ** (number % 20), ip=f"100.{number}.3.4", user_agent=PHONE) for number in range(100, 130)]

    found = names([*scanner, *readers])

    assert set(found[:29]) == {"machine"}
    assert set(found[29:]) == {"human"}


def test_colleagues_behind_the_address_of_a_scanner_stay_people() -> None:
    scanner = [click(number, 30 + link, link, headers=IMITATION) for number in range(1, 13) for link in range(1, 11)]
    colleagues = [hit for number in range(1, 13) for hit in (opened(number, 600 * number), click(number, 600 * number + 40, 3))]

    found = final([*scanner, *colleagues])

    assert {verdict.label for verdict in found[: len(scanner)]} == {"machine"}
    assert {verdict.label for verdict in found[len(scanner) :]} == {"human"}


def test_hundreds_of_readers_behind_one_carrier_address_stay_people() -> None:
    carrier = {"ip": "211.234.8.1", "user_agent": PHONE}

    assert set(names(click(number, 20 + 37 * (number % 97), number % 12, **carrier) for number in range(300))) == {"human"}


def test_labels_of_nothing_and_of_nothing_known() -> None:
    nothing = Seen(True, user_agent=None)

    assert final([]) == []
    assert [(verdict.label, verdict.reason) for verdict in final([nothing])] == [("unknown", "nothing_known")]


@given(
    some.lists(
        some.builds(
            Seen,
            is_click=some.booleans(),
            at=some.none() | some.floats(-1e12, 1e12),
            delivery=some.none() | some.integers(0, 3),
            link=some.none() | some.integers(0, 5),
            links=some.none() | some.integers(-3, 10**9),
            ip=some.sampled_from(("", "nonsense", "10.0.0.1", "2001:db8::1", "::ffff:1.2.3.4", "17.1.1.1")),
            user_agent=some.none() | some.text(max_size=20),
            headers=some.sampled_from(("", BROWSER, IMITATION, "p=ahead", ";;=;")),
            accepted_at=some.none() | some.floats(-1e12, 1e12),
        ),
        max_size=30,
    )
)
def test_whatever_is_missing_or_odd_every_hit_gets_a_label_with_a_known_reason(hits: list[Seen]) -> None:
    found = final(hits)

    assert len(found) == len(hits)
    assert all(verdict.reason in labels_table.TEXTS for verdict in found)


@given(some.dictionaries(some.text(max_size=20) | some.sampled_from(labels_headers.NAMES), some.text(max_size=300) | some.none()))
def test_kept_headers_are_short_and_can_be_read(headers: dict[str, str | None]) -> None:
    line = labels_headers.kept(headers)

    assert len(line) <= labels_headers.LONGEST
    assert labels_headers.read(line).method


def test_header_names_count_in_any_case_and_no_address_is_kept() -> None:
    line = labels_headers.kept({"ACCEPT-language": "ko", "Referer": "https://mail.naver.com/read/7?name=ada", "Cookie": "x=1"})

    assert line == "l=ko;r=mail.naver.com"


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("17.58.1.2", labels_networks.APPLE),
        ("2a02:26f7:1::1", labels_networks.APPLE),
        ("66.249.84.7", labels_networks.PROXY),
        ("66.249.66.7", labels_networks.CRAWLER),
        ("148.163.140.1", labels_networks.GATEWAY),
        ("40.107.3.4", labels_networks.GATEWAY),
        ("40.120.3.4", labels_networks.CLOUD),
        ("223.38.1.1", labels_networks.CARRIER),
        ("203.0.113.1", ""),
        ("nowhere", ""),
    ],
)
def test_owner_of_an_address(address: str, kind: str) -> None:
    assert labels_networks.kind_of(address) == kind


def test_outlook_s_own_engine_is_a_reader_s() -> None:
    assert labels_agents.read("Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; ms-office; MSOffice 16)").declared == ""


@pytest.mark.parametrize("address", ["192.0.2.7", "1.2.3", "256.1.1.1", "1..2.3", ".1.2.3", "1.2.3.", "2001:db8::1", "x", "", "１.2.3.4"])
def test_the_short_way_to_an_address_agrees_with_the_library(address: str) -> None:
    try:
        expected = int(ipaddress.ip_address(address))
    except ValueError:
        expected = 0

    assert labels_networks._number(address)[1] == expected


@pytest.mark.parametrize("kind", ["", *{kind for kind, _ in labels_networks.RANGES}])
def test_every_kind_of_owner_has_an_example(kind: str) -> None:
    assert labels_networks.kind_of(labels_networks.example_of(kind)) == kind
