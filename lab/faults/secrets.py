"""Breaks outside .ssh: tokens and keys that any user of a node can read."""

from lab.faults.fault import Fault

HOME = "/home/train"
HUB = f"{HOME}/.cache/huggingface"
NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups"
CHECK = "access/no_secret_is_readable_by_every_user"
MUTATIONS = (
    Fault(
        name="access-token-readable",
        cause="A hub's token was copied to the node with scp, which made it as the umask of 022 says.",
        node="node2",
        breaks=(f"mkdir -p {HUB} && echo hf_lab >{HUB}/token && chmod 644 {HUB}/token",),
        shows=f"{NOBODY} cat {HUB}/token >/dev/null",
        reds=(CHECK,),
        heals=False,
        mends=(f"rm {HUB}/token && rmdir {HUB}",),
    ),
    Fault(
        name="access-cluster-key-readable",
        cause="A colleague was given the key of another cluster, in the home where he looks first.",
        node="node1",
        breaks=(
            f"ssh-keygen -q -t rsa -m PEM -N '' -f {HOME}/cluster.pem && rm {HOME}/cluster.pem.pub",
            f"chmod 644 {HOME}/cluster.pem",
        ),
        shows=f"{NOBODY} grep -q 'PRIVATE KEY' {HOME}/cluster.pem",
        reds=(CHECK,),
        heals=False,
        mends=(f"rm {HOME}/cluster.pem",),
    ),
    Fault(
        name="control-access-netrc-in-closed-home",
        cause="root's .netrc was restored without modes, in a home that nobody else can enter.",
        node="node1",
        breaks=("echo machine api.example login lab password lab >/root/.netrc && chmod 644 /root/.netrc",),
        shows="[ $(stat -c %a /root/.netrc) = 644 ] && [ $(stat -c %a /root) = 700 ]",
        reds=(),
        heals=False,
        mends=("rm /root/.netrc",),
    ),
    Fault(
        name="control-access-certificate-readable",
        cause="A site's certificate, which is public, lies beside the programs that trust it.",
        node="node2",
        breaks=(f"cp /etc/ssl/certs/ISRG_Root_X1.pem {HOME}/site.pem && chmod 644 {HOME}/site.pem",),
        shows=f"[ -s {HOME}/site.pem ]",
        reds=(),
        heals=False,
        mends=(f"rm {HOME}/site.pem",),
    ),
)
