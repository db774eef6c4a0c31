"""Faults of rpm and dnf on the node of EL shape: each is repaired or ends in one message; nothing hangs."""

from tests.e2e.conftest import Pair

REPOSITORIES = "/etc/yum.repos.d"


def refused(pair: Pair, *words: str) -> None:
    """Converge fails on node2, in words, and without a traceback."""
    done = pair.converge("--limit", "node2")
    said = done.out + done.err

    assert 0 != done.rc
    assert [] == [word for word in words if word not in said]
    assert "Traceback" not in said


def broken(pair: Pair, command: str) -> None:
    done = pair.on("node2", command)
    assert 0 == done.rc, done.err


def healed(pair: Pair) -> None:
    """Converge goes through again."""
    done = pair.converge()
    assert 0 == done.rc, done.out + done.err


def test_repository_that_is_down(converged: Pair) -> None:
    """dnf's own words, and where to look."""
    broken(converged, f"rpm -e --nodeps curl; sed -i.lab 's/:8713/:1/' {REPOSITORIES}/rocky.repo; dnf -q clean all")
    refused(converged, "node2: packages: wanted curl from dnf's repositories", "dnf repolist -v")
    broken(converged, f"mv {REPOSITORIES}/rocky.repo.lab {REPOSITORIES}/rocky.repo")
    healed(converged)


def test_key_that_signs_no_more(converged: Pair) -> None:
    """Another key lies where the distribution's was: nothing is installed unsigned."""
    key = "/etc/pki/rpm-gpg/RPM-GPG-KEY-Rocky-9"
    other = "gpg -q --batch --passphrase '' --quick-generate-key other rsa2048 sign never && gpg --armor --export other"
    broken(
        converged,
        f"rpm -e --nodeps curl; cp {key} {key}.lab; export GNUPGHOME=$(mktemp -d); {other} > {key}; "
        "gpgconf --kill gpg-agent; dnf -q clean all; rm -rf /var/cache/dnf/*; rpm -e gpg-pubkey",
    )
    refused(converged, "node2: packages: wanted curl")
    broken(converged, f"mv {key}.lab {key}; rpm --import {key}; rm -rf /var/cache/dnf/*")
    healed(converged)


def test_held_lock_has_an_end(converged: Pair) -> None:
    """dnf would wait for ever; converge takes the lock of the living for what it is, and waits 300 s at most."""
    broken(converged, "rpm -e --nodeps curl; sleep 20 & echo $! > /var/lib/dnf/rpmdb_lock.pid")
    healed(converged)
    assert 0 == converged.on("node2", "rpm -q curl").rc


def test_database_that_nothing_can_read(converged: Pair) -> None:
    """rpm can neither read nor rebuild it: said as such, and nothing is installed over it."""
    spoil = "dd if=/dev/urandom of=/var/lib/rpm/rpmdb.sqlite bs=4k count=40 conv=notrunc status=none"
    broken(converged, f"cp -a /var/lib/rpm /root/rpm.lab && {spoil}")
    refused(converged, "node2: rpm: wanted a database that it can read")
    broken(converged, "rm -rf /var/lib/rpm && mv /root/rpm.lab /var/lib/rpm")
    healed(converged)


def test_stream_that_is_enabled_differently(converged: Pair) -> None:
    """Another stream is enabled: converge restores the declared one, with its packages."""
    broken(converged, "dnf -y versionlock clear && dnf -y --allowerasing module switch-to nvidia-driver:590-dkms")
    healed(converged)
    stream = "sed -n 's/^stream=/ /p' /etc/dnf/modules.d/nvidia-driver.module"
    found = converged.on("node2", f"rpm -q --qf '%{{VERSION}}' nvidia-driver; {stream}")

    assert "580.105.08 580-dkms\n" == found.out


def test_versionlock_in_the_way(converged: Pair) -> None:
    """The declared toolkit is installed in spite of a version lock."""
    broken(converged, "rpm -e cuda-toolkit-11-8; dnf -y versionlock add --raw 'cuda-toolkit-11-8-0:12.0.0-1.*'")
    healed(converged)
    broken(converged, "sed -i /cuda-toolkit/d /etc/dnf/plugins/versionlock.list")


def test_package_that_no_repository_has(converged: Pair) -> None:
    """The whole list or nothing, and the name of what is missing."""
    broken(converged, f"rpm -e --nodeps curl; echo 'excludepkgs=curl' >> {REPOSITORIES}/rocky.repo")
    refused(converged, "node2: packages: wanted curl from dnf's repositories")
    broken(converged, f"sed -i /excludepkgs/d {REPOSITORIES}/rocky.repo")
    healed(converged)
