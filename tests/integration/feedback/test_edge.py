"""The edge: redirects to stored destinations alone, counts what a person may have done, and answers whatever is away."""

import threading
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import RedisError

from service import edge
from service.core.signing import Key, Signer
from service.feedback import labels_networks, stream
from service.feedback.hits import Hit
from service.feedback.spool import Spool
from service.tracking import linktable, tokens
from service.tracking.linktable import LinkTable
from service.tracking.paths import Destination

SIGNER = Signer((Key(1, b"k" * 32),))
ARTICLE = "https://example.com/article?id=1&lang=ko"
ADA = tokens.measuring(SIGNER, 5, 77)


class Answer:
    """What the edge replied."""

    def __init__(self, app: edge.Edge, path: str, method: str = "GET", **headers: str) -> None:
        environ: dict[str, Any] = {
            "PATH_INFO": path,
            "REQUEST_METHOD": method,
            "REMOTE_ADDR": "203.0.113.9",
            "HTTP_USER_AGENT": "Mozilla/5.0 (X11)",
        }
        environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        self.body = b"".join(app(environ, self._start))

    def _start(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status = int(status[:3])
        self.headers = dict(headers)


def publish(client: Redis, issue_id: int, urls: dict[int, str]) -> None:
    linktable.publish(client, issue_id, {number: Destination(number, url) for number, url in urls.items()})


@pytest.fixture
def app(tmp_path: Path, valkey: Redis) -> edge.Edge:
    publish(valkey, 5, {1: ARTICLE})
    return edge.Edge(SIGNER, LinkTable(valkey, tmp_path / "links"), Spool(tmp_path / "spool", valkey))


def hits(app: edge.Edge, client: Redis) -> list[Hit]:
    app._spool.flush()
    stream.join(client)
    return [hit for entry in stream.read(client, "test", block_ms=10) for hit in entry.hits]


def test_click_leads_to_the_stored_destination_and_is_recorded(app: edge.Edge, valkey: Redis) -> None:
    answer = Answer(app, f"/c/{ADA}/1")

    (hit,) = hits(app, valkey)
    assert (answer.status, answer.headers["Location"]) == (302, ARTICLE)
    assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == ("no-referrer", "no-store, max-age=0")
    assert (hit.issue, hit.subscriber, hit.link, hit.ip) == (5, 77, 1, "203.0.113.0")


def test_an_address_in_our_own_script_travels_in_ascii(app: edge.Edge, valkey: Redis) -> None:
    publish(valkey, 5, {3: "https://뉴스.example/기사?번호=1&a=%20#끝"})

    answer = Answer(app, f"/c/{ADA}/3")

    host = "뉴스".encode("idna").decode()
    assert answer.headers["Location"] == f"https://{host}.example/%EA%B8%B0%EC%82%AC?%EB%B2%88%ED%98%B8=1&a=%20#%EB%81%9D"


def test_pixel_is_answered_and_recorded_as_an_open(app: edge.Edge, valkey: Redis) -> None:
    answer = Answer(app, f"/o/{ADA}.gif")

    (hit,) = hits(app, valkey)
    assert (answer.status, answer.body[:6], hit.link) == (200, b"GIF89a", None)


@pytest.mark.parametrize(
    "path",
    [
        "/c//1",
        f"/c/{ADA[:-1]}A/1",
        f"/c/{ADA}/2",
        f"/c/{ADA}/-1",
        f"/c/{ADA}/１",
        f"/c/{ADA}/1/https://evil.example",
        f"/c/{ADA}//evil.example",
        "/x",
    ],
)
def test_any_other_address_is_not_found_and_never_a_redirect(app: edge.Edge, valkey: Redis, path: str) -> None:
    answer = Answer(app, path)

    assert answer.status == 404
    assert "Location" not in answer.headers
    assert hits(app, valkey) == []


def test_link_of_another_issue_is_not_found(app: edge.Edge, valkey: Redis) -> None:
    publish(valkey, 6, {2: "https://example.com/other"})

    answer = Answer(app, f"/c/{tokens.measuring(SIGNER, 6, 77)}/1")

    assert answer.status == 404


@pytest.mark.parametrize("destination", ["javascript:alert(1)", "//evil.example", "data:text/html,x"])
def test_destination_that_is_no_web_address_is_never_followed(app: edge.Edge, valkey: Redis, destination: str) -> None:
    publish(valkey, 7, {1: destination})

    answer = Answer(app, f"/c/{tokens.measuring(SIGNER, 7, 77)}/1")

    assert answer.status == 404


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {}),
        ("OPTIONS", {}),
        ("GET", {"purpose": "prefetch"}),
        ("GET", {"sec_purpose": "prefetch;prerender"}),
        ("GET", {"x_moz": "prefetch"}),
    ],
)
def test_look_ahead_is_redirected_but_not_counted(app: edge.Edge, valkey: Redis, method: str, headers: dict[str, str]) -> None:
    answer = Answer(app, f"/c/{ADA}/1", method, **headers)

    assert answer.status == 302
    assert hits(app, valkey) == []


def test_reader_who_asks_not_to_be_tracked_is_only_part_of_a_total(app: edge.Edge, valkey: Redis) -> None:
    opened, clicked = Answer(app, f"/o/{ADA}.gif", sec_gpc="1"), Answer(app, f"/c/{ADA}/1", dnt="1")

    (hit,) = hits(app, valkey)
    assert (opened.status, clicked.status) == (200, 302)
    assert (hit.link, hit.subscriber) == (1, 0)


def test_preview_and_test_mail_leave_no_trace(app: edge.Edge, valkey: Redis) -> None:
    answer = Answer(app, f"/c/{tokens.measuring(SIGNER, 5, tokens.NOBODY)}/1")

    assert answer.status == 302
    assert hits(app, valkey) == []


