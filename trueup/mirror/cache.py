"""Where artifacts lie on the controller: <cache>/artifacts/<sha256>/<file name>."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from trueup.lockfile import Artifact
from trueup.mirror.errors import MirrorError

_CHUNK = 1 << 20


def sha256_of(path: Path, on_chunk: Callable[[int], None] | None = None) -> str:
    """The SHA-256 of a file in hex; `on_chunk` gets the bytes of each chunk as they are read."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            if on_chunk is not None:
                on_chunk(len(chunk))
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Cache:
    """A content-addressed folder of verified files."""

    root: Path

    @classmethod
    def default(cls) -> "Cache":
        """TRUEUP_CACHE if set, else ~/.cache/trueup."""
        return cls(Path(os.environ.get("TRUEUP_CACHE") or Path.home() / ".cache" / "trueup"))

    def path(self, artifact: Artifact) -> Path:
        """Where the verified file lies, or will lie."""
        return self.root / "artifacts" / artifact.sha256 / artifact.name

    def has(self, artifact: Artifact) -> bool:
        """Whether the file is there with its size; a file enters this place only after its hash was right."""
        path = self.path(artifact)
        return path.is_file() and artifact.size in (None, path.stat().st_size)

    def check(self, artifact: Artifact, on_chunk: Callable[[int], None] | None = None) -> None:
        """Hash the file again; MirrorError if it is missing or is not what the lock says."""
        path = self.path(artifact)
        if not path.is_file():
            raise MirrorError(
                artifact=artifact.name,
                step="verify",
                expected=str(path),
                actual="no such file",
                remedy="run `trueup mirror fetch`",
            )
        found = sha256_of(path, on_chunk)
        if found != artifact.sha256:
            raise MirrorError(
                artifact=artifact.name,
                step="verify",
                expected=f"sha256 {artifact.sha256}, {artifact.size} bytes",
                actual=f"sha256 {found}, {path.stat().st_size} bytes, in {path}",
                remedy="remove that file and run `trueup mirror fetch`",
            )
