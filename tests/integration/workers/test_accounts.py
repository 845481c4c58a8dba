"""What is left of sign-ins goes by itself."""

from datetime import timedelta

import time_machine
from sqlalchemy import func, select

from service.accounts import signin
from service.accounts.models import SignIn
from service.runtime import Runtime
from tests.support import desk
from workers import accounts


def test_sessions_that_can_never_be_used_again_are_forgotten(runtime: Runtime, clock: time_machine.Traveller) -> None:
    person = desk.user(runtime)
    with runtime.writing() as session:
        signin.begin(session, person.id, password_hash=person.password_hash, key="early")
    clock.shift(timedelta(hours=runtime.settings.session_hours, minutes=1))
    with runtime.writing() as session:
        signin.begin(session, person.id, password_hash=person.password_hash, key="late")

    accounts.forget_expired_sessions(runtime)

    with runtime.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignIn)) == 1
