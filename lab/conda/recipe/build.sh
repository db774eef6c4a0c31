#!/bin/sh
# Runs in the chroot: CPython from its untouched tarball, packed for conda. Same inputs, same bytes.
set -eu

VERSION=3.11.2
SHA256=2411c74bda5bbcfcddaf4531f66d1adc73f247f529aee981b029513aefdbf849
EPOCH=1675814400
PLACEHOLDER=$(cat /recipe/placeholder)
STAGE=/build/stage

step() { printf 'step: %s\n' "$*"; }

export SOURCE_DATE_EPOCH="$EPOCH" PYTHONHASHSEED=0 LC_ALL=C TZ=UTC
umask 022

step "fetch CPython's source"
sed -n 's/^deb /deb-src /; s/ bullseye / bookworm /p' /etc/apt/sources.list > /etc/apt/sources.list.d/source.list
mkdir -p /build /out
cd /build
apt-get update -q
apt-get source -q --download-only python3.11
printf '%s  python3.11_%s.orig.tar.gz\n' "$SHA256" "$VERSION" | sha256sum -c -
tar -xzf "python3.11_$VERSION.orig.tar.gz"
cd "Python-$VERSION"

step "configure CPython"
# What configure would ask the running kernel, resolver and /dev is answered here: no host shows in the result.
cat > /build/config.site <<'EOF'
ac_cv_buggy_getaddrinfo=no
ac_cv_posix_semaphores_enabled=yes
ac_cv_broken_sem_getvalue=no
ac_cv_working_tzset=yes
ac_cv_file__dev_ptmx=yes
ac_cv_file__dev_ptc=no
EOF
CONFIG_SITE=/build/config.site ./configure -q --build=x86_64-pc-linux-gnu --prefix="$PLACEHOLDER" \
    --without-ensurepip --disable-test-modules CFLAGS='-O2 -g0'

step "compile CPython"
make -s -j"$(nproc)" > /build/make.log 2>&1 || { tail -n 40 /build/make.log; exit 1; }
step "install CPython"
make -s install DESTDIR="$STAGE" > /build/install.log 2>&1 || { tail -n 40 /build/install.log; exit 1; }

step "pack CPython"
ROOT="$STAGE$PLACEHOLDER"
cd "$ROOT"
find . -name __pycache__ -prune -exec rm -rf {} +
find . -name '*.a' -delete
rm -rf lib/python3.11/idlelib lib/python3.11/tkinter lib/python3.11/turtledemo share bin/idle3*
# Nodes are newer than this chroot and have other versions of these: they travel with the interpreter, as conda's do.
for name in libssl.so.1.1 libcrypto.so.1.1 libffi.so.7 libsqlite3.so.0 libbz2.so.1.0 liblzma.so.5 libz.so.1 libuuid.so.1; do
    cp -L "$(ldconfig -p | sed -n "s|.* => \(.*/$name\)\$|\1|p")" "lib/$name"
    chmod 755 "lib/$name"
    patchelf --set-rpath '$ORIGIN' "lib/$name"
done
for module in lib/python3.11/lib-dynload/*.so; do
    patchelf --set-rpath '$ORIGIN/../..' "$module"
done
patchelf --set-rpath '$ORIGIN/../lib' bin/python3.11
find bin lib -type f \( -name '*.so*' -o -path bin/python3.11 \) -exec strip --strip-unneeded {} +
ln -s python3.11 bin/python
rm -f lib/python3.11/lib-dynload/nis.* lib/python3.11/lib-dynload/ossaudiodev.* lib/python3.11/lib-dynload/xx*
bin/python3.11 -B -m compileall -f -q -j1 --invalidation-mode checked-hash -s "$ROOT" -p / lib/python3.11
# conda writes the prefix into this module, so its compiled form is made where it is installed.
rm -f lib/python3.11/__pycache__/_sysconfigdata_*
bin/python3.11 -B -I /recipe/pack.py "$ROOT" /out "$VERSION"
step "packed"
