"""Breaks of the base installation and of its place in the shells, on one node."""

from lab.faults.fault import Fault

PREFIX = "/opt/anaconda3"
# The prefix is made anew, with all that lies in it.
EVERYTHING = ("conda", "env", "deepspeed", "cuda")
BLOCK = "/>>> conda initialize >>>/,/<<< conda initialize <<</"
RUNS = "it runs by that Python"
SAME = "it is what answers"


def shells(account: str) -> tuple[str, str]:
    """What conda must be in an account's shells."""
    return (f"conda/conda_is_initialised[{account}]", f"conda/interactive_shell_finds_conda[{account}]")


BASE = (
    Fault(
        name="conda-install-interrupted",
        cause="A converge was cut off in the midst of the installer.",
        node="node1",
        breaks=(f": > {PREFIX}.trueup-installing",),
        shows=f"[ -e {PREFIX}.trueup-installing ]",
        spans=EVERYTHING,
        reds=("conda/installation_is_finished",),
        plan=("conda | base installation",),
        heals=True,
    ),
    Fault(
        name="conda-base-python-lost",
        cause="conda update of the base was cut off.",
        node="node2",
        breaks=(f"rm {PREFIX}/bin/python3.11",),
        shows=f"! [ -e {PREFIX}/bin/python3.11 ]",
        spans=EVERYTHING,
        reds=("conda/base_python_runs", "conda/conda_answers", "conda/environment_is_known_to_conda"),
        reasons=(RUNS, RUNS),
        plan=("conda | base installation",),
        heals=True,
    ),
    Fault(
        name="conda-prefix-of-a-user",
        cause="A user was made the owner, to install something there.",
        node="node1",
        breaks=(f"chown train {PREFIX}",),
        shows=f"[ $(stat -c %U {PREFIX}) = train ]",
        reds=("conda/prefix_belongs_to_root",),
        plan=("conda | base installation",),
        heals=True,
    ),
    Fault(
        name="conda-prefix-open",
        cause="chmod 777, so that everybody may install there.",
        node="node2",
        breaks=(f"chmod 777 {PREFIX}",),
        shows=f"[ $(stat -c %a {PREFIX}) = 777 ]",
        reds=("conda/prefix_belongs_to_root",),
        plan=("conda | base installation",),
        heals=True,
    ),
    Fault(
        name="conda-environment-unknown",
        cause="conda-meta was cleaned up by hand.",
        node="node2",
        breaks=(f"mv {PREFIX}/envs/dis/conda-meta/history /root/lab-history",),
        shows="[ -e /root/lab-history ]",
        reds=("conda/environment_is_known_to_conda",),
        heals=False,
        mends=(f"mv /root/lab-history {PREFIX}/envs/dis/conda-meta/history",),
    ),
    Fault(
        name="conda-another-first",
        cause="A user's installer of Miniconda linked its conda into /usr/local/bin.",
        node="node1",
        breaks=(
            "mkdir -p /opt/miniconda3/bin && printf '#!/bin/sh\\necho conda 4.5.4\\n' > /opt/miniconda3/bin/conda",
            "chmod 755 /opt/miniconda3/bin/conda && ln -s /opt/miniconda3/bin/conda /usr/local/bin/conda",
        ),
        shows="[ -L /usr/local/bin/conda ]",
        reds=("conda/no_other_conda_is_in_path[root]", "conda/no_other_conda_is_in_path[train]"),
        reasons=("the folder is in everybody's PATH",),
        heals=False,
        mends=("rm -r /usr/local/bin/conda /opt/miniconda3",),
    ),
)

SHELLS = (
    Fault(
        name="conda-init-lost",
        cause="conda init --reverse, or a new .bashrc.",
        node="node1",
        breaks=(f"sed -i '{BLOCK}d' /home/train/.bashrc",),
        shows="! grep -q 'conda initialize' /home/train/.bashrc",
        reds=shells("train"),
        reasons=("nothing else makes it known",),
        plan=("conda | conda init for train",),
        heals=True,
        takes=("/home/train/.bashrc",),
    ),
    Fault(
        name="conda-init-lost-by-root",
        cause="The same for root.",
        node="node2",
        breaks=(f"sed -i '{BLOCK}d' /root/.bashrc",),
        shows="! grep -q 'conda initialize' /root/.bashrc",
        reds=shells("root"),
        reasons=("nothing else makes it known",),
        plan=("conda | conda init for root",),
        heals=True,
        takes=("/root/.bashrc",),
    ),
    Fault(
        name="conda-init-of-another",
        cause="Another conda's init took the block over.",
        node="node1",
        breaks=(f"sed -i '{BLOCK}s#{PREFIX}#/opt/miniconda3#g' /root/.bashrc",),
        shows="grep -q '/opt/miniconda3/bin/conda' /root/.bashrc",
        reds=shells("root"),
        reasons=("that conda is not there",),
        plan=("conda | conda init for root",),
        heals=True,
        takes=("/root/.bashrc",),
    ),
    Fault(
        name="conda-bashrc-of-root",
        cause="root ran conda init with a user's HOME.",
        node="node1",
        breaks=("chown root: /home/train/.bashrc",),
        shows="[ $(stat -c %U /home/train/.bashrc) = root ]",
        reds=("conda/start_up_file_belongs_to_its_account[train]",),
        plan=("conda | conda init for train",),
        heals=True,
        takes=("/home/train/.bashrc",),
    ),
    Fault(
        name="conda-bashrc-lost",
        cause="A user deleted it, to begin afresh.",
        node="node2",
        breaks=("mv /home/train/.bashrc /root/lab-bashrc",),
        shows="! grep -qs 'conda initialize' /home/train/.bashrc",
        reds=(*shells("train"), "conda/start_up_file_belongs_to_its_account[train]"),
        reasons=("nothing else makes it known", "what is not there belongs to nobody"),
        plan=("conda | conda init for train",),
        heals=True,
        tidies=("cat /root/lab-bashrc > /home/train/.bashrc", "rm /root/lab-bashrc"),
        takes=("/home/train/.bashrc",),
    ),
    Fault(
        name="conda-block-not-reached",
        cause="A return was put at the head of .bashrc, to silence a greeting.",
        node="node2",
        breaks=("sed -i '1i return # lab' /root/.bashrc",),
        shows="head -n 1 /root/.bashrc | grep -q '^return # lab'",
        reds=("conda/interactive_shell_finds_conda[root]",),
        heals=False,
        mends=("sed -i '/^return # lab/d' /root/.bashrc",),
        takes=("/root/.bashrc",),
    ),
)

CONTROLS = (
    Fault(
        name="control-conda-rc",
        cause="A user turned the prompt off.",
        node="node1",
        breaks=("echo 'changeps1: false' > /root/.condarc",),
        shows="[ -e /root/.condarc ]",
        reds=(),
        heals=False,
        mends=("rm /root/.condarc",),
    ),
    Fault(
        name="control-conda-other-environment",
        cause="Another project has an environment of its own.",
        node="node2",
        breaks=(f"mkdir -p {PREFIX}/envs/other/conda-meta && : > {PREFIX}/envs/other/conda-meta/history",),
        shows=f"[ -d {PREFIX}/envs/other ]",
        reds=(),
        heals=False,
        mends=(f"rm -r {PREFIX}/envs/other",),
    ),
)

MUTATIONS = BASE + SHELLS + CONTROLS
