"""A forecast in words: "Naver about 08:50, everyone else 07:41", and what to do where not everybody is reached in time. Pure."""

from dataclasses import dataclass
from datetime import datetime

from service.core.i18n import translate
from service.delivery.overview.forecast import EVERYONE_ELSE, Expected, Forecast, Short
from service.delivery.overview.provider_words import PROVIDERS
from service.schedule import calendar


@dataclass(frozen=True, slots=True)
class Said:
    """The line to show, and a warning with its remedy where the promise cannot hold; both empty otherwise."""

    line: str
    warning: str = ""
    remedy: str = ""


def say(forecast: Forecast, zone: str, language: str) -> Said:
    """On the clock of `zone`; an empty line where there is nobody to send to."""
    alone = len(forecast.lanes) == 1
    parts = [_part(each, forecast, zone, language, alone=alone) for each in forecast.lanes if each.ends_at is not None]
    line = ", ".join(parts)
    if forecast.short is None and not forecast.waits_for_quota:
        return Said(line)
    return Said(line, _warning(forecast, zone, language), _remedy(forecast, language))


def _part(each: Expected, forecast: Forecast, zone: str, language: str, *, alone: bool) -> str:
    assert each.ends_at is not None
    time = _time(each.ends_at, forecast.starts_at, zone, language)
    if each.lane == EVERYONE_ELSE and alone:
        return translate(language, "everyone about {time}", time=time)
    who = translate(language, "everyone else") if each.lane == EVERYONE_ELSE else translate(language, PROVIDERS.get(each.lane, each.lane))
    return translate(language, "{who} about {time}", who=who, time=time)


def _warning(forecast: Forecast, zone: str, language: str) -> str:
    limit = _time(forecast.limit, forecast.starts_at, zone, language)
    if forecast.short is None:
        return translate(language, "The mail server's daily quota does not reach for everyone at once; the rest follows when it does.")
    if forecast.short is Short.QUOTA:
        message = "{count} readers would not get it by {limit}: the mail server's daily quota does not reach for them."
        return translate(language, message, count=f"{forecast.left:,}", limit=limit)
    late = [each for each in forecast.lanes if each.left]
    names = [translate(language, PROVIDERS.get(each.lane, each.lane)) for each in late if each.lane != EVERYONE_ELSE]
    message = "{count} readers would not get it by {limit}, when sending ends. Too slow: {names}"
    slow = ", ".join(names) or translate(language, "the mail server")
    return translate(language, message, count=f"{forecast.left:,}", limit=limit, names=slow)


def _remedy(forecast: Forecast, language: str) -> str:
    if forecast.short is not Short.PACE:
        return translate(
            language,
            "Ask the provider for more and raise PRESSRUN_RELAY_DAILY_QUOTA, or book it when fewer mails have left in the day before.",
        )
    return translate(
        language,
        "Raise the pace (PRESSRUN_LANE_PACES, PRESSRUN_RELAY_RATE, more workers), or leave the next slot empty.",
    )


def _time(at: datetime, starts_at: datetime, zone: str, language: str) -> str:
    """`07:41`, with the weekday where it is another day than the start's."""
    local, start = at.astimezone(calendar.zone(zone)), starts_at.astimezone(calendar.zone(zone))
    if local.date() == start.date():
        return f"{local:%H:%M}"
    return f"{calendar.weekday_name(local.isoweekday(), language, short=True)} {local:%H:%M}"
