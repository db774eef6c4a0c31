"""Read the CUDA toolkit, and what hides torch's libraries outside any environment."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from shlex import quote

from pyinfra.api.exceptions import FactProcessError
from pyinfra.api.facts import FactBase

from trueup.platforms import CUDA_LIBRARY

LINK = "/usr/local/cuda"


def home(toolkit: str) -> str:
    """Where a toolkit lies, by NVIDIA's own rule."""
    return f"{LINK}-{toolkit}"


@dataclass(frozen=True)
class CudaToolkit:
    """release: what nvcc says ("11.8"), "" where none answers; link: where /usr/local/cuda leads, "folder" or ""."""

    release: str
    link: str


class ToolkitState(FactBase[CudaToolkit]):
    """The declared toolkit, and the link."""

    @staticmethod
    def default() -> CudaToolkit:
        """No output: neither."""
        return CudaToolkit("", "")

    def command(self, toolkit: str) -> str:
        """nvcc answers for itself; a file of its name is no compiler yet."""
        nvcc = quote(f"{home(toolkit)}/bin/nvcc")
        return (
            f"if [ -x {nvcc} ]; then echo release $({nvcc} --version 2>/dev/null | "
            "sed -n 's/.*release \\([0-9.]*\\),.*/\\1/p'); fi; "
            f"if [ -L {LINK} ]; then echo link $(readlink -m {LINK}); elif [ -e {LINK} ]; then echo link folder; fi"
        )

    def process(self, output: Iterable[str]) -> CudaToolkit:
        """Lines of "word value"."""
        actual = dict(line.strip().partition(" ")[::2] for line in output if line.strip())
        return CudaToolkit(actual.get("release", ""), actual.get("link", ""))


@dataclass(frozen=True)
class LoaderEntry:
    """A folder of CUDA libraries in ld.so's configuration: the file, the folder, one of them, one other library."""

    file: str
    folder: str
    library: str
    other: str


@dataclass(frozen=True)
class Loader:
    """preload: lines of /etc/ld.so.preload; entries: folders of ld.so.conf that hold a CUDA library."""

    preload: tuple[str, ...] = ()
    entries: tuple[LoaderEntry, ...] = field(default=())


class LoaderState(FactBase[Loader]):
    """ld.so's configuration for every program of the node (ld.so(8))."""

    def command(self) -> str:
        """Report a folder's other libraries, too: such a folder serves other programs."""
        return (
            "if [ -f /etc/ld.so.preload ]; then sed 's/^/preload|/' /etc/ld.so.preload; fi; "
            'for f in /etc/ld.so.conf /etc/ld.so.conf.d/*.conf; do if [ -f "$f" ]; then '
            "sed -n 's/^[[:space:]]*\\(\\/[^#[:space:]]*\\).*/\\1/p' \"$f\" | while read -r d; do "
            f"cuda=$(ls \"$d\" 2>/dev/null | grep -E '{CUDA_LIBRARY}' | head -n 1); "
            f"other=$(ls \"$d\" 2>/dev/null | grep '[.]so' | grep -v -E '{CUDA_LIBRARY}' | head -n 1); "
            'if [ -n "$cuda" ]; then echo "entry|$f|$d|$cuda|$other"; fi; done; fi; done; echo end'
        )

    def process(self, output: Iterable[str]) -> Loader:
        """Fields between bars."""
        lines = [line.split("|") for line in output]
        if not lines or lines[-1] != ["end"]:
            raise FactProcessError(f"the question about ld.so broke off after {lines[-1:]!r}")
        short = [words for words in lines if words[0] == "entry" and len(words) != 5]
        if short:
            raise FactProcessError(f"the question about ld.so was answered {short[0]!r}; wanted five fields")
        preload = tuple("|".join(words[1:]).strip() for words in lines if words[0] == "preload")
        entries = tuple(LoaderEntry(w[1], w[2], w[3], w[4]) for w in lines if w[0] == "entry")
        return Loader(tuple(line for line in preload if line), entries)
