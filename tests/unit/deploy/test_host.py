"""The text of the limits."""

from typing import Literal

import pytest

from deploy.host import limits
from trueup.declaration import Host


@pytest.mark.parametrize("memlock", ["unlimited", 8192])
def test_limits_name_root(memlock: int | Literal["unlimited"]) -> None:
    """limits.conf(5): "*" does not cover root; "-" sets the soft and the hard limit."""
    want = Host(packages=(), memlock_kib=memlock, nofile=65536, shm_mib=1, archives={})
    expected = {f"* - memlock {memlock}", f"root - memlock {memlock}", "* - nofile 65536", "root - nofile 65536"}

    assert (expected, "\n") == (set(limits(want).splitlines()), limits(want)[-1])
