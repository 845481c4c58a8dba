"""The report of an issue, mailed to the team on the morning after, by the editors' clock. Once for each issue and person."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts import queries as accounts
from service.core import clock
from service.core.i18n import translate
from service.delivery.models import Launch
from service.delivery.telling import notices
from service.issues import queries as issues
from service.issues.models import Issue
from service.newsletters.models import Newsletter
from service.statistics import alarm_words, alarms, queries, rates
from service.statistics.models import Alarm
from service.statistics.queries import IssueReport, SectionFigures

AT = time(8, 0)  # in the editors' zone
LATE = timedelta(hours=12)  # a report later than that is not mailed: the page has it
LEAST_AGE = timedelta(hours=6)  # an issue sent shortly before that morning is reported on the next one


def moment(started_at: datetime, zone: str) -> datetime:
    """When the report is mailed: the first morning that begins at least LEAST_AGE after the start, on a later day than the start."""
    here = ZoneInfo(zone)
    day = started_at.astimezone(here).date() + timedelta(days=1)
    found = datetime.combine(day, AT, here)
    return found if found - started_at >= LEAST_AGE else datetime.combine(day + timedelta(days=1), AT, here)


def due(session: Session, now: datetime) -> list[int]:
    """The issues whose morning it is."""
    query = (
        select(Launch.issue_id, Launch.started_at, Newsletter.editors_zone)
        .join(Issue, Issue.id == Launch.issue_id)
        .join(Newsletter, Newsletter.id == Issue.newsletter_id)
        .where(Launch.started_at > now - timedelta(days=3))
        .order_by(Launch.issue_id)
    )
    return [issue_id for issue_id, started_at, zone in session.execute(query) if timedelta(0) <= now - moment(started_at, zone) < LATE]


def mail(session: Session, issue_id: int, base_url: str) -> int:
    """Write the notices down for all who have not switched them off; returns how many are new. A second run changes nothing."""
    issue, title, report = issues.issue(session, issue_id), issues.edition(session, issue_id).title, queries.issue_report(session, issue_id)
    raised = alarms.of_issue(session, issue_id)
    return sum(
        notices.enqueue(
            session,
            notices.Kind.ISSUE_REPORT,
            key=f"report:{issue_id}:{person.id}",
            email=person.email,
            language=person.language,
            newsletter_id=issue.newsletter_id,
            values={
                "title": title,
                "figures": figures(report, person.language) + warnings(raised, person.language),
                "parts": parts(report, person.language),
                "url": f"{base_url}/admin/statistics/{issue_id}",
                "account_url": f"{base_url}/admin/account",
                "at": clock.now().isoformat(),
            },
        )
        for person in accounts.desk(session)
        if person.gets_reports
    )


def figures(report: IssueReport, language: str) -> list[tuple[str, str]]:
    """The headline figures in words, each with its base."""

    def said(text: str, **values: object) -> str:
        return translate(language, text, **values)

    def with_share(number: int) -> str:
        percent = rates.share(number, report.accepted)
        return f"{number:,}" if percent is None else f"{number:,} ({percent} %)"

    usual = report.usual.shares["clicked_human"] if report.usual else None
    clicked = f"{report.clicks.human:,}"
    if report.accepted:
        share = rates.share(report.clicks.human, report.accepted)
        clicked = said("{number} ({share} % of {base} mails taken)", number=clicked, share=share, base=f"{report.accepted:,}")
    clicked += said("; usually {share} % at this age", share=usual) if usual is not None else ""
    rows = [(said("Readers who clicked"), clicked)]
    if report.open_base:
        opened = {"low": f"{report.opens.human:,}", "high": f"{report.opens.all:,}", "base": f"{report.open_base:,}"}
        rows.append((said("Readers who opened"), said("{low}–{high} of {base} whose opens we may count", **opened)))
    return [
        *rows,
        (said("Taken by the mail server"), said("{number} of {whole}", number=f"{report.accepted:,}", whole=f"{report.recipients:,}")),
        (said("Readers who left"), with_share(sum(report.left.values()))),
        (said("Complaints"), with_share(report.readers_of("complaint"))),
        (said("Came back"), with_share(report.readers_of("bounce"))),
    ]


def warnings(raised: Sequence[Alarm], language: str) -> list[tuple[str, str]]:
    """What the figures warn of and has not ended, in a sentence each."""
    return [
        (translate(language, "Alarm"), alarm_words.sentences(alarm, language)[0]) for alarm in reversed(raised) if alarm.ended_at is None
    ]


def parts(report: IssueReport, language: str) -> list[tuple[str, str, int]]:
    """The parts of the letter in its order: heading, readers who clicked there, and a bar's width in percent of the longest."""
    shown = [part for part in report.sections if not part.is_elsewhere]
    most = max((part.human for part in shown), default=0)
    if not most:
        return []

    def said(part: SectionFigures) -> str:
        return translate(language, "{number} readers", number=f"{part.human:,}")

    return [(part.heading or translate(language, "Opening"), said(part), max(1, round(100 * part.human / most))) for part in shown]
