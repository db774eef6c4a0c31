"""What goes wrong with artifacts, said in one shape."""

from collections.abc import Sequence


class MirrorError(Exception):
    """One failed step; `str()` tells an operator what was wanted, what was found and what to do."""

    def __init__(self, *, step: str, wanted: str, found: str, todo: str, artifact: str = "") -> None:
        self.step = step
        self.wanted = wanted
        self.found = found
        self.todo = todo
        self.artifact = artifact
        subject = f"{artifact}: {step}" if artifact else step
        super().__init__(f"{subject}\n  wanted: {wanted}\n  found:  {found}\n  to do:  {todo}")


class MirrorErrors(MirrorError):
    """Several files failed, each for its own reason; `str()` is all their messages."""

    def __init__(self, errors: Sequence[MirrorError]) -> None:
        self.errors = tuple(errors)
        super().__init__(
            step=f"{len(errors)} files failed",
            wanted=", ".join(error.artifact for error in errors),
            found="see each",
            todo="see each",
        )
        self.args = ("\n".join(str(error) for error in errors),)


def raise_all(errors: Sequence[MirrorError]) -> None:
    """Raise the one error, or all of them as one; return if there is none."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise MirrorErrors(errors)
