"""`conda list`, `conda env list`, `conda config --show-sources`: what is there."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from . import VERSION, prefixes
from .channel import Record, name_of


def installed(prefix: Path) -> list[Record]:
    """The conda-meta records of an environment, each with the channel's address."""
    prefixes.existing(prefix)
    found = [json.loads(path.read_text(encoding="utf-8")) for path in (prefix / "conda-meta").glob("*.json")]
    return sorted(({**r, "channel_url": r["channel"].rsplit("/", 1)[0]} for r in found), key=lambda r: r["name"])


def as_text(prefix: Path) -> str:
    """`conda list`."""
    rows = [("# Name", "Version", "Build", "Channel")]
    rows += [(r["name"], r["version"], r["build"], r["channel_url"]) for r in installed(prefix)]
    lines = "".join(f"{name:<26} {version:<16} {build:<16} {channel}\n" for name, version, build, channel in rows)
    return f"# packages in environment at {prefix}:\n#\n{lines}"


def as_explicit(prefix: Path, with_md5: bool) -> str:
    """`conda list --explicit`."""
    lines = "".join(f"{r['url']}{'#' + r['md5'] if with_md5 else ''}\n" for r in installed(prefix))
    return (
        "# This file may be used to create an environment using:\n"
        "# $ conda create --name <env> --file <this file>\n"
        f"# platform: linux-64\n# created-by: conda {VERSION}\n@EXPLICIT\n{lines}"
    )


def _name(prefix: Path) -> str:
    if prefix == prefixes.root():
        return "base"
    return prefix.name if prefix.parent == prefixes.root() / "envs" else ""


def environments_text() -> str:
    """`conda env list`."""
    lines = "".join(f"{_name(path):<24} {path}\n" for path in prefixes.environments())
    return f"\n# conda environments:\n#\n# * -> active\n# + -> frozen\n{lines}\n"


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).isoformat()


def _details(prefix: Path) -> dict[str, object]:
    state = (prefix / "conda-meta" / "history").stat()
    base = prefix == prefixes.root()
    return {
        "name": _name(prefix),
        "created": None if base else _when(state.st_ctime),
        "last_modified": _when(state.st_mtime),
        "active": os.environ.get("CONDA_PREFIX") == str(prefix),
        "base": base,
        "frozen": False,
        "writable": os.access(prefix, os.W_OK),
    }


def environments_json() -> str:
    """`conda env list --json`."""
    found = prefixes.environments()
    details = {str(path): _details(path) for path in found}
    return json.dumps({"envs": [str(path) for path in found], "envs_details": details}, indent=2)


def list_json(prefix: Path) -> str:
    """`conda list --json`."""
    shown = [
        {
            "base_url": r["channel_url"],
            "build_number": r["build_number"],
            "build_string": r["build"],
            "channel": name_of(r["channel_url"]),
            "dist_name": f"{r['name']}-{r['version']}-{r['build']}",
            "name": r["name"],
            "platform": r["subdir"],
            "version": r["version"],
        }
        for r in installed(prefix)
    ]
    return json.dumps(shown, indent=2)


def sources() -> str:
    """`conda config --show-sources`: the base's own file, and the solver if the environment names one."""
    condarc = prefixes.root() / ".condarc"
    text = f"==> {condarc} <==\n{condarc.read_text(encoding='utf-8')}\n" if condarc.is_file() else ""
    solver = os.environ.get("CONDA_SOLVER")
    return text + (f"==> envvars <==\nsolver: {solver}\n\n" if solver else "")


def show(text: str) -> None:
    """Print it as it is."""
    sys.stdout.write(text)
