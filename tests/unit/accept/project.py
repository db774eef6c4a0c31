"""A project of its own, in a folder of the test: an inventory, a profile, and checks that need no node."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
INI = "[pytest]\naddopts = --strict-markers -ra --import-mode=importlib -p no:cacheprovider\n"


@dataclass(frozen=True)
class Run:
    """What a run of pytest gave: exit status, standard output and error, its records by "node check"."""

    status: int
    output: str
    errors: str
    records: dict[str, dict[str, Any]]

    def outcome(self, name: str) -> str:
        """Of one "node check"."""
        return str(self.records[name]["outcome"])


class Project:
    """Writes files, and runs the acceptance of what they declare."""

    def __init__(self, path: Path) -> None:
        self.path = path
        shutil.copy(ROOT / "conftest.py", path)
        (path / "pytest.ini").write_text(INI)
        (path / "profiles.py").write_text("from trueup.declaration import LAB\n")
        self.nodes("a-1", "a")

    def write(self, name: str, text: str) -> None:
        """A file below the project."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def nodes(self, *names: str, **data: dict[str, object]) -> None:
        """An inventory of these nodes; a keyword adds data to the node of that name ("_" for "-")."""
        every = {"profile": "lab", "gpus": "a100-pcie-40gb x2", "interface": "eth0", "mirror": "http://127.0.0.1:9"}
        hosts = [
            (name, {**every, "ssh_hostname": f"127.0.0.{number}", **data.get(name.replace("-", "_"), {})})
            for number, name in enumerate(names, start=1)
        ]
        self.write("inventory.py", f"a = {hosts!r}\n")

    def run(self, *arguments: str) -> Run:
        """`pytest tests` there, with records."""
        records = self.path / "records.json"
        records.unlink(missing_ok=True)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "--results", str(records), *arguments, "tests"],
            cwd=self.path,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        answers = json.loads(records.read_text()) if records.exists() else []
        return Run(
            done.returncode,
            done.stdout,
            done.stderr,
            {f"{answer['node']} {answer['check']}": answer for answer in answers},
        )
