"""A lab node of EL shape: a stand-in for Rocky Linux 9, with Debian underneath and no package of an EL distribution.

Real: rpm, dnf with its module streams and versionlock (Debian's builds), signed repositories made with rpmbuild and
createrepo_c, `yum` as EL 8 and 9 have it (dnf by another name), sshd, systemd. Not real: the kernel, the C library,
SELinux, and what packages hold: the lab's own content where it has any (toolkit, driver's stand-ins, libaio, chrony,
a compiler), nothing otherwise.
"""
