#!/bin/sh
# Runs in the chroot with /build: env (Python and the locked wheels), cuda, sdist.tar.gz; writes wheels to /build/out.
# Arguments: for each wheel its compute capability and its build tag; OPS holds variables DS_BUILD_<OP>=1.
set -eu
export HOME=/tmp PATH=/build/env/bin:/usr/bin:/bin LC_ALL=C.UTF-8 TZ=UTC
# Without the accelerator's name a machine that has no GPU builds the CPU op of the same name.
export CUDA_HOME=/build/cuda DS_ACCELERATOR=cuda DS_BUILD_OPS=0 CC=gcc CXX=g++
export SOURCE_DATE_EPOCH=1722816000 PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore
# One wheel: capability, build tag. All in folders of its own, because the builds run side by side.
build() {
    mkdir "/build/src-$1"
    tar -xzf /build/sdist.tar.gz --strip-components=1 -C "/build/src-$1"
    cd "/build/src-$1"
    # shellcheck disable=SC2086 -- a list of assignments
    env $OPS TORCH_CUDA_ARCH_LIST="$1" TORCH_EXTENSIONS_DIR="/build/extensions-$1" \
        python setup.py bdist_wheel -d "/build/one-$1"
    # With --build-number wheel 0.48 names the folder of the scripts so that uv does not find it: name the file instead.
    for wheel in "/build/one-$1"/*.whl; do
        name=${wheel##*/}
        rest=${name#*-*-}
        mv "$wheel" "/build/out/${name%"-$rest"}-$2-$rest"
    done
}
mkdir -p /build/out
builds=
while [ $# -gt 0 ]; do
    echo "step: compile for $1"
    build "$1" "$2" &
    builds="$builds $!"
    shift 2
done
for each in $builds; do
    wait "$each"
done
