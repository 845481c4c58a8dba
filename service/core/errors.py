"""The four ways to say no, and one that holds for a while only. Rooms subclass them; shells translate each class once."""


class PressrunError(Exception):
    """A refusal a person can act on: `message` names the place, `remedy` what to do about it."""

    def __init__(self, message: str, /, *, remedy: str = "", **values: object) -> None:
        super().__init__(message.format(**values) if values else message)
        self.message = message
        self.remedy = remedy
        self.values = values


class NotFound(PressrunError):
    """There is no such thing, or it is not for this person."""


class Invalid(PressrunError):
    """What was given cannot be used as it is."""


class Conflict(PressrunError):
    """It was fine a moment ago; something else has changed meanwhile."""


class Forbidden(PressrunError):
    """This person may not do it."""


class TooOften(Conflict):
    """It was asked for too often; the same request is fine again later."""
