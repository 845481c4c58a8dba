"""Figures as CSV that a spreadsheet may open without running anything (F9)."""

import csv
import io

from service.statistics.queries import IssueReport, columns_of

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe(cell: object) -> str:
    """The cell's text; one that a spreadsheet would take for a formula gets an apostrophe in front."""
    text = str(cell)
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def issue_report_csv(report: IssueReport) -> str:
    """Headline figures, deliveries by state, then a row for each link; with a byte order mark, so that Excel reads Korean."""
    out = io.StringIO()
    write = csv.writer(out, quoting=csv.QUOTE_ALL)
    write.writerow(["figure", "value"])
    write.writerows([safe(name), value] for name, value in columns_of(report))
    write.writerows([f"state: {state.value}", count] for state, count in report.states.items())
    write.writerows([safe(f"{one.kind}: {one.reason}"), one.readers] for one in report.returned)
    write.writerow([])
    write.writerow(["link", "destination", "words", "readers (human)", "readers (all)", "clicks"])
    write.writerows([link.number, safe(link.url), safe(link.text), link.human, link.all, link.total] for link in report.links)
    return "\ufeff" + out.getvalue()
