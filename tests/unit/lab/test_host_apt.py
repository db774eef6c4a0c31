"""How this machine reaches Debian's archive is carried to a node, and nothing else of its settings."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.host_apt import HostAptSettings, options_in, sources_in

MAIN = "Debian|bookworm|http://mirror.example/debian/|bookworm|main"


def test_sources_keep_debian_and_leave_others() -> None:
    """Components of one suite share a line; another origin, another release and other transports do not come."""
    targets = "\n".join(
        [
            MAIN,
            MAIN,
            "Debian|bookworm|http://mirror.example/debian/|bookworm|contrib",
            "Debian|bookworm-security|http://mirror.example/debian-security/|bookworm-security|main",
            "Docker|bookworm|https://docker.example/|bookworm|stable",
            "Debian|trixie|http://mirror.example/debian/|trixie|main",
            "Debian|bookworm|file:/srv/debian/|bookworm|main",
        ]
    )

    assert sources_in(targets) == (
        "deb http://mirror.example/debian/ bookworm main contrib",
        "deb http://mirror.example/debian-security/ bookworm-security main",
    )


@pytest.mark.parametrize("targets", ["", "Debian|trixie|http://mirror.example/debian/|trixie|main"])
def test_sources_of_another_distribution_are_none(targets: str) -> None:
    """Without the suite itself the distribution's default holds."""
    assert sources_in(targets) == ()


def test_options_keep_what_decides_how_a_file_is_fetched() -> None:
    """Proxy, certificates and dates are kept; the rest, and what is empty, is not."""
    dump = "\n".join(
        [
            'APT::Install-Recommends "0";',
            'Acquire::http "";',
            'Acquire::http::Proxy "http://proxy.example:3128";',
            'Acquire::http::Proxy-Auto-Detect "/usr/bin/find-proxy";',
            'Acquire::https::CAInfo "/etc/ssl/certs/ca-certificates.crt";',
            'Acquire::Check-Valid-Until "false";',
            'Acquire::IndexTargets::deb::Packages::Optional "0";',
        ]
    )

    assert options_in(dump, {}) == (
        'Acquire::http::Proxy "http://proxy.example:3128";',
        'Acquire::https::CAInfo "/etc/ssl/certs/ca-certificates.crt";',
        'Acquire::Check-Valid-Until "false";',
    )


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:3142", "http://localhost:3142", "http://[::1]:3142"])
def test_a_proxy_on_this_machines_loopback_stays_here(proxy: str) -> None:
    """No node could reach it, be it apt's or the environment's."""
    found = options_in(f'Acquire::http::Proxy "{proxy}";', {"https_proxy": proxy})

    assert found == ()


def test_the_environments_proxy_counts_where_apt_names_none() -> None:
    """apt honours http_proxy; its own setting wins."""
    dump = 'Acquire::http::Proxy "http://a.example:1";'
    found = options_in(dump, {"http_proxy": "http://b.example:1", "https_proxy": "http://b.example:1"})

    assert found == (dump, 'Acquire::https::Proxy "http://b.example:1";')


@given(st.lists(st.from_regex(r"[A-Za-z:]{1,30} \"[ -!#-~]{0,30}\";", fullmatch=True)))
def test_any_dump_is_read(lines: list[str]) -> None:
    """Every option that is kept was there; none makes the reading fail."""
    found = options_in("\n".join(lines), {})

    assert set(found) <= set(lines)


def test_write_lays_out_what_the_image_reads(tmp_path: Path) -> None:
    """Three things, each at its place."""
    HostAptSettings(("deb x y z",), ('A "1";',), (("own.crt", "PEM"),)).write(tmp_path / "carry")
    written = {str(path.relative_to(tmp_path)): path.read_text() for path in tmp_path.rglob("*") if path.is_file()}

    assert written == {
        "carry/sources.list": "deb x y z\n",
        "carry/apt.conf": 'A "1";\n',
        "carry/ca/own.crt": "PEM",
    }
