"""What the report's charts are drawn from: its figures, of people only or with machines, in the words of the page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from service.statistics.queries import IssueReport, Readers, SectionFigures, share
from service.web import delivery_words
from service.web.templating import number, own_short, translate

SCALES = (1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 60.0, 80.0, 100.0)  # where a scale of percent may end


class Counted(StrEnum):
    """Whose opens and clicks the charts show; the tables have both."""

    PEOPLE = "people"
    ALL = "all"

    def of(self, human: int, every: int) -> int:
        return human if self is Counted.PEOPLE else every


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its share in percent (None: a share of nothing), how many readers that is, its width in percent of the scale."""

    key: str
    name: str
    share: float | None
    readers: int
    width: float


@dataclass(frozen=True)
class Bars:
    """Bars over one scale, which ends at `end` percent."""

    end: float
    bars: tuple[Bar, ...]


def of_sections(report: IssueReport, counted: Counted) -> Bars:
    """Readers who clicked in each part, as a share of all who clicked."""
    whole = counted.of(report.clicks.human, report.clicks.all)
    return _bars((part.key, section_name(part), counted.of(part.human, part.all), whole) for part in report.sections)


def of_providers(report: IssueReport, counted: Counted) -> Bars:
    """Readers who clicked at each provider, as a share of the mails that were taken there."""
    return _bars((one.provider, provider_name(one.provider), _readers(one.clicks, counted), one.accepted) for one in report.providers)


def of_states(report: IssueReport) -> list[tuple[str, list[tuple[float, str, str]]]]:
    """Each provider's deliveries as the parts of one bar: (share in percent, tone, words)."""
    found = []
    for one in report.providers:
        whole = sum(one.states.values())
        parts = [(state, one.states.get(state, 0)) for state in delivery_words.ORDER]
        said = [
            (100 * count / whole, delivery_words.STATES[state][1], f"{translate(delivery_words.STATES[state][0])}: {number(count)}")
            for state, count in parts
            if count
        ]
        found.append((provider_name(one.provider), said))
    return found


def of_hours(report: IssueReport, counted: Counted) -> dict[str, dict[str, Any]]:
    """Clicks and opens by the hour, each as a chart of stacked bars: people below, machines and unknown above."""
    at = [own_short(hour.at) for hour in report.hours]
    clicks = [(hour.clicked_human, hour.clicked) for hour in report.hours]
    opens = [(hour.opened_human, hour.opened) for hour in report.hours]
    return {
        "clicks": _stack(at, clicks, counted, translate("Clicks in the hour"), "bar-good"),
        "opens": _stack(at, opens, counted, translate("Opens in the hour"), "accent"),
    }


def of_issues(started: Iterable[datetime], clicked: Iterable[float | None]) -> dict[str, Any]:
    """The share of readers who clicked, from issue to issue."""
    return {
        "labels": [own_short(at, with_day=True) for at in started],
        "series": [{"name": translate("Readers who clicked"), "tone": "accent", "values": list(clicked)}],
        "points": True,
        "axes": {"x": translate("Day it went out"), "y": translate("% of mails taken")},
    }


def section_name(part: SectionFigures) -> str:
    """A part by its heading; what stands before the first heading, and what stands in no part, by what it is."""
    return translate("Elsewhere: head, foot, earlier versions") if part.is_elsewhere else part.heading or translate("Opening")


def provider_name(provider: str) -> str:
    """The provider as people know it."""
    return translate(delivery_words.PROVIDERS.get(provider, provider))


def _stack(at: list[str], pairs: list[tuple[int, int]], counted: Counted, unit: str, tone: str) -> dict[str, Any]:
    series = [{"name": translate("People"), "tone": tone, "values": [human for human, _ in pairs]}]
    if counted is Counted.ALL:
        rest = [every - human for human, every in pairs]
        series.append({"name": translate("Machines and unknown"), "tone": "bar-quiet", "values": rest})
    return {"labels": at, "series": series, "stacked": True, "axes": {"x": translate("Hour from, by your clock"), "y": unit}}


def _bars(rows: Iterable[tuple[str, str, int, int]]) -> Bars:
    shares = [(key, name, share(part, whole), part) for key, name, part, whole in rows]
    most = max((percent or 0 for _, _, percent, _ in shares), default=0)
    end = next((scale for scale in SCALES if scale >= most), SCALES[-1])
    return Bars(end, tuple(Bar(key, name, percent, part, min(100, 100 * (percent or 0) / end)) for key, name, percent, part in shares))


def _readers(readers: Readers, counted: Counted) -> int:
    return counted.of(readers.human, readers.all)
