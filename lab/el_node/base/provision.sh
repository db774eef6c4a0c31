#!/bin/sh
# Turns the lab's empty machine into one of EL shape. Runs inside it, with its context in /tmp/lab.
set -eu
cd /tmp/lab
export DEBIAN_FRONTEND=noninteractive

apt-get update
# shellcheck disable=SC2046 -- a list of package names
apt-get install -y --no-install-recommends $(cat packages.txt)
rm -rf /var/lib/apt/lists/*

# EL 8 and 9 have yum as another name of dnf, and a link of its own for the release.
ln -s dnf-3 /usr/bin/yum
rm -f /etc/os-release
cp -r rootfs/. /
ldconfig
# These come with a package of their own there; lab/el_node builds it of the same files.
rm -f /usr/lib/python3/dist-packages/dnf-plugins/versionlock.py /etc/dnf/plugins/versionlock.*
# A repository of Debian's own making that is nowhere.
rm -f /usr/lib/python3/dist-packages/dnf-plugins/local.py /etc/dnf/plugins/local.conf
mkdir -p /etc/yum.repos.d /etc/pki/rpm-gpg /usr/lib64
rpm --initdb
