"""Faults of the base installation and of its place in the shells, on one node."""

from lab.faults.fault import Fault

PREFIX = "/opt/anaconda3"
# The prefix is made anew, with all that lies in it.
EVERYTHING = ("conda", "env", "deepspeed", "cuda")
BLOCK = "/>>> conda initialize >>>/,/<<< conda initialize <<</"
RUNS = "it runs by that Python"
SAME = "it is what answers"


def shells(account: str) -> tuple[str, str]:
    """Return what conda must be in an account's shells."""
    return (f"conda/conda_is_initialised[{account}]", f"conda/interactive_shell_finds_conda[{account}]")


BASE = (
    Fault(
        name="conda-install-interrupted",
        cause="A converge was cut off in the midst of the installer.",
        node="node1",
        inject=(f": > {PREFIX}.trueup-installing",),
        verify=f"[ -e {PREFIX}.trueup-installing ]",
        rebuilds=EVERYTHING,
        failing_checks=("conda/installation_is_finished",),
        plan=("conda | base installation",),
        converge_repairs=True,
    ),
    Fault(
        name="conda-base-python-lost",
        cause="conda update of the base was cut off.",
        node="node2",
        inject=(f"rm {PREFIX}/bin/python3.11",),
        verify=f"! [ -e {PREFIX}/bin/python3.11 ]",
        rebuilds=EVERYTHING,
        failing_checks=("conda/base_python_runs", "conda/conda_answers", "conda/environment_is_known_to_conda"),
        reasons=(RUNS, RUNS),
        plan=("conda | base installation",),
        converge_repairs=True,
    ),
    Fault(
        name="conda-prefix-of-a-user",
        cause="A user was made the owner, to install something there.",
        node="node1",
        inject=(f"chown train {PREFIX}",),
        verify=f"[ $(stat -c %U {PREFIX}) = train ]",
        failing_checks=("conda/prefix_belongs_to_root",),
        plan=("conda | base installation",),
        converge_repairs=True,
    ),
    Fault(
        name="conda-prefix-open",
        cause="chmod 777, so that everybody may install there.",
        node="node2",
        inject=(f"chmod 777 {PREFIX}",),
        verify=f"[ $(stat -c %a {PREFIX}) = 777 ]",
        failing_checks=("conda/prefix_belongs_to_root",),
        plan=("conda | base installation",),
        converge_repairs=True,
    ),
    Fault(
        name="conda-environment-unknown",
        cause="conda-meta was cleaned up by hand.",
        node="node2",
        inject=(f"mv {PREFIX}/envs/dis/conda-meta/history /root/lab-history",),
        verify="[ -e /root/lab-history ]",
        failing_checks=("conda/environment_is_known_to_conda",),
        converge_repairs=False,
        undo=(f"mv /root/lab-history {PREFIX}/envs/dis/conda-meta/history",),
    ),
    Fault(
        name="conda-another-first",
        cause="A user's installer of Miniconda linked its conda into /usr/local/bin.",
        node="node1",
        inject=(
            "mkdir -p /opt/miniconda3/bin && printf '#!/bin/sh\\necho conda 4.5.4\\n' > /opt/miniconda3/bin/conda",
            "chmod 755 /opt/miniconda3/bin/conda && ln -s /opt/miniconda3/bin/conda /usr/local/bin/conda",
        ),
        verify="[ -L /usr/local/bin/conda ]",
        failing_checks=("conda/no_other_conda_is_in_path[root]", "conda/no_other_conda_is_in_path[train]"),
        reasons=("the folder is in everybody's PATH",),
        converge_repairs=False,
        undo=("rm -r /usr/local/bin/conda /opt/miniconda3",),
    ),
)

