"""conda in a shell: the block in .bashrc, `conda activate`, `conda run`."""

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from . import prefixes

BEGIN, END = "# >>> conda initialize >>>", "# <<< conda initialize <<<"


def block(root: Path) -> str:
    """What `conda init` writes."""
    return (
        f"{BEGIN}\n"
        "# !! Contents within this block are managed by 'conda init' !!\n"
        f"__conda_setup=\"$('{root}/bin/conda' 'shell.bash' 'hook' 2> /dev/null)\"\n"
        "if [ $? -eq 0 ]; then\n"
        '    eval "$__conda_setup"\n'
        "else\n"
        f'    if [ -f "{root}/etc/profile.d/conda.sh" ]; then\n'
        f'        . "{root}/etc/profile.d/conda.sh"\n'
        "    else\n"
        f'        export PATH="{root}/bin:$PATH"\n'
        "    fi\n"
        "fi\n"
        "unset __conda_setup\n"
        f"{END}\n"
    )


def init() -> None:
    """Put the block into ~/.bashrc, in the place of an older one."""
    target = Path.home() / ".bashrc"
    before = target.read_text(encoding="utf-8") if target.is_file() else ""
    wanted = block(prefixes.root())
    if BEGIN in before and END in before:
        head, rest = before.split(BEGIN, 1)
        after = head + wanted + rest.split(END, 1)[1].removeprefix("\n")
    else:
        after = before + ("\n" if before and not before.endswith("\n") else "") + wanted
    if after == before:
        sys.stdout.write(f"no change     {target}\nNo action taken.\n")
        return
    target.write_text(after, encoding="utf-8")
    sys.stdout.write(f"modified      {target}\n\n")
    sys.stdout.write("==> For changes to take effect, close and re-open your current shell. <==\n\n")


def hook() -> None:
    """`conda shell.bash hook`: the function, and the base activated."""
    root = prefixes.root()
    sys.stdout.write((root / "etc" / "profile.d" / "conda.sh").read_text(encoding="utf-8"))
    sys.stdout.write("conda activate base\n")


def _variables(prefix: Path) -> dict[str, str]:
    """The environment of a process in which `prefix` is active."""
    old = os.environ.get("CONDA_PREFIX")
    path = [part for part in os.environ.get("PATH", "").split(":") if not old or part != f"{old}/bin"]
    name = "base" if prefix == prefixes.root() else prefix.name
    return {
        "PATH": ":".join([f"{prefix}/bin", *path]),
        "CONDA_PREFIX": str(prefix),
        "CONDA_DEFAULT_ENV": name,
        "CONDA_SHLVL": "1",
        "CONDA_PROMPT_MODIFIER": f"({name}) ",
    }


def activate(word: str) -> None:
    """Print the commands that make an environment, by name or path, the shell's own."""
    prefix = prefixes.existing(Path(word) if "/" in word else prefixes.named(word))
    prompt = os.environ.get("PS1", "").removeprefix(os.environ.get("CONDA_PROMPT_MODIFIER", ""))
    variables = _variables(prefix)
    lines = [f"export {key}={shlex.quote(value)}" for key, value in variables.items()]
    lines.append(f"PS1={shlex.quote(variables['CONDA_PROMPT_MODIFIER'] + prompt)}")
    sys.stdout.write("\n".join(lines) + "\n")


def deactivate() -> None:
    """Print the commands that leave the active environment."""
    old = os.environ.get("CONDA_PREFIX")
    path = ":".join(part for part in os.environ.get("PATH", "").split(":") if not old or part != f"{old}/bin")
    prompt = os.environ.get("PS1", "").removeprefix(os.environ.get("CONDA_PROMPT_MODIFIER", ""))
    gone = "unset CONDA_PREFIX CONDA_DEFAULT_ENV CONDA_PROMPT_MODIFIER"
    sys.stdout.write(f"export PATH={shlex.quote(path)}\n{gone}\nexport CONDA_SHLVL=0\nPS1={shlex.quote(prompt)}\n")


def run(prefix: Path, command: Sequence[str]) -> int:
    """Run a command in an environment; its exit status."""
    prefixes.existing(prefix)
    variables = {**os.environ, **_variables(prefix)}
    status = subprocess.run(["/usr/bin/env", *command], env=variables).returncode
    if status != 0:
        words = " ".join(command)
        sys.stderr.write(f"ERROR conda.cli.main_run:execute(148): `conda run {words}` failed. (See above for error)\n")
    return status
