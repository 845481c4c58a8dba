"""The reports: of all issues in a list, of one with each figure's base, and its clicks on the letter."""

from flask import Blueprint, Response, abort, make_response, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from service.feedback import labels, labels_table
from service.issues.models import Edition, Issue
from service.newsletters import queries as newsletters
from service.newsletters.models import Newsletter
from service.rendering import compile as compiling
from service.rendering import fields, preview
from service.rendering.models import CompiledIssue
from service.statistics import alarm_words, alarms, click_map, exporting, queries, reported
from service.statistics import listing as statistics
from service.tracking import links
from service.web import delivery_words, returned_words, statistics_words
from service.web import statistics_charts as charts
from service.web.access import editor
from service.web.security import letter_policy
from service.web.statistics_charts import Counted
from service.web.templating import language, number, translate
from service.web.transaction import reading

blueprint = Blueprint("statistics", __name__, url_prefix="/admin/statistics")


@blueprint.get("")
@editor
def listing() -> str:
    """All issues that went out, newsletter by newsletter."""
    with reading() as session:
        found = [(newsletter, statistics.sent(session, newsletter.id)) for newsletter in newsletters.listing(session)]
    shown = [(newsletter, sent, _course(sent)) for newsletter, sent in found]
    return render_template("admin/statistics/listing.html", found=shown, said=statistics_words)


@blueprint.get("/<int:issue_id>")
@editor
def show(issue_id: int) -> str:
    """The report page."""
    counted = _counted()
    with reading() as session:
        issue = session.get(Issue, issue_id) or abort(404)
        newsletter = session.get_one(Newsletter, issue.newsletter_id)
        title = session.scalar(select(Edition.title).where(Edition.issue_id == issue_id)) or ""
        report, past = queries.issue_report(session, issue_id), reported.of(session, issue_id)
        raised = [(alarm, alarm_words.sentences(alarm, language())) for alarm in alarms.of_issue(session, issue_id)]
        repaired = links.replacements(session, issue_id)
    values = {"issue": issue, "newsletter": newsletter, "title": title, "report": report, "share": queries.share}
    values |= {"past": past, "words": returned_words, "rules": labels.RULES_VERSION, "meaning": _meaning, "counted": counted}
    values |= {"said": statistics_words, "names": delivery_words, "alarms": raised, "charts": charts, "repaired": repaired}
    return render_template("admin/statistics/show.html", **values)


@blueprint.get("/<int:issue_id>.csv")
@editor
def export(issue_id: int) -> Response:
    """The same figures for a spreadsheet."""
    with reading() as session:
        session.get(Issue, issue_id) or abort(404)
        text = exporting.issue_report_csv(queries.issue_report(session, issue_id), reported.of(session, issue_id))
    return Response(text, mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename=issue-{issue_id}.csv"})


@blueprint.get("/<int:issue_id>/map")
@editor
def clicks(issue_id: int) -> str:
    """The letter with the clicks drawn on it, and the same as a table."""
    with reading() as session:
        issue = session.get(Issue, issue_id) or abort(404)
        title = session.scalar(select(Edition.title).where(Edition.issue_id == issue_id)) or ""
        report = queries.issue_report(session, issue_id)
    counted, asked = _counted(), request.args.get("part", "")
    values = {"issue": issue, "title": title, "report": report, "clicks": _clicks(report, counted), "counted": counted}
    values |= {"part": asked if any(part.key == asked for part in report.sections) else "", "said": statistics_words}
    return render_template("admin/statistics/map.html", share=queries.share, charts=charts, **values)


@blueprint.get("/<int:issue_id>/map.html")
@editor
def drawn(issue_id: int) -> BaseResponse:
    """The letter alone, as it was compiled, under the policy of letters in frames."""
    counted = _counted()
    with reading() as session:
        report = queries.issue_report(session, issue_id)
        launch = report.launch or abort(404)
        compiled = session.get_one(CompiledIssue, launch.compiled_id)
        destinations = links.destinations(session, issue_id)
        replaced_by = links.replacements(session, issue_id)
    clicks = click_map.by_letter(_clicks(report, counted), replaced_by, compiling.linked(compiled))
    html = click_map.draw(compiled.html, clicks, _banners(report, counted))
    html = preview.browser_html(html, name=fields.neutral_name(compiled.language), destinations=destinations)
    return letter_policy(make_response(html, {"Content-Type": "text/html; charset=utf-8"}))


def _counted() -> Counted:
    """Whose opens and clicks are asked for."""
    return Counted.ALL if request.args.get("count") == Counted.ALL.value else Counted.PEOPLE


def _clicks(report: queries.IssueReport, counted: Counted) -> dict[int, int]:
    return {link.number: counted.of(link.human_total, link.total) for link in report.links}


def _banners(report: queries.IssueReport, counted: Counted) -> dict[str, str]:
    """What is written at the head of each part of the drawn letter."""
    return {
        bar.key: translate(
            "{number} readers clicked in this part: {share} % of all who clicked", number=number(bar.readers), share=bar.share
        )
        for bar in charts.of_sections(report, counted).bars
        if bar.key and bar.share is not None
    }


def _course(sent: list[statistics.Sent]) -> dict[str, object]:
    """The click rates of issues, the oldest first, as a chart."""
    return charts.of_issues([one.started_at for one in sent[::-1]], [one.rates.shares["clicked_human"] for one in sent[::-1]])


def _meaning(reason: str) -> str:
    """What a reason says in the reader's language; one of older rules is shown by its name."""
    text = labels_table.TEXTS.get(reason)
    return translate(text) if text else reason
