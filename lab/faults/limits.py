"""Faults of limits and shared memory on one node."""

from lab.faults.common import JOB
from lab.faults.fault import Fault

LIMITS = "/etc/security/limits.d"
SHM = "host | shared memory"
LIMITED = (
    Fault(
        name="host-limit-lowered",
        cause="A hardening script wrote its own values.",
        node="node1",
        inject=(f"sed -i 's/nofile .*/nofile 1024/' {LIMITS}/90-trueup.conf",),
        verify=f"grep -q 'nofile 1024' {LIMITS}/90-trueup.conf",
        failing_checks=("host/limit_holds_for_a_command_over_ssh[nofile]",),
        plan=("host | limits",),
        converge_repairs=True,
    ),
    Fault(
        name="host-limit-overruled",
        cause="Another package's file, which is read later, has limits of its own.",
        node="node2",
        inject=(f"echo 'root - memlock 64' > {LIMITS}/99-lab.conf",),
        verify=f"[ -e {LIMITS}/99-lab.conf ]",
        failing_checks=("host/limit_holds_for_a_command_over_ssh[memlock]",),
        converge_repairs=False,
        undo=(f"rm {LIMITS}/99-lab.conf",),
    ),
    Fault(
        name="host-shm-small",
        cause="mount -o remount, to have more memory for something else.",
        node="node1",
        inject=("mount -o remount,size=1024m /dev/shm",),
        verify="df -kP /dev/shm | grep -q ' 1048576 '",
        failing_checks=("host/shared_memory_has_its_size",),
        plan=(SHM,),
        converge_repairs=True,
    ),
    Fault(
        name="host-shm-tiny",
        cause="A container's default was copied to the host.",
        node="node2",
        inject=("mount -o remount,size=64m /dev/shm",),
        verify="df -kP /dev/shm | grep -q ' 65536 '",
        failing_checks=("host/shared_memory_has_its_size", "deepspeed/shared_memory_is_enough_for_deepspeed", *JOB),
        reasons=("DeepSpeed itself warns below 512 MB", *["the job is not begun on such a node"] * len(JOB)),
        plan=(SHM,),
        converge_repairs=True,
    ),
    Fault(
        name="host-shm-closed",
        cause="chmod 755, by a hardening script.",
        node="node1",
        inject=("chmod 755 /dev/shm",),
        verify="[ $(stat -c %a /dev/shm) = 755 ]",
        failing_checks=("host/shared_memory_is_writable_by_all",),
        plan=(SHM,),
        converge_repairs=True,
    ),
    Fault(
        name="host-fstab-line-lost",
        cause="/etc/fstab was written anew after a disk was replaced.",
        node="node2",
        inject=("sed -i '/[/]dev[/]shm/d' /etc/fstab",),
        verify="! grep -q /dev/shm /etc/fstab",
        failing_checks=("host/shared_memory_survives_a_reboot",),
        plan=(SHM,),
        converge_repairs=True,
    ),
)

FAULTS = LIMITED
