"""The command that compiles in the chroot."""

import subprocess
from pathlib import Path

from lab.deepspeed.build_in_chroot import RECIPE, hook


def test_hook_is_shell() -> None:
    """A folder's name may hold anything."""
    command = hook(Path("/tmp/it's a folder"), ("fused_adam",), (("8.0", "1_tag"), ("7.0", "1_other")))

    assert 0 == subprocess.run(["sh", "-n", "-c", command], check=False, timeout=10).returncode


def test_mount_ends_whatever_came_of_the_build() -> None:
    """mmdebstrap removes its folder, and must not find this machine's files below it."""
    command = hook(Path("/w"), ("fused_adam",), (("8.0", "1_tag"),))

    assert command.index("rc=$?") < command.index("umount") < command.index("exit $rc")


def test_recipe_is_shell_and_says_the_accelerator() -> None:
    """Without it a machine that has no GPU builds the CPU op of the same name."""
    checked = subprocess.run(["sh", "-n", str(RECIPE)], check=False, timeout=10)

    assert (0, True) == (checked.returncode, "DS_ACCELERATOR=cuda" in RECIPE.read_text())
