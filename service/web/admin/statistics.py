"""The report of an issue: who has it, who opened and clicked, each figure with its base."""

from flask import Blueprint, Response, abort, make_response, render_template
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from service.feedback import labels, labels_table
from service.issues.models import Edition, Issue
from service.newsletters.models import Newsletter
from service.rendering import compile as compiling
from service.rendering import fields, preview
from service.rendering.models import CompiledIssue
from service.statistics import alarm_words, alarms, click_map, exporting, queries, reported
from service.tracking import links
from service.web import delivery_words, returned_words, statistics_words
from service.web.access import editor
from service.web.security import letter_policy
from service.web.templating import language, own_clock, translate
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
        raised = [(alarm, alarm_words.sentences(alarm, language())) for alarm in alarms.of_issue(session, issue_id)]
        repaired = links.replacements(session, issue_id)
    values = {"issue": issue, "newsletter": newsletter, "title": title, "report": report, "share": queries.share}
    values |= {"past": past, "words": returned_words, "rules": labels.RULES_VERSION, "meaning": _meaning}
    values |= {"said": statistics_words, "names": delivery_words, "alarms": raised, "repaired": repaired}
    return render_template("admin/statistics/show.html", chart=_chart(report), **values)


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
    whole = sum(link.human_total for link in report.links)
    return render_template("admin/statistics/map.html", issue=issue, title=title, report=report, whole=whole, share=queries.share)


@blueprint.get("/<int:issue_id>/map.html")
@editor
def drawn(issue_id: int) -> BaseResponse:
    """The letter alone, as it was compiled, under the policy of letters in frames."""
    with reading() as session:
        report = queries.issue_report(session, issue_id)
        launch = report.launch or abort(404)
        compiled = session.get_one(CompiledIssue, launch.compiled_id)
        destinations = links.destinations(session, issue_id)
        replaced_by = links.replacements(session, issue_id)
    clicks = {link.number: link.human_total for link in report.links}
    html = click_map.draw(compiled.html, click_map.by_letter(clicks, replaced_by, compiling.linked(compiled)))
    html = preview.browser_html(html, name=fields.neutral_name(compiled.language), destinations=destinations)
    return letter_policy(make_response(html, {"Content-Type": "text/html; charset=utf-8"}))


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
