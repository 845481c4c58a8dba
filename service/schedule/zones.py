"""Which version of the time zone rules this machine has; slots remember theirs, so that an upgrade is noticed (E8)."""

import zoneinfo
from functools import cache
from importlib import metadata
from pathlib import Path


@cache
def version() -> str:
    """Such as `2026a`: of the system's rules where zoneinfo finds them, else of the tzdata package; empty where nobody says."""
    for folder in zoneinfo.TZPATH:
        if not (Path(folder) / "Asia" / "Seoul").exists():
            continue
        for name, prefix in (("tzdata.zi", "# version "), ("+VERSION", "")):
            file = Path(folder) / name
            if file.exists():
                with file.open(encoding="utf-8") as lines:
                    return lines.readline().strip().removeprefix(prefix)[:20]
        return ""
    try:
        return metadata.version("tzdata")[:20]
    except metadata.PackageNotFoundError:
        return ""
