"""SPF, DKIM, DMARC and MX of a sender's domains, against names that a test makes up (A1, A2, A4, A14)."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from service.newsletters import dkim, dmarc, spf
from service.newsletters.domain_checks import check_mx, check_sender
from service.newsletters.findings import Level, Unanswered

DOMAIN = "news.pressrun.dev"


class Names:
    """A Resolver over a table: name -> its TXT texts, its mail hosts, its addresses."""

    def __init__(self, txt: dict[str, list[str]] | None = None, mx: dict[str, list[str]] | None = None, a: tuple[str, ...] = ()) -> None:
        self._txt, self._mx, self._a = txt or {}, mx or {}, a

    def txt(self, name: str) -> list[str]:
        return self._txt.get(name, [])

    def mx(self, name: str) -> list[str]:
        return self._mx.get(name, [])

    def addresses(self, name: str) -> list[str]:
        return ["192.0.2.1"] if name in self._a else []


class Silence:
    """A Resolver whose name servers never answer."""

    def txt(self, name: str) -> list[str]:
        raise Unanswered(name)

    mx = addresses = txt


def key(bits: int) -> str:
    public = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()
    return "v=DKIM1; k=rsa; p=" + base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def includes(count: int) -> dict[str, list[str]]:
    """A record that includes `count` others."""
    names = [f"s{number}.example.org" for number in range(count)]
    return {DOMAIN: ["v=spf1 " + " ".join(f"include:{name}" for name in names) + " -all"], **{name: ["v=spf1 -all"] for name in names}}


@pytest.mark.parametrize(
    ("txt", "level"),
    [
        ({DOMAIN: ["v=spf1 ip4:192.0.2.0/24 -all", "other text"]}, Level.OK),
        (includes(10), Level.OK),
        (includes(11), Level.ERROR),
        ({DOMAIN: ["v=spf1 -all", "v=spf1 ~all"]}, Level.ERROR),
        ({}, Level.ERROR),
        ({DOMAIN: ["v=spf10 -all"]}, Level.ERROR),
        ({DOMAIN: ["v=spf1 include:nowhere.example -all"]}, Level.ERROR),
        ({DOMAIN: ["v=spf1 ipv4:192.0.2.1 -all"]}, Level.ERROR),
        ({DOMAIN: ["v=spf1 a:x.example a:y.example a:z.example -all"]}, Level.ERROR),  # three void look-ups
        ({DOMAIN: [f"v=spf1 include:{DOMAIN} -all"]}, Level.ERROR),  # a loop
        ({DOMAIN: ["v=spf1 +all"]}, Level.WARNING),
        ({DOMAIN: ["v=spf1 ip4:192.0.2.1"]}, Level.WARNING),
        ({DOMAIN: ["v=spf1 redirect=_spf.example.org"], "_spf.example.org": ["v=spf1 ~all"]}, Level.OK),
        ({DOMAIN: ["v=spf1 exists:%{i}.spf.example.org -all"]}, Level.OK),
    ],
)
def test_spf_is_judged_as_receivers_do(txt: dict[str, list[str]], level: Level) -> None:
    finding = spf.check(DOMAIN, Names(txt))

    assert finding.level is level, finding
    assert bool(finding.remedy) is (level is not Level.OK)


@pytest.mark.parametrize(
    ("txt", "level", "said"),
    [
        ({f"_dmarc.{DOMAIN}": ["v=DMARC1; p=reject; rua=mailto:d@x.dev"]}, Level.OK, "reject"),
        ({"_dmarc.pressrun.dev": ["v=DMARC1; p=reject; sp=quarantine; rua=mailto:d@x.dev"]}, Level.OK, "quarantine"),
        ({"_dmarc.pressrun.dev": ["v=DMARC1; p=none; np=reject; rua=mailto:d@x.dev"]}, Level.OK, "none"),
        ({"_dmarc.dev": ["v=DMARC1; p=reject; psd=y; rua=mailto:d@x.dev"]}, Level.WARNING, "registry"),
        ({f"_dmarc.{DOMAIN}": ["p=reject; v=DMARC1"]}, Level.ERROR, "no DMARC record"),
        ({f"_dmarc.{DOMAIN}": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, Level.ERROR, "no DMARC record"),
        ({f"_dmarc.{DOMAIN}": ["v=DMARC1; rua=mailto:d@x.dev"]}, Level.OK, "policy none"),
        ({f"_dmarc.{DOMAIN}": ["v=DMARC1; p=refuse"]}, Level.ERROR, "p=refuse"),
        ({f"_dmarc.{DOMAIN}": ["v=DMARC1; p=none; pct=50; rua=mailto:d@x.dev"]}, Level.WARNING, "pct"),
        ({f"_dmarc.{DOMAIN}": ["v=DMARC1; p=none"]}, Level.WARNING, "no reports"),
        ({}, Level.ERROR, "no DMARC record"),
    ],
)
def test_dmarc_is_found_by_the_tree_walk(txt: dict[str, list[str]], level: Level, said: str) -> None:
    finding = dmarc.check(DOMAIN, Names(txt))

    assert finding.level is level, finding
    assert said in finding.message


def test_a_deep_name_is_walked_in_eight_questions() -> None:
    asked: list[str] = []

    class Listening(Names):
        def txt(self, name: str) -> list[str]:
            asked.append(name)
            return []

    dmarc.check("a.b.c.d.e.f.g.h.i.j.example.com", Listening())

    assert len(asked) == 8
    assert asked[1] == "_dmarc.f.g.h.i.j.example.com"


@pytest.mark.parametrize(("bits", "level"), [(512, Level.ERROR), (1024, Level.WARNING), (2048, Level.OK)])
def test_a_dkim_key_is_judged_by_its_length(bits: int, level: Level) -> None:
    # 512 bits cannot be generated any more, so that key is written down
    short = (
        "v=DKIM1; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4"
        "p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQ=="
    )
    record = short if bits == 512 else key(bits)

    assert dkim.check(DOMAIN, "", Names({f"default._domainkey.{DOMAIN}": [record]})).level is level


@pytest.mark.parametrize(
    ("record", "level"),
    [
        ("v=DKIM1; p=", Level.ERROR),
        ("v=DKIM1; p=nonsense", Level.ERROR),
        ("v=DKIM1; k=ed25519; p=abc=", Level.WARNING),
        (None, Level.ERROR),
    ],
)
def test_a_dkim_key_that_cannot_be_used_is_told(record: str | None, level: Level) -> None:
    names = Names({f"mine._domainkey.{DOMAIN}": [record]} if record else {})

    assert dkim.check(DOMAIN, "mine", names).level is level


def test_no_usual_selector_asks_for_the_name() -> None:
    finding = dkim.check(DOMAIN, "", Names())

    assert finding.level is Level.WARNING
    assert "--selector" in finding.remedy


@pytest.mark.parametrize(
    ("names", "level"),
    [
        (Names(mx={DOMAIN: ["mx.pressrun.dev"]}), Level.OK),
        (Names(mx={DOMAIN: ["."]}), Level.ERROR),
        (Names(a=(DOMAIN,)), Level.WARNING),
        (Names(), Level.ERROR),
    ],
)
def test_replies_must_be_accepted_somewhere(names: Names, level: Level) -> None:
    assert check_mx(DOMAIN, names).level is level


def test_every_domain_of_a_sender_is_looked_at() -> None:
    findings = check_sender(
        Names({"bounces.pressrun.dev": ["v=spf1 -all"]}),
        sender_email=f"no-reply@{DOMAIN}",
        reply_to="desk@pressrun.dev",
        bounce_domain="bounces.pressrun.dev",
    )

    assert [(found.subject, found.level) for found in findings] == [
        ("SPF", Level.OK),
        ("DKIM", Level.WARNING),
        ("DMARC", Level.ERROR),
        ("MX", Level.ERROR),
        ("MX", Level.ERROR),
        ("MX", Level.ERROR),
        ("sender", Level.WARNING),
    ]


def test_silent_name_servers_are_a_warning_not_a_verdict() -> None:
    findings = check_sender(Silence(), sender_email=f"desk@{DOMAIN}")

    assert {found.level for found in findings} == {Level.WARNING}


def test_a_domain_for_examples_is_said_to_be_one() -> None:
    (finding,) = check_sender(Names(), sender_email="desk@news.pressrun.example")

    assert finding.level is Level.WARNING
