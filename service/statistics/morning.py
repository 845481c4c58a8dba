"""The report of an issue, mailed to the team on the morning after, by the editors' clock. Once for each issue and person."""

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
from service.statistics import queries, rates
from service.statistics.queries import IssueReport

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
    """Write the notices down; returns how many are new. A second run changes nothing."""
    issue, title, report = issues.issue(session, issue_id), issues.edition(session, issue_id).title, queries.issue_report(session, issue_id)
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
                "figures": figures(report, person.language),
                "url": f"{base_url}/admin/statistics/{issue_id}",
                "at": clock.now().isoformat(),
            },
        )
        for person in accounts.desk(session)
    )


def figures(report: IssueReport, language: str) -> list[tuple[str, str]]:
    """The headline figures in words, each with its base, and the parts of the letter that people pressed most."""

    def said(text: str, **values: object) -> str:
        return translate(language, text, **values)

    usual = report.usual.shares["clicked_human"] if report.usual else None
    percent = rates.share(report.clicks.human, report.accepted)
    clicked = said("{number} ({share} % of {base} mails taken)", number=report.clicks.human, share=percent or 0, base=report.accepted)
    rows = [(said("Readers who clicked"), clicked + (said("; usually {share} %", share=usual) if usual is not None else ""))]
    if report.open_base:
        opened = {"low": report.opens.human, "high": report.opens.all, "base": report.open_base}
        rows.append((said("Readers who opened"), said("{low}–{high} of {base} whose opens we may count", **opened)))
    rows += [
        (said("Taken by the mail server"), said("{number} of {whole}", number=report.accepted, whole=report.recipients)),
        (said("Readers who left"), str(sum(report.left.values()))),
        (said("Complaints"), str(report.readers_of("complaint"))),
        (said("Came back"), str(report.readers_of("bounce"))),
    ]
    best = sorted((part for part in report.sections if part.human and not part.is_elsewhere), key=lambda part: -part.human)[:3]
    parts = ((part.heading or said("Opening"), part.human) for part in best)
    if best:
        rows.append((said("Most pressed"), "; ".join(f"{heading} ({number})" for heading, number in parts)))
    return rows
