"""What templates may call: translation, both clocks, numbers, addresses of built files. Templates hold no logic beyond if and for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, has_request_context, request, url_for
from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from service.accounts.models import Role
from service.core import i18n, logs
from service.core.errors import PressrunError
from service.core.problems import Problem
from service.web import access, clocks


@dataclass(frozen=True)
class Place:
    """An entry of the sidebar; shown only where the page exists and the person may open it."""

    path: str
    label: str
    icon: str


PLACES = (
    Place("/admin", "Home", "home"),
    Place("/admin/issues", "Issues", "file-text"),
    Place("/admin/schedule", "Schedule", "calendar"),
    Place("/admin/subscribers", "Readers", "users"),
    Place("/admin/deliveries", "Deliveries", "send"),
    Place("/admin/statistics", "Reports", "chart-bar"),
    Place("/admin/newsletters", "Newsletters", "settings"),
    Place("/admin/users", "Users", "user-cog"),
    Place("/admin/audit", "Audit log", "history"),
    Place("/admin/mailbox", "Mailbox", "inbox"),
)


def equip(app: Flask) -> None:
    """Give the templates their functions and filters."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(_=translate, asset=asset, places=places, LANGUAGES=i18n.LANGUAGES, LANGUAGE_NAMES=i18n.NAMES)
    app.jinja_env.filters.update(
        both_clocks=both_clocks,
        other_clock=other_clock,
        clock=own_clock,
        day=own_day,
        ago=ago,
        ahead=ahead,
        number=number,
        percent=percent,
        megabytes=megabytes,
        problem=problem_text,
        paragraphs=paragraphs,
        masked=logs.mask,
    )
    app.context_processor(lambda: {"user": _known_user(), "language": language()})


def language() -> str:
    """The language of this page: what the view chose, else the person's, else the browser's."""
    if "language" not in g:
        user = _known_user()
        g.language = user.language if user else (request.accept_languages.best_match(i18n.LANGUAGES) or "en")
    chosen: str = g.language
    return chosen


def use_language(code: str) -> None:
    """Show this page in one language, whatever the browser says (a newsletter's public pages)."""
    g.language = code if code in i18n.LANGUAGES else "en"


def translate(message: str, /, **values: object) -> str:
    """The sentence in the language of this page; `values` are filled in."""
    return i18n.translate(language() if has_request_context() else "en", message, **values)


def refusal_texts(refusal: PressrunError) -> tuple[str, str]:
    """What a refusal says and what to do about it, in the language of this page."""
    return translate(refusal.message, **refusal.values), translate(refusal.remedy, **refusal.values) if refusal.remedy else ""


def problem_text(problem: Problem | Mapping[str, Any]) -> str:
    """A problem's sentence in the language of this page; stored ones come as mappings with `message` and maybe `values`."""
    if isinstance(problem, Problem):
        return translate(problem.message, **problem.values)
    return translate(problem["message"], **problem.get("values", {}))


def both_clocks(instant: Any, newsletter: Any) -> Markup:
    """The moment on the readers' and the editors' clock, each with its weekday."""
    return _join_clocks(clocks.both(instant, newsletter.readers_zone, newsletter.editors_zone, language()))


def other_clock(instant: Any, newsletter: Any, zone: str) -> str:
    """`Tue 14:30 Los Angeles` on the newsletter's clock that is not of `zone`; empty where both are."""
    other = newsletter.editors_zone if zone == newsletter.readers_zone else newsletter.readers_zone
    return f"{clocks.short(instant, other, language())} {clocks.city(other, language())}" if other != zone else ""


def own_clock(instant: Any) -> str:
    """The moment on the signed-in person's clock."""
    return clocks.moment(instant, _own_zone(), language()) if instant else "–"


def own_short(instant: datetime, *, with_day: bool = False) -> str:
    """`Tue 14:30` on the signed-in person's clock, for the axis of a chart; `24 Nov` where days are told apart."""
    return clocks.day_and_month(instant, _own_zone(), language()) if with_day else clocks.short(instant, _own_zone(), language())


def own_day(instant: Any) -> str:
    return clocks.day(instant, _own_zone(), language()) if instant else "–"


def ago(instant: Any) -> str:
    """How long ago, in words."""
    return clocks.ago(instant, language()) if instant else "–"


def ahead(instant: Any) -> str:
    """In how long, in words."""
    return clocks.ahead(instant, language()) if instant else "–"


def number(value: Any) -> str:
    """With the thousands of the language."""
    return clocks.number(value, language())


def percent(part: float, whole: float) -> str:
    """A share with one decimal; a dash where there is nothing to share."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def megabytes(size: int) -> str:
    return f"{size / 1024:.0f} kB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


def paragraphs(text: str) -> Markup:
    """Plain text with its line breaks."""
    return Markup("<br>").join(escape(text).splitlines())


def asset(name: str) -> str | None:
    """The address of a built file, or None where the front end was not built: pages work without it."""
    if "manifest" not in g:
        g.manifest = _manifest(Path(current_app.static_folder or "") / "manifest.json")
    file = g.manifest.get(name)
    return url_for("static", filename=file) if file else None


def places() -> list[tuple[Place, bool]]:
    """The sidebar's entries this person may open, each with whether it is where we are."""
    user = _known_user()
    if user is None:
        return []
    open_to_me = [place for place in PLACES if _may_open(place.path, user)]
    return [(place, _is_here(place)) for place in open_to_me]


def _is_here(place: Place) -> bool:
    if place.path == "/admin":  # every page of the desk lies below it
        return request.path == place.path
    return request.path == place.path or request.path.startswith(f"{place.path}/")


def _may_open(path: str, user: access.CurrentUser) -> bool:
    endpoint = next(
        (rule.endpoint for rule in current_app.url_map.iter_rules() if rule.rule == path and "GET" in (rule.methods or ())), None
    )
    needed = access.needed_for(current_app, endpoint)
    return endpoint is not None and isinstance(needed, Role) and user.may(needed)


def _join_clocks(texts: list[str]) -> Markup:
    return Markup('<span class="clocks">{}</span>').format(
        Markup('<span class="clocks-and"> · </span>').join(escape(text) for text in texts)
    )


def use_zone(zone: str) -> None:
    """Show moments on this clock: that of a person who is known but not signed in."""
    g.zone = zone


def _own_zone() -> str:
    user = _known_user()
    zone: str = user.zone if user else g.get("zone", "UTC")
    return zone


def _known_user() -> access.CurrentUser | None:
    """The user if it was looked up already: an error page must not ask the database."""
    user: access.CurrentUser | None = g.get("user")
    return user


def _manifest(file: Path) -> dict[str, str]:
    try:
        return _read_manifest(file, file.stat().st_mtime_ns)  # the front end may be built anew while we run
    except (OSError, ValueError):
        return {}


@lru_cache(maxsize=2)
def _read_manifest(file: Path, _written_at: int) -> dict[str, str]:
    files: dict[str, str] = json.loads(file.read_text())
    return files
