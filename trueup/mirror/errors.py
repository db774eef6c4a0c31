"""What goes wrong with artifacts, said in one shape."""


class MirrorError(Exception):
    """One failed step: what was wanted, what was found, what to do; `str()` is the message for an operator."""

    def __init__(self, *, step: str, wanted: str, found: str, todo: str, artifact: str = "") -> None:
        self.step = step
        self.wanted = wanted
        self.found = found
        self.todo = todo
        self.artifact = artifact
        subject = f"{artifact}: {step}" if artifact else step
        super().__init__(f"{subject}\n  wanted: {wanted}\n  found:  {found}\n  to do:  {todo}")
