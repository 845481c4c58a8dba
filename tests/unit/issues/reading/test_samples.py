"""The sample issues of both languages, read part by part; and the same letters as other programs would have pasted them."""

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service.issues.reading import pasted

SAMPLES = Path(__file__).resolve().parents[4] / "service" / "cli" / "samples"
LANGUAGES = ("ko", "en")

PASTED: dict[str, Callable[[str], str]] = {
    "windows line ends": lambda text: text.replace("\n", "\r\n"),
    "old mac line ends": lambda text: text.replace("\n", "\r"),
    "byte order mark": lambda text: "\ufeff" + text,
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "tabs and trailing spaces": lambda text: "\n".join(f"\t{line} \u00a0" for line in text.split("\n")),
    "no empty lines": lambda text: re.sub(r"\n\s*\n+", "\n", text),
    "more empty lines": lambda text: text.replace("\n\n", "\n\n\n \n"),
    "decomposed letters": lambda text: unicodedata.normalize("NFD", text),
    "full-width colons": lambda text: re.sub(
        r"(팩트 요약|왜 중요한가|더 알아보기|Fact summary|Why it matters|Learn more) ?:", r"\1 ：", text
    ),
    "dashes for bullets": lambda text: text.replace("•", "-"),
    "stars for bullets": lambda text: text.replace("•", "*"),
    "middle dots for bullets": lambda text: text.replace("•", "·"),
    "brackets behind numbers": lambda text: re.sub(r"(?m)^(\d)\. ", r"\1) ", text),
    "circled numbers": lambda text: re.sub(r"(?m)^(\d)\. ", lambda found: "①②③④"[int(found[1]) - 1] + " ", text),
    "a hand with a skin tone": lambda text: text.replace("👉", "👉🏻 "),
}


def document(text: str) -> dict[str, Any]:
    printed = pasted.printed(pasted.read(text))
    return {**printed, "problems": [{**problem, "line": None} for problem in printed["problems"]]}


def sample(language: str) -> str:
    return (SAMPLES / f"issue.{language}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_sample_has_the_full_anatomy_and_no_problems(language: str) -> None:
    text = sample(language)

    found = document(text)

    kinds = "hero contents prose quote prose prose prose story story story insight digest prose signoff call_to_action tagline"
    assert " ".join(block["type"] for block in found["blocks"]) == kinds
    assert [block["role"] for block in found["blocks"] if block["type"] == "prose"] == ["greeting", "lead", "lead", "lead", "thanks"]
    assert found["problems"] == []
    assert (found["period_from"], found["period_to"]) == ("2026-02-25", "2026-03-03")
    assert found["byline"]["at"].endswith("-08:00")
    assert found["byline"]["portrait_alt"] == "reporter-profile"
    assert found["blocks"][0]["alt"] == found["title"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_stories_of_the_sample_hold_all_their_parts(language: str) -> None:
    stories = [block for block in document(sample(language))["blocks"] if block["type"] == "story"]

    assert [len(story["facts"]) for story in stories] == [3, 2, 2]
    assert all(len(story["why"]) == 2 and story["summary"] and story["figure"]["credit"] and story["more"]["url"] for story in stories)
    assert all(not story["other"] for story in stories)


@pytest.mark.parametrize("language", LANGUAGES)
def test_contents_lead_to_their_sections(language: str) -> None:
    contents = next(block for block in document(sample(language))["blocks"] if block["type"] == "contents")

    assert [item["target"] for item in contents["items"]] == ["story-1", "story-2", "story-3", "insight", "digest"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pasted", PASTED)
def test_sample_reads_the_same_however_it_was_pasted(language: str, pasted: str) -> None:
    text = sample(language)

    found = document(PASTED[pasted](text))

    assert found == document(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_language_is_recognised(language: str) -> None:
    assert pasted.read(sample(language)).language == language
