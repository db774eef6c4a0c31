"""Faults outside .ssh: tokens and keys that any user of a node can read."""

from lab.faults.common import WITH_STANDARD_STACK
from lab.faults.fault import Fault

HOME = "/home/train"
HUB = f"{HOME}/.cache/huggingface"
UNPRIVILEGED = "setpriv --reuid=65534 --regid=65534 --clear-groups"
CHECK = "access/no_secret_is_readable_by_every_user"
FAULTS = (
    Fault(
        name="access-token-readable",
        cause="A hub's token was copied to the node with scp, which made it as the umask of 022 says.",
        node="node2",
        runs_on=WITH_STANDARD_STACK,
        inject=(f"mkdir -p {HUB} && echo hf_lab >{HUB}/token && chmod 644 {HUB}/token",),
        verify=f"{UNPRIVILEGED} cat {HUB}/token >/dev/null",
        failing_checks=(CHECK,),
        converge_repairs=False,
        undo=(f"rm {HUB}/token && rmdir {HUB}",),
    ),
    Fault(
        name="access-cluster-key-readable",
        cause="A colleague was given the key of another cluster, in the home where he looks first.",
        node="node1",
        inject=(
            f"ssh-keygen -q -t rsa -m PEM -N '' -f {HOME}/cluster.pem && rm {HOME}/cluster.pem.pub",
            f"chmod 644 {HOME}/cluster.pem",
        ),
        verify=f"{UNPRIVILEGED} grep -q 'PRIVATE KEY' {HOME}/cluster.pem",
        failing_checks=(CHECK,),
        converge_repairs=False,
        undo=(f"rm {HOME}/cluster.pem",),
    ),
    Fault(
        name="control-access-netrc-in-closed-home",
        cause="root's .netrc was restored without modes, in a home that nobody else can enter.",
        node="node1",
        inject=("echo machine api.example login lab password lab >/root/.netrc && chmod 644 /root/.netrc",),
        verify="[ $(stat -c %a /root/.netrc) = 644 ] && [ $(stat -c %a /root) = 700 ]",
        failing_checks=(),
        converge_repairs=False,
        undo=("rm /root/.netrc",),
    ),
    Fault(
        name="control-access-certificate-readable",
        cause="A site's certificate, which is public, lies beside the programs that trust it.",
        node="node2",
        inject=(f"cp /etc/ssl/certs/ISRG_Root_X1.pem {HOME}/site.pem && chmod 644 {HOME}/site.pem",),
        verify=f"[ -s {HOME}/site.pem ]",
        failing_checks=(),
        converge_repairs=False,
        undo=(f"rm {HOME}/site.pem",),
    ),
)
