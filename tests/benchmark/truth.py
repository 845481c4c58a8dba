"""How well labels agree with simulated truth, profile by profile: `python -m tests.benchmark.truth [GROUP] [FIRST_SEED] [SEEDS]`."""

import sys

from tests.support.hits import figures, populations

GROUPS = {"tuned": populations.tuned, "held_out": populations.held_out, "unseen": populations.unseen, "fresh": populations.fresh}


def main(arguments: list[str]) -> int:
    chosen = arguments[0] if arguments else "held_out"
    first, count = (int(arguments[place]) if len(arguments) > place else default for place, default in ((1, 20_000), (2, 60)))
    if chosen not in GROUPS:
        print(f"there is no group {chosen}; there are: {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    found = figures.of(GROUPS[chosen](seed) for seed in range(first, first + count))
    print(f"{chosen}, seeds {first} to {first + count - 1}; columns: hits, called human, machine, unknown")
    print("\n".join(figures.table(found)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
