"""How much of a repository is followed, counted in steps and not in seconds: the same on every machine."""

from __future__ import annotations

from prodworks_cli.model import Gap, Plane

# Steps from one expression to those it is made of; the largest repositories that were seen take some ten thousand.
MAX_STEPS = 400_000
# Steps for the sake of one expression: one that branches at every caller leaves the others their share.
MAX_STEPS_OF_ONE = 20_000
# Bytes of Python that are parsed. Trees take forty times the memory of their text.
MAX_PARSED = 8_000_000
# Calls of one name that are looked at; one that more code calls is no name of a single function.
MAX_CALLS = 2_000
# Bytes that count as a step when texts are searched for a name.
BYTES_OF_A_STEP = 50_000


class Budget:
    """What is left to spend on one repository, and what had to be left out."""

    def __init__(self) -> None:
        self.steps = 0
        self.parsed = 0
        # What is known of expressions without what they have to do with themselves: who asks first decides about them.
        self.partial = 0
        self._unparsed: set[str] = set()
        self._common: set[str] = set()
        self._cut = False

    @property
    def exhausted(self) -> bool:
        """Whether there was too much to follow, so that the rest is left out."""
        return self.steps > MAX_STEPS

    @property
    def incomplete(self) -> bool:
        """Whether something was left out so far, so that what was not found may be there all the same."""
        return self.exhausted or self._cut or bool(self._unparsed or self._common)

    def spend(self, steps: int = 1) -> None:
        """Counts steps."""
        self.steps += steps

    def search(self, size: int) -> None:
        """Counts a search through so many bytes."""
        self.steps += size // BYTES_OF_A_STEP

    def too_many_since(self, start: int) -> bool:
        """Whether what began at a count of steps is to end, since it or all of it takes too many."""
        if self.steps - start <= MAX_STEPS_OF_ONE and not self.exhausted:
            return False
        self._cut = True
        return True

    def may_parse(self, path: str, size: int) -> bool:
        """Whether a file may be parsed, which counts its bytes; a file that may not is kept in mind."""
        if self.exhausted or self.parsed + size > MAX_PARSED:
            self._unparsed.add(path)
            return False
        self.parsed += size
        return True

    def too_common(self, name: str, calls: int) -> bool:
        """Whether a name has too many calls to look at each."""
        if calls <= MAX_CALLS:
            return False
        self._common.add(name)
        return True

    def copy(self) -> Budget:
        """The budget as it is now."""
        made = Budget()
        made.steps, made.parsed, made.partial, made._cut = self.steps, self.parsed, self.partial, self._cut
        made._unparsed, made._common = set(self._unparsed), set(self._common)
        return made

    def join(self, other: Budget, before: Budget) -> bool:
        """Count what ``other`` spent since both were as ``before``, if it found what would have been found here.

        It has where it was not cut short, both fit together, and neither came upon anything that its order decides.
        """
        steps, parsed = self.steps + other.steps - before.steps, self.parsed + other.parsed - before.parsed
        if steps > MAX_STEPS or parsed > MAX_PARSED or other._cut or other._unparsed:
            return False
        if not self.partial == other.partial == before.partial:
            return False
        self.steps, self.parsed = steps, parsed
        self._common |= other._common
        return True

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What says that something was left out, and what."""
        reasons = []
        if self._unparsed:
            first = min(self._unparsed)
            count = f"{len(self._unparsed)} file{'s' if len(self._unparsed) > 1 else ''}"
            reasons.append(f"there is too much Python to parse all of it: {count} left out, {first} the first of them")
        if self._cut or self.exhausted:
            reasons.append("there are too many ways to follow where values and calls come from")
        if self._common:
            reasons.append(f"too many calls of {', '.join(sorted(self._common)[:5])} to look at each")
        return tuple(Gap("repo.*", Plane.DECLARED, "Python", reason) for reason in reasons)
