#!/bin/sh
# packages.sh LIST [PACKAGE...]: gives this machine what LIST names ("FILE PACKAGE" a line), and the packages named.
# As root it installs what is missing; otherwise it prints the one command to type. Repeating it costs nothing.
set -eu
list=$1
shift
lacking=$(grep -v '^#' "$list" | while read -r file package; do
    [ -e "$file" ] || command -v "$file" >/dev/null || echo "$package"
done)
missing=$(echo "$@" "$lacking" | tr '\n' ' ' | sed 's/^ *//; s/ *$//')
[ -n "$missing" ] || exit 0
install="apt-get install -y --no-install-recommends $missing"
if [ "$(id -u)" -ne 0 ]; then
    printf 'This machine lacks: %s\nType this, then run it again:\n\n  sudo %s\n\n' "$missing" "$install" >&2
    exit 1
fi
printf 'Installing what this machine lacks: %s\n' "$missing" >&2
apt-get update
DEBIAN_FRONTEND=noninteractive $install
