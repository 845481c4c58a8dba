"""What is said at the desk about a database that may have forgotten something. Pure; English templates (msgids)."""

from collections.abc import Mapping
from typing import Any

HAPPENED = {
    "restored": "The database was restored from a backup: it has forgotten what was sent after it. "
    "The host {host} knows of {missing_claims} batches more.",
    "moved": "The database runs on another server, or in another copy, than before. "
    "Whether anything was sent after the copy was made is not known.",
    "other": "The host {host} was sending from another database until now.",
    "unknown_host": "The host {host} has never sent from this database, or has lost its folder. "
    "If this is a copy, the original may still be sending.",
}


def happened(doubt: str, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The sentence and what fills it."""
    return HAPPENED[doubt], {"host": values.get("host") or "", "missing_claims": values.get("missing_claims") or 0}
