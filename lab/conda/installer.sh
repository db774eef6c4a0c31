#!/bin/sh
# The lab's stand-in for Anaconda's installer: constructor's command line, CPython and a stand-in for conda.
# It needs sh, tar, gzip, tail, sha256sum and df. What follows the last line is a tar archive.

NAME=Anaconda3
NEEDED_KB=@NEEDED_KB@
SHA256=@SHA256@
LINES=@LINES@
THIS=$0
PREFIX=${HOME:-/opt}/anaconda3
BATCH=0
FORCE=0
SKIP_SCRIPTS=0

usage() {
    cat <<EOF

usage: $THIS [options]

Installs the lab's stand-in for $NAME

-b           run install in batch mode (without manual intervention),
             it is expected the license terms (if any) are agreed upon
-f           no error if install prefix already exists
-h           print this help message and exit
-p PREFIX    install prefix, defaults to $PREFIX, must not contain spaces.
-s           skip running pre/post-link/install scripts
-u           update an existing installation

EOF
}

unknown() {
    printf "ERROR: did not recognize option '%s', please try -h\n" "$1"
    exit 1
}

while getopts ":bfhp:su" option; do
    case $option in
        b) BATCH=1 ;;
        f | u) FORCE=1 ;;
        h) usage; exit 2 ;;
        p) PREFIX=$OPTARG ;;
        s) SKIP_SCRIPTS=1 ;;
        *) unknown "$OPTARG" ;;
    esac
done
shift $((OPTIND - 1))
[ $# -eq 0 ] || unknown "$1"

printf 'This is not Anaconda: it is the stand-in for %s of the lab of trueup.\n' "$NAME"

if [ "$BATCH" = 0 ]; then
    printf 'ERROR: the stand-in asks no questions, give -b\n' >&2
    exit 2
fi

case $PREFIX in
    *' '*)
        printf 'ERROR: Cannot install into directories with spaces\n' >&2
        exit 1
        ;;
esac

if [ "$FORCE" = 0 ] && [ -e "$PREFIX" ]; then
    printf "ERROR: File or directory already exists: '%s'\n" "$PREFIX" >&2
    printf 'If you want to update an existing installation, use the -u option.\n' >&2
    exit 1
fi

if ! mkdir -p "$PREFIX"; then
    printf "ERROR: Could not create directory: '%s'\n" "$PREFIX" >&2
    exit 1
fi

free_kb=$(df -Pk "$PREFIX" | tail -n 1 | tr -s ' ' | cut -d ' ' -f 4)
if [ "$free_kb" -lt "$NEEDED_KB" ]; then
    [ "$FORCE" = 1 ] || rmdir "$PREFIX"
    printf 'ERROR: Not enough free disk space: only %s MB are available, but %s MB are required.\n' \
        "$((free_kb / 1024))" "$((NEEDED_KB / 1024))" >&2
    exit 1
fi

PREFIX=$(cd "$PREFIX" && pwd)
printf 'PREFIX=%s\n' "$PREFIX"

if ! tail -n "+$LINES" "$THIS" | sha256sum | grep -q "^$SHA256 "; then
    printf 'ERROR: the archive in %s is damaged: wanted sha256 %s\n' "$THIS" "$SHA256" >&2
    exit 1
fi

fail() {
    printf 'ERROR: %s\n' "$1" >&2
    exit 1
}

printf 'Unpacking payload ...\n'
package=$PREFIX/pkgs/@PACKAGE@
mkdir -p "$PREFIX/conda-meta" "$package" || fail "cannot write to $PREFIX"
tail -n "+$LINES" "$THIS" | tar -xf - -C "$PREFIX/pkgs" || fail 'cannot unpack the payload'
gzip -dc "$package.tar.gz" | tar -xf - -C "$package" || fail 'cannot unpack CPython'
"$package/bin/python3.11" -I -S -B "$PREFIX/pkgs/fake_conda/base.py" "$PREFIX" "$package" "$SKIP_SCRIPTS" ||
    fail 'cannot lay out the base'
rm -rf "$PREFIX/pkgs/fake_conda" "$package.tar.gz"

printf 'installation finished.\n'
exit 0
