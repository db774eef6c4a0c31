# Who: the nodes, how to reach them, which profile. As shipped, the lab's two nodes.
# For your own machines see docs/first-hour.md; every key is explained in docs/inventory.md.

_LAB = "~/.local/state/trueup/lab/default"

_every = {
    "profile": "lab",
    "ssh_user": "root",
    "ssh_key": _LAB + "/ssh/id_ed25519",
    "ssh_known_hosts_file": _LAB + "/ssh/known_hosts",
    "interface": "eth0",
    "distro": "debian-12",
    "mirror": "http://10.213.0.1:8713",
}

a100 = [("@trueup/node1", {**_every, "ssh_hostname": "10.213.0.11", "gpus": "a100-pcie-40gb x2"})]
v100s = [("@trueup/node2", {**_every, "ssh_hostname": "10.213.0.12", "gpus": "v100s-pcie-32gb x2"})]
