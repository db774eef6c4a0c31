#!/bin/sh
# provision.sh apt|dnf|yum: turns a distribution's own image into a lab node: systemd, sshd, the lab's way in. NOT TRIED.
# Runs inside it, with its context in /tmp/lab: this folder, and lab/base/rootfs.
set -eu
cd /tmp/lab

case $1 in
apt)
    export DEBIAN_FRONTEND=noninteractive
    rm -f /usr/sbin/policy-rc.d /etc/apt/apt.conf.d/docker-clean
    apt-get update
    apt-get install -y --no-install-recommends ca-certificates curl dbus iproute2 iptables kmod openssh-server procps \
        sudo systemd systemd-journal-remote systemd-sysv
    ;;
dnf)
    dnf -y install ca-certificates dbus-daemon iproute iptables kmod openssh-server openssh-clients procps-ng sudo \
        systemd systemd-journal-remote
    ;;
yum)
    # CentOS 7's own addresses are dead; converge replaces this file where the profile declares host.archives.
    sed -i -e 's/^mirrorlist=/#&/' -e 's|^#baseurl=http://mirror.centos.org/centos/$releasever|baseurl=http://vault.centos.org/7.9.2009|' \
        /etc/yum.repos.d/CentOS-Base.repo
    yum -y install ca-certificates curl dbus iproute iptables kmod openssh-server openssh-clients procps-ng sudo \
        systemd systemd-journal-gateway
    ;;
*)
    echo "provision.sh: wanted apt, dnf or yum, found $1" >&2
    exit 2
    ;;
esac

cp -r rootfs/. /
# OpenSSH before 8.2 reads no sshd_config.d.
grep -q '^Include' /etc/ssh/sshd_config || cat /etc/ssh/sshd_config.d/10-lab.conf >> /etc/ssh/sshd_config
# EL's unit of chrony has another name.
if [ "$1" != apt ]; then
    mv /etc/systemd/system/chrony.service.d /etc/systemd/system/chronyd.service.d
fi
chmod 755 /usr/local/sbin/lab-init /usr/local/sbin/lab-kernel-log
chmod 440 /etc/sudoers.d/ops
systemctl enable lab-kernel-log.service
systemctl enable sshd.service 2>/dev/null || systemctl enable ssh.service
for account in ops train; do
    useradd --create-home --shell /bin/bash "$account"
done
rm -f /etc/ssh/ssh_host_*
: > /etc/machine-id
