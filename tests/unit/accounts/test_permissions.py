"""An operator may all that an editor may; not the other way round (F15)."""

import pytest

from service.accounts.models import Role
from service.accounts.permissions import NAMES, RANK, SAYS, may


@pytest.mark.parametrize(
    ("role", "needed", "expected"),
    [
        (Role.EDITOR, Role.EDITOR, True),
        (Role.EDITOR, Role.OPERATOR, False),
        (Role.OPERATOR, Role.EDITOR, True),
        (Role.OPERATOR, Role.OPERATOR, True),
    ],
)
def test_role_may_what_it_may(role: Role, needed: Role, expected: bool) -> None:
    assert may(role, needed) is expected


def test_every_role_is_ranked_and_explained() -> None:
    assert set(RANK) == set(SAYS) == set(NAMES) == set(Role)