def test_click_works_from_the_local_file_while_valkey_is_away(app: edge.Edge, tmp_path: Path) -> None:
    Answer(app, f"/c/{ADA}/1")
    away = Redis(port=1, socket_connect_timeout=0.2)
    restarted = edge.Edge(SIGNER, LinkTable(away, tmp_path / "links"), Spool(tmp_path / "spool", away))

    answer = Answer(restarted, f"/c/{ADA}/1")

    assert (answer.status, answer.headers["Location"]) == (302, ARTICLE)


def test_unknown_issue_is_asked_for_and_the_reader_told_to_come_again(app: edge.Edge, valkey: Redis) -> None:
    answer = Answer(app, f"/c/{tokens.measuring(SIGNER, 9, 77)}/1")

    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    assert linktable.wanted(valkey) == {9}


def test_publishing_what_edges_know_writes_nothing_and_a_flushed_valkey_learns_it_again(valkey: Redis) -> None:
    def changes() -> int:
        return int(valkey.info("persistence")["rdb_changes_since_last_save"])

    publish(valkey, 5, {1: ARTICLE})
    before = changes()

    publish(valkey, 5, {1: ARTICLE})
    assert changes() == before
    valkey.delete(linktable.KEY.format(issue_id=5))
    publish(valkey, 5, {1: ARTICLE})

    assert linktable.known(valkey, 5) == {1}


def test_reader_does_not_wait_for_a_valkey_that_is_known_to_be_away(tmp_path: Path, valkey: Redis) -> None:
    away = Redis(port=1, socket_connect_timeout=0.2)
    links = LinkTable(away, tmp_path / "links")
    with pytest.raises(RedisError):
        links.refresh()
    links._client = valkey
    publish(valkey, 5, {1: ARTICLE})

    with pytest.raises(linktable.Unreachable):
        links.destination(5, "1")
    links.refresh()

    assert links.destination(5, "1") == Destination(1, ARTICLE)


def test_full_disk_costs_the_count_not_the_click(app: edge.Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_hit: Hit) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(app._spool, "add", full)

    answer = Answer(app, f"/c/{ADA}/1")

    assert answer.status == 302


def test_repaired_link_leads_to_its_new_address_after_the_refresh_and_counts_as_a_link_of_its_own(app: edge.Edge, valkey: Redis) -> None:
    Answer(app, f"/c/{ADA}/1")
    repaired = Destination(4, "https://example.com/repaired")
    linktable.publish(valkey, 5, {1: repaired, 4: repaired})
    before = Answer(app, f"/c/{ADA}/1")

    app._links.refresh()
    after = Answer(app, f"/c/{ADA}/1")

    assert (before.headers["Location"], after.headers["Location"]) == (ARTICLE, "https://example.com/repaired")
    assert [hit.link for hit in hits(app, valkey)] == [1, 1, 4]


def test_edge_knows_the_links_of_new_issues_before_anybody_clicks(app: edge.Edge, valkey: Redis, tmp_path: Path) -> None:
    publish(valkey, 8, {1: "https://example.com/new"})

    fetched = app._links.refresh()
    valkey.flushall()

    assert fetched == 2
    assert app._links.refresh() == 0
    assert Answer(app, f"/c/{tokens.measuring(SIGNER, 8, 77)}/1").status == 302


def test_numbers_that_do_not_exist_are_not_asked_for_again_and_again(app: edge.Edge, valkey: Redis) -> None:
    Answer(app, f"/c/{ADA}/1")
    asked = valkey.info("commandstats")["cmdstat_hgetall"]["calls"]

    answers = {Answer(app, f"/c/{ADA}/{number}").status for number in range(50, 90)}

    assert answers == {404}
    assert valkey.info("commandstats")["cmdstat_hgetall"]["calls"] <= asked + 1


@pytest.mark.parametrize(
    ("address", "stored"),
    [("203.0.113.9", "203.0.113.0"), ("2001:db8:1:2::3", "2001:db8:1::"), ("::ffff:203.0.113.9", "203.0.113.0"), ("", ""), ("x", "")],
)
def test_only_the_network_of_an_address_is_kept(address: str, stored: str) -> None:
    assert labels_networks.network_of(address) == stored


def test_hits_flow_again_once_a_full_stream_was_emptied(app: edge.Edge, valkey: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = threading.Event()
    monkeypatch.setattr(edge, "FLUSH_SECONDS", 0.01)
    monkeypatch.setattr(stream, "MOST_ENTRIES", 0)
    monkeypatch.setattr(edge.log, "warning", lambda *_, **__: tried.set())
    Answer(app, f"/c/{ADA}/1")

    app.start()
    assert tried.wait(10)
    monkeypatch.setattr(stream, "MOST_ENTRIES", 100)

    stream.join(valkey)
    assert len(stream.read(valkey, "test", block_ms=10_000)) == 1
    app.stop()


def test_hit_keeps_the_few_headers_that_tell_people_from_machines(app: edge.Edge, valkey: Redis) -> None:
    Answer(app, f"/c/{ADA}/1", ACCEPT_LANGUAGE="ko-KR,ko;q=0.9", COOKIE="secret=1", REFERER="https://mail.naver.com/read?id=7")

    (hit,) = hits(app, valkey)
    assert hit.headers == "l=ko-kr,koq0.9;r=mail.naver.com"


def test_nothing_is_kept_of_whoever_asks_not_to_be_tracked_but_her_program(app: edge.Edge, valkey: Redis) -> None:
    Answer(app, f"/c/{ADA}/1", DNT="1", ACCEPT_LANGUAGE="ko")

    (hit,) = hits(app, valkey)
    assert (hit.subscriber, hit.headers) == (0, "")