SHELLS = (
    Fault(
        name="conda-init-lost",
        cause="conda init --reverse, or a new .bashrc.",
        node="node1",
        inject=(f"sed -i '{BLOCK}d' /home/train/.bashrc",),
        verify="! grep -q 'conda initialize' /home/train/.bashrc",
        failing_checks=shells("train"),
        reasons=("nothing else makes it known",),
        plan=("conda | conda init for train",),
        converge_repairs=True,
        exclusive_resources=("/home/train/.bashrc",),
    ),
    Fault(
        name="conda-init-lost-by-root",
        cause="The same for root.",
        node="node2",
        inject=(f"sed -i '{BLOCK}d' /root/.bashrc",),
        verify="! grep -q 'conda initialize' /root/.bashrc",
        failing_checks=shells("root"),
        reasons=("nothing else makes it known",),
        plan=("conda | conda init for root",),
        converge_repairs=True,
        exclusive_resources=("/root/.bashrc",),
    ),
    Fault(
        name="conda-init-of-another",
        cause="Another conda's init took the block over.",
        node="node1",
        inject=(f"sed -i '{BLOCK}s#{PREFIX}#/opt/miniconda3#g' /root/.bashrc",),
        verify="grep -q '/opt/miniconda3/bin/conda' /root/.bashrc",
        failing_checks=shells("root"),
        reasons=("that conda is not there",),
        plan=("conda | conda init for root",),
        converge_repairs=True,
        exclusive_resources=("/root/.bashrc",),
    ),
    Fault(
        name="conda-bashrc-of-root",
        cause="root ran conda init with a user's HOME.",
        node="node1",
        inject=("chown root: /home/train/.bashrc",),
        verify="[ $(stat -c %U /home/train/.bashrc) = root ]",
        failing_checks=("conda/start_up_file_belongs_to_its_account[train]",),
        plan=("conda | conda init for train",),
        converge_repairs=True,
        exclusive_resources=("/home/train/.bashrc",),
    ),
    Fault(
        name="conda-bashrc-lost",
        cause="A user deleted it, to begin afresh.",
        node="node2",
        inject=("mv /home/train/.bashrc /root/lab-bashrc",),
        verify="! grep -qs 'conda initialize' /home/train/.bashrc",
        failing_checks=(*shells("train"), "conda/start_up_file_belongs_to_its_account[train]"),
        reasons=("nothing else makes it known", "what is not there belongs to nobody"),
        plan=("conda | conda init for train",),
        converge_repairs=True,
        cleanup=("cat /root/lab-bashrc > /home/train/.bashrc", "rm /root/lab-bashrc"),
        exclusive_resources=("/home/train/.bashrc",),
    ),
    Fault(
        name="conda-block-not-reached",
        cause="A return was put at the head of .bashrc, to silence a greeting.",
        node="node2",
        inject=("sed -i '1i return # lab' /root/.bashrc",),
        verify="head -n 1 /root/.bashrc | grep -q '^return # lab'",
        failing_checks=("conda/interactive_shell_finds_conda[root]",),
        converge_repairs=False,
        undo=("sed -i '/^return # lab/d' /root/.bashrc",),
        exclusive_resources=("/root/.bashrc",),
    ),
)

CONTROLS = (
    Fault(
        name="control-conda-rc",
        cause="A user turned the prompt off.",
        node="node1",
        inject=("echo 'changeps1: false' > /root/.condarc",),
        verify="[ -e /root/.condarc ]",
        failing_checks=(),
        converge_repairs=False,
        undo=("rm /root/.condarc",),
    ),
    Fault(
        name="control-conda-other-environment",
        cause="Another project has an environment of its own.",
        node="node2",
        inject=(f"mkdir -p {PREFIX}/envs/other/conda-meta && : > {PREFIX}/envs/other/conda-meta/history",),
        verify=f"[ -d {PREFIX}/envs/other ]",
        failing_checks=(),
        converge_repairs=False,
        undo=(f"rm -r {PREFIX}/envs/other",),
    ),
)

FAULTS = BASE + SHELLS + CONTROLS
