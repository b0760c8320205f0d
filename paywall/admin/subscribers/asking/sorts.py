"""The ways in which the list can be sorted: a closed list."""

from enum import StrEnum


class Sort(StrEnum):
    """By what, the other way round with a minus."""

    NEWEST = "-joined"
    OLDEST = "joined"
    ADDRESS = "address"
    ADDRESS_BACKWARDS = "-address"
    ENDS_FIRST = "ends"
    ENDS_LAST = "-ends"

    @property
    def key(self) -> str:
        """`joined`, `address` or `ends`."""
        return self.value.removeprefix("-")

    @property
    def is_descending(self) -> bool:
        """True where what is largest comes first."""
        return self.value.startswith("-")

    @property
    def is_by_time(self) -> bool:
        """True where it sorts by moments."""
        return self.key != "address"
