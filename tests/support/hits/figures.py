"""How well labels agree with a population's truth, profile by profile."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from service.feedback import labels, labels_lines
from tests.support.hits.world import MACHINE, World


@dataclass
class Figures:
    """Counts of (kind, profile, truth, label)."""

    counts: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)

    def add(self, world: World) -> None:
        """Label the world's log as the command does, and count."""
        lines, truth = world.lines()
        log = labels_lines.read(line.encode() for line in lines)
        for hit, verdict in zip(truth.values(), labels.final(log), strict=True):
            self.counts[hit.kind, hit.profile, hit.truth, verdict.label] += 1

    def share(self, label: str, *, kind: str = "click", truth: str | None = None, profile: str | None = None) -> float:
        """How many of these hits have this label; 0 where there are none."""
        of = self._sum(kind, truth, profile)
        return self._sum(kind, truth, profile, label) / of if of else 0.0

    def number(self, kind: str, profile: str) -> int:
        return self._sum(kind, None, profile)

    def profiles(self, kind: str) -> list[tuple[str, str]]:
        """(truth, profile) of everything of this kind."""
        return sorted({(truth, profile) for found, profile, truth, _ in self.counts if found == kind})

    def _sum(self, kind: str, truth: str | None, profile: str | None, label: str | None = None) -> int:
        return sum(
            count
            for (k, p, t, found), count in self.counts.items()
            if k == kind and truth in (None, t) and profile in (None, p) and label in (None, found)
        )


def of(worlds: Iterable[World]) -> Figures:
    """The figures over several worlds."""
    figures = Figures()
    for world in worlds:
        figures.add(world)
    return figures


def table(figures: Figures) -> Iterable[str]:
    """Lines of a table: totals, then each profile with the share that was labelled rightly, wrongly and not at all."""
    for kind in ("click", "open"):
        machine, human = figures.share("machine", kind=kind, truth=MACHINE), figures.share("machine", kind=kind, truth="human")
        yield f"{kind}s: machine recall {machine:.3f}, human called machine {human:.4f}, unknown {figures.share('unknown', kind=kind):.3f}"
        for truth, profile in figures.profiles(kind):
            shares = "".join(
                f"{figures.share(label, kind=kind, profile=profile, truth=truth):>9.3f}" for label in ("human", "machine", "unknown")
            )
            yield f"  {truth:8}{profile:26}{figures.number(kind, profile):>8}{shares}"
