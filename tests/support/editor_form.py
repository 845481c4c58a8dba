"""The editor's form as a browser would send it: for tests of the desk's pages."""

from typing import Any

import lxml.html


def fields(page: str, action: str = "/edit") -> list[tuple[str, Any]]:
    """What a browser would send for this form as it stands, buttons, files and token aside."""
    form = next(form for form in lxml.html.document_fromstring(page).forms if form.action.endswith(action))
    areas = {area.name for area in form.iter("textarea")}
    return [
        # browsers drop the line break behind <textarea>, and end lines with two characters
        (name, (value.removeprefix("\n") if name in areas else value).replace("\n", "\r\n"))
        for name, value in form.form_values()
        if not name.startswith("file:") and name != "csrf_token"
    ]
