"""The report of an issue: who has it, who opened and clicked, each figure with its base."""

from flask import Blueprint, Response, abort, render_template
from sqlalchemy import select

from service.feedback import labels, labels_table
from service.issues.models import Edition, Issue
from service.newsletters.models import Newsletter
from service.statistics import exporting, queries, reported
from service.web import returned_words
from service.web.access import editor
from service.web.templating import own_clock, translate
from service.web.transaction import reading

blueprint = Blueprint("statistics", __name__, url_prefix="/admin/statistics")


@blueprint.get("/<int:issue_id>")
@editor
def show(issue_id: int) -> str:
    """The report page."""
    with reading() as session:
        issue = session.get(Issue, issue_id) or abort(404)
        newsletter = session.get_one(Newsletter, issue.newsletter_id)
        title = session.scalar(select(Edition.title).where(Edition.issue_id == issue_id)) or ""
        report, past = queries.issue_report(session, issue_id), reported.of(session, issue_id)
    values = {"issue": issue, "newsletter": newsletter, "title": title, "report": report, "share": queries.share}
    values |= {"past": past, "words": returned_words, "rules": labels.RULES_VERSION, "meaning": _meaning}
    return render_template("admin/statistics/show.html", chart=_chart(report), **values)


@blueprint.get("/<int:issue_id>.csv")
@editor
def export(issue_id: int) -> Response:
    """The same figures for a spreadsheet."""
    with reading() as session:
        session.get(Issue, issue_id) or abort(404)
        text = exporting.issue_report_csv(queries.issue_report(session, issue_id), reported.of(session, issue_id))
    return Response(text, mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename=issue-{issue_id}.csv"})


def _meaning(reason: str) -> str:
    """What a reason says in the reader's language; one of older rules is shown by its name."""
    text = labels_table.TEXTS.get(reason)
    return translate(text) if text else reason


def _chart(report: queries.IssueReport) -> dict[str, object]:
    series = (
        (translate("Opens by people"), "accent", [hour.opened_human for hour in report.hours]),
        (translate("All opens"), "bar-quiet", [hour.opened for hour in report.hours]),
        (translate("Clicks by people"), "good", [hour.clicked_human for hour in report.hours]),
        (translate("All clicks"), "warn", [hour.clicked for hour in report.hours]),
    )
    return {
        "labels": [own_clock(hour.at) for hour in report.hours],
        "series": [{"name": name, "tone": tone, "values": values} for name, tone, values in series],
    }
