#!/bin/sh
# Turns a minimal Debian root into the lab's empty machine. Runs inside it, with its context in /tmp/lab.
set -eu
cd /tmp/lab
export DEBIAN_FRONTEND=noninteractive

# The controller's own way to Debian's archive: certificates, proxy, mirror.
mkdir -p /usr/local/share/ca-certificates
cp -r carry/ca/. /usr/local/share/ca-certificates/
cp carry/apt.conf /etc/apt/apt.conf.d/80lab-controller
if [ -s carry/sources.list ]; then
    rm -f /etc/apt/sources.list.d/debian.sources
    cp carry/sources.list /etc/apt/sources.list
fi

# An image of a registry forbids its services to start and throws its packages away; a machine does neither.
rm -f /usr/sbin/policy-rc.d /etc/apt/apt.conf.d/docker-clean

missing=""
while read -r package; do
    dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing="$missing $package"
done < packages.txt
if [ -n "$missing" ]; then
    apt-get update
    # shellcheck disable=SC2086 -- a list of package names
    apt-get install -y --no-install-recommends $missing
    rm -rf /var/lib/apt/lists/*
fi
update-ca-certificates

cp -r rootfs/. /
chmod 755 /usr/local/sbin/lab-init /usr/local/sbin/lab-kernel-log
systemctl enable lab-kernel-log.service
chmod 440 /etc/sudoers.d/ops
for account in ops train; do
    useradd --create-home --shell /bin/bash "$account"
done
# Host keys and the machine's identity belong to one node, not to the image.
rm -f /etc/ssh/ssh_host_*
: > /etc/machine-id
