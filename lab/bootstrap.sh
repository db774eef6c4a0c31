#!/bin/sh
# Gives this checkout what `make demo` and `make test` need: Debian packages, and .venv from the lock.
# As root it installs what is missing; otherwise it prints the one command to type. Repeating it costs nothing.
set -eu
cd "$(dirname "$0")/.."

# The first Python >= 3.11 on PATH that can make virtual environments; nothing when there is none.
find_python() {
    for candidate in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
}

extra_packages() {
    [ -n "$(find_python)" ] || echo python3 python3-venv
    # Podman's usual runtime, which needs cgroups of version 2 alone; elsewhere runc serves (lab/host_capabilities.py).
    if [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]; then
        command -v crun >/dev/null || echo crun
    fi
}

# shellcheck disable=SC2046  # each name is a word
lab/packages.sh lab/host-packages.txt $(extra_packages)

python=$(find_python)
if [ -z "$python" ]; then
    echo "No Python >= 3.11 with venv, and this distribution's python3 is older: install one, then run make again." >&2
    exit 1
fi

# The stamps hold what .venv was made of: a checkout that moved, or another lock, makes it anew.
made_of=$(sha256sum requirements/dev.txt; pwd; "$python" -V)
if [ "$(cat .venv/made-of 2>/dev/null)" != "$made_of" ]; then
    echo "Making .venv from requirements/dev.txt (a minute or two)" >&2
    "$python" -m venv --clear .venv
    .venv/bin/python -m pip install --require-hashes --requirement requirements/dev.txt >&2
    printf '%s\n' "$made_of" > .venv/made-of
fi
installed=$(sha256sum pyproject.toml)
if [ "$(cat .venv/installed 2>/dev/null)" != "$installed" ]; then
    .venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
    printf '%s\n' "$installed" > .venv/installed
fi
