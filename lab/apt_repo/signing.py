"""The lab's own signing key: made once on this machine, and kept where no checkout is."""

from pathlib import Path

from lab.paths import cache_root
from lab.process import run
from trueup.files import locked

# The names of NVIDIA's keys for Debian and Ubuntu, and for EL, which this one stands in for.
NAME = "3bf863cc.pub"
EL_NAME = "D42D0685.pub"
WHO = "trueup lab, a stand-in for NVIDIA's repository <lab@trueup.invalid>"


STEP = "sign the repository"


def _gpg(home: Path, *arguments: str) -> str:
    try:
        return run(STEP, "gpg", "--homedir", str(home), "--batch", "--yes", *arguments, deadline=120)
    finally:
        # gpg leaves an agent behind, which would outlive the lab.
        run(STEP, "gpgconf", "--homedir", str(home), "--kill", "gpg-agent", deadline=30)


def ensure_key(home: Path | None = None) -> Path:
    """The folder with the key pair (mode 700) and NAME, its public half in ASCII; raises LabError."""
    folder = home or cache_root() / "repo/key"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(folder / "lock"):
        if not (folder / NAME).exists():
            _gpg(folder, "--passphrase", "", "--quick-generate-key", WHO, "rsa3072", "sign", "never")
            # The file comes last: while it is missing, the key is made anew.
            (folder / f"{NAME}.new").write_text(_gpg(folder, "--armor", "--export"))
            (folder / f"{NAME}.new").replace(folder / NAME)
    return folder


def sign(folder: Path, home: Path) -> None:
    """Write InRelease and Release.gpg beside the folder's Release."""
    _gpg(home, "--armor", "--detach-sign", "--output", str(folder / "Release.gpg"), str(folder / "Release"))
    _gpg(home, "--clearsign", "--output", str(folder / "InRelease"), str(folder / "Release"))


def sign_index(folder: Path, home: Path) -> None:
    """Write repomd.xml.asc beside a yum repository's repomd.xml."""
    index = folder / "repodata/repomd.xml"
    _gpg(home, "--armor", "--detach-sign", "--output", f"{index}.asc", str(index))


def sign_rpms(rpms: list[Path], home: Path) -> None:
    """Sign packages in place (rpmsign(8))."""
    # Debian's rpm looks for a gpg at a place where Debian has none.
    macros = {"__gpg": "/usr/bin/gpg", "_gpg_path": str(home), "_gpg_name": "lab@trueup.invalid"}
    options = (*(f"--define={name} {value}" for name, value in macros.items()), "--addsign")
    try:
        run(STEP, "rpmsign", *options, *map(str, rpms), deadline=300)
    finally:
        run(STEP, "gpgconf", "--homedir", str(home), "--kill", "gpg-agent", deadline=30)
