"""`python -m tests.benchmark [NAME...]`: all measurements, or those named; fails when a floor is missed."""

import importlib
import sys

ALL = ("messages", "pipeline", "distance", "lanes", "scale", "labels", "collection", "ingest", "reports")


def main(names: list[str]) -> int:
    unknown = set(names) - set(ALL)
    if unknown:
        print(f"there is no measurement named {', '.join(sorted(unknown))}; there are: {', '.join(ALL)}", file=sys.stderr)
        return 2
    results = [importlib.import_module(f"tests.benchmark.{name}").main() for name in names or ALL]
    return 0 if all(results) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
