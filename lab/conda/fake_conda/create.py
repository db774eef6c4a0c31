"""`conda create` and `conda remove --all`: the plan as the real one prints it, then the work."""

import json
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from . import prefixes
from .channel import Record, download, name_of, newest, parse_spec, read_index
from .errors import CondaError
from .link import extract, link, write_history


class Requested(NamedTuple):
    """What the command line of `create` asked for."""

    prefix: Path
    channels: list[str]
    specs: list[str]
    as_json: bool


def dist(record: Record) -> dict[str, object]:
    """A package as `--json` shows it."""
    return {
        "base_url": record["channel_url"],
        "build_number": record["build_number"],
        "build_string": record["build"],
        "channel": name_of(record["channel_url"]),
        "dist_name": f"{record['name']}-{record['version']}-{record['build']}",
        "name": record["name"],
        "platform": record["subdir"],
        "version": record["version"],
    }


def _human(size: int) -> str:
    """A size as conda prints it."""
    if size < 2**20:
        return f"{max(1, round(size / 2**10))} KB"
    return f"{size / 2**20:.1f} MB"


def _plan(wanted: Requested, records: list[Record], to_fetch: list[Record]) -> str:
    lines = ["\n## Package Plan ##\n", f"  environment location: {wanted.prefix}\n"]
    lines += ["  added / updated specs:", *(f"    - {spec}" for spec in sorted(wanted.specs)), "\n"]
    if to_fetch:
        lines += ["The following packages will be downloaded:\n"]
        lines += [f"    {'package':<27}|{'build':>17}", f"    {'-' * 27}|{'-' * 17}"]
        for r in to_fetch:
            title = f"{r['name']}-{r['version']}"
            lines.append(f"    {title:<27}|{r['build']:>17}{_human(r['size']):>15}  {r['channel_url']}")
        total = _human(sum(record["size"] for record in to_fetch))
        lines += ["    " + "-" * 60, f"{'Total:':>49}{total:>15}\n"]
    lines += ["The following NEW packages will be INSTALLED:\n"]
    for r in records:
        build = f"{r['name']}-{r['version']}-{r['build']}"
        lines.append(f"  {r['name']:<18} {name_of(r['channel_url'])}/{r['subdir']}::{build} ")
    return "\n".join(lines) + "\n\n\n"


def _missing(channels: list[str], specs: list[str]) -> CondaError:
    wanted, places_ = ("".join(f"\n  - {word}" for word in words) for words in (specs, channels))
    urls = [
        {
            "auth": None,
            "location": url.split("://", 1)[1].rsplit("/", 1)[0],
            "name": name_of(url),
            "package_filename": None,
            "platform": None,
            "scheme": url.split("://", 1)[0],
            "token": None,
        }
        for url in channels
    ]
    return CondaError(
        "PackagesNotFoundInChannelsError",
        "The following packages are not available from current channels:\n"
        f"{wanted}\n\nCurrent channels:\n{places_}\n\n"
        "To search for alternate channels that may provide the conda package you're\n"
        "looking for, navigate to\n\n    https://anaconda.org\n\n"
        "and use the search bar at the top of the page.\n",
        channel_urls=urls,
        channels_formatted=places_,
        packages=specs,
        packages_formatted=wanted,
    )


def _solve(wanted: Requested) -> list[Record]:
    say = (lambda _text: None) if wanted.as_json else sys.stdout.write
    head = "".join(f"Channel: {url}\n" for url in wanted.channels)
    head += f"Platform: linux-64\nTarget prefix: {wanted.prefix}\nCollecting package metadata (repodata.json): "
    say(f"{head}...working... ")
    try:
        packages = [record for url in wanted.channels for record in read_index(url)]
    except CondaError:
        say("failed\n")
        raise
    say("done\nSolving environment: ...working... ")
    found = {spec: newest(packages, parse_spec(spec)) for spec in wanted.specs}
    lacking = [spec for spec, record in found.items() if record is None]
    if lacking:
        # The real one tries a second time with a larger index, and says all of it again.
        say(f"failed\n{head}...working... done\nSolving environment: ...working... failed\n")
        raise _missing(wanted.channels, lacking)
    say("done\n")
    return [record for record in found.values() if record is not None]


def create(wanted: Requested) -> None:
    """An environment of exactly these packages; one that exists there is replaced without a question."""
    records = _solve(wanted)
    cache = prefixes.package_cache()
    to_fetch = [record for record in records if not (cache / record["fn"]).is_file()]
    if not wanted.as_json:
        sys.stdout.write(_plan(wanted, records, to_fetch))
        sys.stdout.flush()
    for record in to_fetch:
        download(record, cache / record["fn"])
    if prefixes.is_environment(wanted.prefix):
        shutil.rmtree(wanted.prefix)
    for record, spec in zip(records, wanted.specs, strict=True):
        link(extract(cache / record["fn"]), record, wanted.prefix, spec)
    write_history(wanted.prefix, " ".join(sys.argv), records, wanted.specs)
    prefixes.register(wanted.prefix)
    if wanted.as_json:
        actions = {
            "FETCH": [dist(record) for record in to_fetch],
            "PREFIX": str(wanted.prefix),
            "LINK": [dist(record) for record in records],
        }
        document = {"success": True, "actions": actions, "prefix": str(wanted.prefix)}
        sys.stdout.write(json.dumps(document, indent=2))
    else:
        sys.stdout.write(transaction())


def transaction() -> str:
    """What the real one prints while it works."""
    return "".join(f"{word} transaction: ...working... done\n" for word in ("Preparing", "Verifying", "Executing"))


def remove_all(prefix: Path) -> None:
    """Remove an environment with everything in it."""
    prefixes.existing(prefix)
    names = "".join(f"  {path.stem}\n" for path in sorted((prefix / "conda-meta").glob("*.json")))
    sys.stdout.write(
        f"\nRemove all packages in environment {prefix}:\n\n\n## Package Plan ##\n\n"
        f"  environment location: {prefix}\n\n\nThe following packages will be REMOVED:\n\n{names}\n\n"
    )
    shutil.rmtree(prefix)
    sys.stdout.write(transaction())
