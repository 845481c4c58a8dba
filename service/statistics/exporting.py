"""Figures as CSV that a spreadsheet may open without running anything (F9)."""

import csv
import io
from collections.abc import Sequence

from service.delivery.states import DeliveryState
from service.statistics.models import ReportedFigures
from service.statistics.queries import IssueReport, columns_of

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe(cell: object) -> str:
    """The cell's text; one that a spreadsheet would take for a formula gets an apostrophe in front."""
    text = str(cell)
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def issue_report_csv(report: IssueReport, past: Sequence[ReportedFigures] = ()) -> str:
    """Headline figures, deliveries by state, then links, hours, reasons and earlier reports; the byte order mark is for Excel."""
    out = io.StringIO()
    write = csv.writer(out, quoting=csv.QUOTE_ALL)
    write.writerow(["figure", "value"])
    write.writerows([safe(name), value] for name, value in columns_of(report))
    write.writerows([f"state: {state.value}", count] for state, count in report.states.items())
    write.writerows([safe(f"{one.kind}: {one.reason}"), one.readers] for one in report.returned)
    write.writerows([safe(f"left: {door}"), number] for door, number in report.left.items())
    write.writerow([])
    write.writerow(["link", "destination", "words", "readers (human)", "readers (all)", "clicks (human)", "clicks (all)"])
    write.writerows(
        [link.number, safe(link.url), safe(link.text), link.human, link.all, link.human_total, link.total] for link in report.links
    )
    write.writerow([])
    write.writerow(["section", "links", "readers (human)", "readers (all)", "clicks (human)", "clicks (all)"])
    for part in report.sections:
        name = safe(part.heading or ("elsewhere" if part.is_elsewhere else "opening"))
        write.writerow([name, part.links, part.human, part.all, part.human_total, part.total])
    write.writerow([])
    figures = ["open base", "opened (human)", "opened (all)", "clicked (human)", "clicked (all)"]
    write.writerow(["provider", *(state.value for state in DeliveryState), *figures])
    for one in report.providers:
        readers = [one.open_base, one.opens.human, one.opens.all, one.clicks.human, one.clicks.all]
        write.writerow([safe(one.provider), *(one.states.get(state, 0) for state in DeliveryState), *readers])
    if report.usual is not None and report.rates is not None:
        age = " (opens and clicks at the same age)" if report.usual.is_at_age else ""
        write.writerow([])
        write.writerow(["share in percent", "this issue", f"average of {report.usual.issues} earlier issues{age}"])
        write.writerows([name, value, report.usual.shares[name]] for name, value in report.rates.shares.items())
    write.writerow([])
    write.writerow(["hour from (UTC)", "opens (human)", "opens (all)", "clicks (human)", "clicks (all)"])
    write.writerows([hour.at.isoformat(), hour.opened_human, hour.opened, hour.clicked_human, hour.clicked] for hour in report.hours)
    write.writerow([])
    write.writerow(["hits", "label", "reason", "count"])
    write.writerows([each.kind.value, each.label.value, each.reason, each.count] for each in report.reasons)
    if past:
        write.writerow([])
        write.writerow(["reported on (UTC)", "rules", "opened (human)", "opened (all)", "clicked (human)", "clicked (all)"])
        write.writerows(
            [row.at.isoformat(), row.rules, row.opened_human, row.opened_all, row.clicked_human, row.clicked_all] for row in past
        )
    return "\ufeff" + out.getvalue()
