"""What of a wheel goes into the toolkit."""

import zipfile
from pathlib import Path

import pytest

from lab.apt_repo import toolkit
from lab.apt_repo.toolkit import CUDA_11_8, CUDA_12_4, ToolkitPackage


@pytest.mark.parametrize(
    ("member", "place"),
    [
        ("nvidia/cublas/include/cublas_v2.h", "include/cublas_v2.h"),
        ("nvidia/cuda_cccl/include/cub/cub.cuh", "include/cub/cub.cuh"),
        ("nvidia/cuda_runtime/lib/libcudart.so.11.0", "lib64/libcudart.so.11.0"),
        ("nvidia/cublas/lib/libcublas.so.11", None),
        ("nvidia/cublas/include/__init__.py", None),
        ("nvidia_cublas_cu11-11.10.3.66.dist-info/RECORD", None),
    ],
)
def test_place_of(member: str, place: str | None) -> None:
    """Headers and libcudart have a place; libraries that torch brings must not lie in a second one."""
    assert place == toolkit.place_of(member, CUDA_11_8.cudart)


@pytest.fixture(params=[CUDA_11_8, CUDA_12_4], ids=lambda kind: kind.release)
def kind(request: pytest.FixtureRequest) -> ToolkitPackage:
    """Each toolkit that the lab makes."""
    found: ToolkitPackage = request.param
    return found


@pytest.fixture
def tree(tmp_path: Path, kind: ToolkitPackage) -> Path:
    """The toolkit laid out from stand-ins of one byte a file."""
    debian = tmp_path / "debian"
    own = "usr/lib/nvidia-cuda-toolkit"
    names = [*(f"usr/bin/{name}" for name in toolkit.PROGRAMS), f"{own}/bin/nvcc", f"{own}/bin/cicc"]
    for name in [*names, f"{own}/bin/crt/link.stub", f"{own}/libdevice/libdevice.10.bc", f"{own}/bin/g++"]:
        (debian / name).parent.mkdir(parents=True, exist_ok=True)
        (debian / name).write_text(".")
    with zipfile.ZipFile(tmp_path / "one.whl", "w") as wheel:
        wheel.writestr("nvidia/cuda_runtime/include/cuda.h", ".")
        wheel.writestr(f"nvidia/cuda_runtime/lib/{kind.cudart}", ".")
        for name in kind.amended:
            wheel.writestr(f"nvidia/cuda_nvcc/include/{name}", "double sinpi(double x);")
    toolkit.lay_out(kind, debian, [tmp_path / "one.whl"], tmp_path / "tree")
    return tmp_path / "tree"


@pytest.mark.parametrize(
    "name", ["bin/nvcc", "include/cuda.h", "lib64/libcudart.so", "nvvm/bin/cicc", "lib/libcudart.so"]
)
def test_layout_is_nvidia_s(tree: Path, kind: ToolkitPackage, name: str) -> None:
    """What a build looks for below CUDA_HOME."""
    assert (tree / kind.home.lstrip("/") / name).is_file()


def test_debian_s_compiler_wrappers_stay_out(tree: Path, kind: ToolkitPackage) -> None:
    """They would choose another compiler than the one that is declared."""
    assert not (tree / f"{kind.home.lstrip('/')}/bin/g++").exists()


def test_scripts_name_the_toolkit(tree: Path, kind: ToolkitPackage) -> None:
    """The link is made and removed by NVIDIA's own means."""
    texts = [(tree / "DEBIAN" / name).read_text() for name in ("postinst", "prerm")]

    assert [True, True] == [kind.home in text and "@" not in text for text in texts]


@pytest.mark.parametrize(
    ("line", "amended"),
    [
        ("extern double  sinpi(double x);", "extern double  sinpi(double x) noexcept(true);"),
        ("__func__(float cospif(const float a))", "__func__(float cospif(const float a) noexcept(true))"),
        (" * - sinpi(NaN) returns NaN.", " * - sinpi(NaN) returns NaN."),
        ("extern double  sin(double x) __THROW;", "extern double  sin(double x) __THROW;"),
    ],
)
def test_what_glibc_declares_as_well_does_not_throw(line: str, amended: str) -> None:
    """Two declarations that differ in it are refused by every compiler."""
    assert amended == toolkit.for_newer_glibc(line)


def test_amended_headers_are_named(tree: Path, kind: ToolkitPackage) -> None:
    """Whoever looks at the package sees that its headers are not all as NVIDIA has them."""
    text = (tree / "DEBIAN/control").read_text()

    assert (bool(kind.amended), True) == ("Amended" in text, all(name in text for name in kind.amended))
