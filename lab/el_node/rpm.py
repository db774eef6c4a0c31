"""Packages for rpm: a spec file written from a record, built by rpmbuild, signed by rpmsign."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lab.apt_repo import signing
from lab.process import run

NOTICE = "A STAND-IN made by trueup's lab for its node of EL shape; nothing of it is from an EL distribution."
STEP = "build packages for rpm"
# What rpmbuild would do to content: strip, compress, look into it for needs that Debian's rpm knows nothing of.
_AS_IT_IS = """\
%global debug_package %{nil}
%global __os_install_post %{nil}
%global _build_id_links none
%define _binary_payload w1.gzdio
"""


@dataclass(frozen=True)
class Rpm:
    """One package; tree: what it holds, laid out from /, or None for one whose presence is all that matters.

    scripts: section of the spec ("%post") -> shell. whole: folders that belong to it altogether.
    """

    name: str
    version: str = "1"
    epoch: int = 0
    summary: str = "only its presence matters: it holds nothing"
    requires: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    tree: Path | None = None
    scripts: tuple[tuple[str, str], ...] = ()
    whole: tuple[str, ...] = ()

    @property
    def nevra(self) -> str:
        """As a module's list of artifacts has it."""
        return f"{self.name}-{self.epoch}:{self.version}-1.el9.x86_64"


def files_of(rpm: Rpm) -> list[str]:
    """The lines of %files: folders that are its own, then every file and link outside them."""
    if rpm.tree is None:
        return []
    inside = tuple(f"{folder}/" for folder in rpm.whole)
    found = (path for path in sorted(rpm.tree.rglob("*")) if path.is_symlink() or path.is_file())
    paths = (f"/{path.relative_to(rpm.tree)}" for path in found)
    return [*rpm.whole, *(f'"{path}"' for path in paths if not path.startswith(inside))]


def spec(rpm: Rpm) -> str:
    """The spec file (rpm-spec(7)-like; rpm.org, "Spec file format")."""
    needs = "".join(f"Requires: {each}\n" for each in rpm.requires)
    needs += "".join(f"Provides: {each}\n" for each in rpm.provides)
    copy = f"cp -a {rpm.tree}/. %{{buildroot}}/" if rpm.tree else ":"
    scripts = "".join(f"\n{section}\n{shell}\n" for section, shell in rpm.scripts)
    files = "\n".join(files_of(rpm))
    return (
        f"{_AS_IT_IS}Name: {rpm.name}\nVersion: {rpm.version}\nRelease: 1.el9\nEpoch: {rpm.epoch}\n"
        f"Summary: {rpm.summary}\nLicense: see the content\nVendor: trueup's lab\nAutoReqProv: no\n{needs}"
        f"\n%description\n{NOTICE}\n\n%install\nmkdir -p %{{buildroot}}\n{copy}\n{scripts}\n%files\n{files}\n"
    )


def build(rpms: Iterable[Rpm], scratch: Path, key: Path) -> list[Path]:
    """Build and sign; the .rpm files below the scratch folder. Raises LabError."""
    top = scratch / "rpmbuild"
    top.mkdir()
    specs = []
    for number, rpm in enumerate(rpms):
        path = scratch / f"{number}-{rpm.name}.spec"
        path.write_text(spec(rpm), encoding="utf-8")
        specs.append(str(path))
    run(STEP, "rpmbuild", "--quiet", "--target=x86_64", f"--define=_topdir {top}", "-bb", *specs, deadline=600)
    made = sorted(top.glob("RPMS/*/*.rpm"))
    signing.sign_rpms(made, key)
    return made
