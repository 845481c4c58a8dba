"""Background work around the people at the desk: what is left of their sign-ins is forgotten."""

from service.accounts import signin
from service.runtime import Runtime
from workers.jobs import periodic


@periodic(seconds=3600)
def forget_expired_sessions(runtime: Runtime) -> None:
    """Sessions that can never be used again go, also where nobody signs in for a while (B11)."""
    with runtime.writing() as session:
        signin.forget_expired(session, hours=runtime.settings.session_hours)
