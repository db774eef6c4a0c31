"""What goes wrong with artifacts, said in one shape."""

from collections.abc import Sequence

from trueup.outcome import TrueupError


class MirrorError(TrueupError):
    """A step of the mirror failed; `str()` is a paragraph for a terminal."""

    def __init__(self, *, step: str, expected: str, actual: str, remedy: str, artifact: str = "") -> None:
        """Keep the parts; see TrueupError for the others.

        Args:
            step: What was being done.
            artifact: The file that the step concerned.
        """
        super().__init__(step, expected=expected, actual=actual, remedy=remedy, where=artifact)
        self.artifact = artifact

    def __str__(self) -> str:
        return self.paragraph()


class MirrorErrors(MirrorError):
    """Several files failed, each for its own reason; `str()` is all their messages."""

    def __init__(self, errors: Sequence[MirrorError]) -> None:
        self.errors = tuple(errors)
        super().__init__(
            step=f"{len(errors)} files failed",
            expected=", ".join(error.artifact for error in errors),
            actual="see each",
            remedy="see each",
        )

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


def raise_all(errors: Sequence[MirrorError]) -> None:
    """Raise the one error, or all of them as one; return if there is none."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise MirrorErrors(errors)
