"""What one look found: what is wrong fails the run, what could not be seen is said aloud."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the summary, and what stands behind it."""

    title: str
    says: str
    wrong: tuple[str, ...] = ()
    to_know: tuple[str, ...] = ()
    unseen: str | None = None

    @property
    def verdict(self) -> str:
        """One word for the table."""
        if self.wrong:
            return "WRONG"
        return "NOT SEEN" if self.unseen else "ok"

    def lines(self) -> list[str]:
        """The finding as it is printed."""
        unseen = [f"    not seen: {self.unseen}"] if self.unseen else []
        return [
            f"{self.verdict:<9} {self.title}: {self.says}",
            *(f"    wrong: {each}" for each in self.wrong),
            *unseen,
            *(f"    to know: {each}" for each in self.to_know),
        ]
