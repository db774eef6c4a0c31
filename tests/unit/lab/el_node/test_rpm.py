"""Spec files as rpmbuild reads them."""

from pathlib import Path

from lab.el_node.rpm import NOTICE, Rpm, files_of, spec


def tree(root: Path) -> Path:
    for place in ("usr/bin/tool", "usr/local/cuda-1/bin/nvcc", "etc/with space"):
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text("x")
    (root / "usr/bin/link").symlink_to("tool")
    return root


def test_files_are_listed_and_whole_folders_once(tmp_path: Path) -> None:
    """What lies in a folder of its own goes with the folder; links count as files."""
    found = files_of(Rpm("a", tree=tree(tmp_path), whole=("/usr/local/cuda-1",)))

    assert ["/usr/local/cuda-1", '"/etc/with space"', '"/usr/bin/link"', '"/usr/bin/tool"'] == found


def test_every_package_says_what_it_is() -> None:
    """Whoever meets one elsewhere reads it in `rpm -qi`."""
    assert f"%description\n{NOTICE}\n" in spec(Rpm("libXi"))


def test_nothing_is_required_by_itself() -> None:
    """Debian's rpm database knows no glibc: needs that rpmbuild would find could never be met."""
    text = spec(Rpm("gcc-c++", requires=("gcc",)))

    assert ("AutoReqProv: no\nRequires: gcc\n" in text, "Requires: gcc" in spec(Rpm("gcc"))) == (True, False)


def test_nevra_is_that_of_the_module_s_list() -> None:
    """dnf compares it to the letter."""
    assert "nvidia-driver-3:580.95.05-1.el9.x86_64" == Rpm("nvidia-driver", "580.95.05", 3).nevra
