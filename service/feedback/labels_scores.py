"""What the signs of each hit add up to, and which of them weighed most. Pure."""

from array import array
from math import exp

from service.feedback import labels_table as table

NUMBER, WEIGHT = table.NUMBERS, {name: sign.weight for name, sign in table.SIGNS.items()}
NO_SIGN = -1


class Scores:
    """A sum of log-odds for each row, with the strongest sign in either direction."""

    def __init__(self, rows: int) -> None:
        self.sum, self.from_sources = array("d", bytes(8 * rows)), array("d", bytes(8 * rows))
        # what deliveries tell sources: nobody had opened; the same program had; another pressed the link, too
        self.is_unopened, self.is_read, self.is_echoed = bytearray(rows), bytearray(rows), bytearray(rows)
        self._given = array("Q", bytes(8 * rows))  # a bit for each sign that counts once, on whichever level it was found
        self._habits = array("d", bytes(8 * rows))  # the part of the sum that came from the source's habits
        self._for, self._against = array("b", [NO_SIGN]) * rows, array("b", [NO_SIGN]) * rows
        self._weight_for, self._weight_against = array("f", bytes(4 * rows)), array("f", bytes(4 * rows))

    def add(self, row: int, sign: str) -> None:
        """This sign speaks about this row."""
        self.sum[row] += WEIGHT[sign]
        self.note(row, sign, WEIGHT[sign])

    def add_once(self, row: int, sign: str) -> None:
        """This sign speaks about this row, and does so once, however often it is found."""
        bit = 1 << NUMBER[sign]
        if not self._given[row] & bit:
            self._given[row] |= bit
            self._habits[row] += WEIGHT[sign]
            self.add(row, sign)

    def has_habits(self, row: int) -> bool:
        """Whether some sign of a source was given to this row."""
        return self._given[row] != 0

    def note(self, row: int, sign: str, weight: float) -> None:
        """Remember the sign as the row's reason, if none weighed more."""
        if weight > self._weight_for[row]:
            self._for[row], self._weight_for[row] = NUMBER[sign], weight
        elif weight < self._weight_against[row]:
            self._against[row], self._weight_against[row] = NUMBER[sign], weight

    def total(self, row: int) -> float:
        return self.sum[row] + self.from_sources[row]

    def chance(self, row: int) -> float:
        """How likely a machine, as its source's other deliveries hear it: what the source itself added is not said twice."""
        total = self.total(row) - (1 - table.HABITS_HEARD) * self._habits[row]
        return 1 / (1 + exp(-max(-30.0, min(30.0, total))))

    def reason_for(self, row: int) -> str:
        """The sign that spoke loudest for a machine; empty where none did."""
        return "" if self._for[row] == NO_SIGN else table.NAMES[self._for[row]]

    def reason_against(self, row: int) -> str:
        """The sign that spoke loudest for a person; empty where none did."""
        return "" if self._against[row] == NO_SIGN else table.NAMES[self._against[row]]
