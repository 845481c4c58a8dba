"""Imports every room's models, so that the schema is whole. For migrations, tests and the runtime only."""

from service.accounts import models as accounts
from service.core import audit, jobs
from service.core.database import Base
from service.delivery import models as delivery
from service.feedback import models as feedback
from service.issues import models as issues
from service.newsletters import models as newsletters
from service.rendering import models as rendering
from service.schedule import models as schedule
from service.statistics import models as statistics
from service.subscribers import models as subscribers
from service.tracking import models as tracking

__all__ = [
    "Base",
    "accounts",
    "audit",
    "delivery",
    "feedback",
    "issues",
    "jobs",
    "newsletters",
    "rendering",
    "schedule",
    "statistics",
    "subscribers",
    "tracking",
]
