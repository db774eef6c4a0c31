"""Read a conda base and its environment: absent, half done, foreign, or good."""

from collections.abc import Iterable
from shlex import quote

from pyinfra.api.facts import FactBase

from deploy.shell_commands import creating_mark, installing_mark
from trueup.declaration import env_prefix


class CondaBase(FactBase[str]):
    """ "absent", "half", "foreign" (a folder that no installer of conda left), or "conda X.Y.Z"; see command()."""

    def command(self, prefix: str, quick: bool = False) -> str:
        """A base is good when it answers; conda-meta, pkgs and _conda are what constructor unpacks first.

        quick: its Python answers in conda's place, which takes ten times as long.
        """
        at = quote(prefix)
        python = f"[ -e {at}/conda-meta/history ] && {at}/bin/python -I -S -c '' 2>/dev/null && v='conda, not started'"
        answers = python if quick else f"v=$({at}/bin/conda --version 2>/dev/null)"
        return (
            f"if [ -e {quote(installing_mark(prefix))} ]; then echo half; "
            f'elif [ -x {at}/bin/conda ] && {answers}; then echo "$v"; '
            f'elif [ ! -e {at} ] || [ -z "$(ls -A {at} 2>/dev/null)" ]; then echo absent; '
            f"elif [ -d {at}/conda-meta ] || [ -d {at}/pkgs ] || [ -e {at}/_conda ]; then echo half; "
            f"else echo foreign; fi"
        )

    def process(self, output: Iterable[str]) -> str:
        """One line."""
        return " ".join(output).strip()


class EnvPython(FactBase[str]):
    """ "absent", "half", or the version of the environment's Python ("3.11.2")."""

    def command(self, prefix: str, env: str) -> str:
        """The interpreter answers for itself; -I -S keeps site-packages out of the question."""
        at = quote(env_prefix(prefix, env))
        ask = "import platform; print(platform.python_version())"
        return (
            f"if [ -e {quote(creating_mark(prefix, env))} ]; then echo half; "
            f"elif [ ! -e {at} ]; then echo absent; "
            f'elif v=$({at}/bin/python -I -S -c {quote(ask)} 2>/dev/null); then echo "$v"; '
            f"else echo half; fi"
        )

    def process(self, output: Iterable[str]) -> str:
        """One line."""
        return " ".join(output).strip()
