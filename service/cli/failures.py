"""What the machine refuses (a disk, a database, a Valkey) as a sentence with a remedy; a fault of ours stays as it is."""

import errno
import sys

from service.core.errors import PressrunError

DATABASE_REMEDIES = {  # words of the driver -> what to do; the first that fits
    "no such table": "Run pressrun migrate; it makes the tables.",
    "no such column": "Run pressrun migrate; it brings them to the newest schema.",
    "does not exist": "Make it, or check PRESSRUN_DATABASE_URL; pressrun migrate makes the tables.",
    "not a database": "Restore the file from a backup, or move it away: a new one is made at the next start.",
    "malformed": "Restore the file from a backup; what can still be read, the .recover of sqlite3 prints.",
    "is full": "Free space on its disk, then repeat; nothing was changed.",
    "locked": "Another program holds it; end that one, then repeat.",
    "readonly": "Make the file and its folder writable, or choose another folder with PRESSRUN_VAR_DIR.",
    "unable to open": "Make the folder writable, or choose another one with PRESSRUN_VAR_DIR.",
}
OTHER_DATABASE = "Check PRESSRUN_DATABASE_URL, and that the server runs."


class Unusable(PressrunError):
    """Something that this program stands on does not work."""


def in_words(failure: Exception) -> Unusable | None:
    """The refusal that says it; None where it is a fault of this program. A library that was never loaded is not loaded for it."""
    database = sys.modules.get("sqlalchemy.exc")
    if database is not None and isinstance(failure, database.DBAPIError):
        reason = str(failure.orig or failure).strip().partition("\n")[0]
        if not isinstance(failure, database.OperationalError) and database_remedy(reason) == OTHER_DATABASE:
            return None
        return Unusable("The database cannot be used: {reason}.", remedy=database_remedy(reason), reason=reason.rstrip("."))
    valkey = sys.modules.get("redis.exceptions")
    if valkey is not None and isinstance(failure, valkey.RedisError):
        return Unusable(
            "Valkey cannot be reached: {reason}.",
            remedy="Start Pressrun with pressrun up, or check PRESSRUN_VALKEY_URL.",
            reason=str(failure).rstrip("."),
        )
    if isinstance(failure, OSError):
        place = f"{failure.filename}: " if failure.filename else ""
        return Unusable("{place}{reason}.", remedy=_system_remedy(failure), place=place, reason=failure.strerror or str(failure))
    return None


def database_remedy(reason: str) -> str:
    """What to do about a database that says this."""
    return next((remedy for words, remedy in DATABASE_REMEDIES.items() if words in reason), OTHER_DATABASE)


def _system_remedy(failure: OSError) -> str:
    if failure.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "Free space on that disk, then repeat."
    return "Check that it exists and may be written, or choose another folder with PRESSRUN_VAR_DIR." if failure.filename else ""
