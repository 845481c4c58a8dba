"""What each role may do. Pure."""

from service.accounts.models import Role

RANK = {Role.EDITOR: 1, Role.OPERATOR: 2}
SAYS = {  # shown on the users' page
    Role.EDITOR: "Writes, previews and books issues.",
    Role.OPERATOR: "Everything an editor may, and deliveries, readers, settings and users.",
}
NAMES = {Role.EDITOR: "Editor", Role.OPERATOR: "Operator"}


def may(role: Role, needed: Role) -> bool:
    """Whether a person of this role may do what `needed` may; an operator may all that an editor may."""
    return RANK[role] >= RANK[needed]
