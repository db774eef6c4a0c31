"""`python -m lab.distros [KIND...]`: the lab's tests on a pair with each kind that has a Containerfile. NOT TRIED."""

import os
import subprocess
import sys

from lab.distros.image import kinds

TESTS = ("-v", "-p", "no:cacheprovider", "tests/e2e/distributions")


def main(chosen: list[str]) -> int:
    """The exit status of the first kind that failed; each is tried all the same."""
    failed = 0
    for kind in chosen or kinds():
        sys.stdout.write(f"== {kind}\n")
        sys.stdout.flush()
        environment = {**os.environ, "TRUEUP_TESTS_SHAPE": kind}
        done = subprocess.run([sys.executable, "-m", "pytest", *TESTS], env=environment, check=False)
        failed = failed or done.returncode
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
