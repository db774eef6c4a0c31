"""A channel: its index, the package that a spec asks for, and the package's bytes, verified by hash."""

import hashlib
import http.client
import json
import re
import shutil
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

from .errors import CondaError

SUBDIRS = ("linux-64", "noarch")
TIMEOUT_S = 60
Record = dict[str, Any]


class Spec(NamedTuple):
    """`name`, `name=1.2` (1.2 and 1.2.*) or `name==1.2` (exactly)."""

    name: str
    exact: bool
    version: str

    def fits(self, record: Record) -> bool:
        """Whether a package is what is asked for."""
        version = str(record["version"])
        if self.exact or not self.version:
            return bool(record["name"] == self.name and self.version in ("", version))
        return bool(record["name"] == self.name and f"{version}.".startswith(f"{self.version}."))


def parse_spec(text: str) -> Spec:
    """A spec as written on the command line; CondaError for any other form."""
    match = re.fullmatch(r"([A-Za-z0-9_.-]+?)(?:(==?)([A-Za-z0-9_.]+))?", text)
    if not match:
        raise CondaError("InvalidMatchSpec", f"Invalid spec '{text}': the lab's stand-in reads name, name=X, name==X")
    return Spec(match[1].lower(), match[2] == "==", match[3] or "")


def name_of(url: str) -> str:
    """A channel's short name."""
    return url.rsplit("/", 1)[-1]


def _unavailable(url: str) -> CondaError:
    place = url.removeprefix("file://")
    return CondaError(
        "UnavailableInvalidChannel",
        f"HTTP 404 UNAVAILABLE OR INVALID for channel {name_of(url)} <{url}>\n\n"
        "The channel is not accessible or is invalid.\n\n"
        "You will need to adjust your conda configuration to proceed.\n"
        "Use `conda config --show channels` to view your configuration's current state,\n"
        "and use `conda config --show-sources` to view config file locations.\n\n"
        "As of conda 4.3, a valid channel must contain a\n"
        "`noarch/repodata.json` even if `noarch/repodata.json` is\n"
        f"empty. Use `conda index {place}`, or create `noarch/repodata.json`\n",
    )


def _no_answer(url: str) -> CondaError:
    return CondaError(
        "CondaHTTPError",
        f"HTTP 000 CONNECTION FAILED for url <{url}>\nElapsed: -\n\n"
        "An HTTP error occurred when trying to retrieve this URL.\n"
        "HTTP errors are often intermittent, and a simple retry will get you on your way.\n",
    )


def read_index(url: str) -> list[Record]:
    """All packages of a channel, each with its address; CondaError if the channel cannot be read."""
    records: list[Record] = []
    for subdir in SUBDIRS:
        place = f"{url}/{subdir}/repodata.json"
        try:
            with urllib.request.urlopen(place, timeout=TIMEOUT_S) as answer:  # noqa: S310 - the user's own channel
                index = json.load(answer)
        except urllib.error.HTTPError as error:
            raise _unavailable(url) from error
        except (OSError, http.client.HTTPException) as error:
            raise (_unavailable if url.startswith("file:") else _no_answer)(url) from error
        except ValueError as error:
            raise _unavailable(url) from error
        for kind in ("packages", "packages.conda"):
            for file_name, entry in index.get(kind, {}).items():
                address = {"fn": file_name, "url": f"{url}/{subdir}/{file_name}", "channel_url": url}
                records.append({**entry, **address, "subdir": subdir})
    return records


def newest(records: list[Record], spec: Spec) -> Record | None:
    """The newest package that fits; None if there is none."""

    def age(record: Record) -> tuple[list[int], int]:
        return [int(part) for part in re.findall(r"\d+", record["version"])], record["build_number"]

    return max((record for record in records if spec.fits(record)), key=age, default=None)


def download(record: Record, target: Path) -> None:
    """The package's bytes at `target`, moved there only when their SHA-256 is the index's; CondaError otherwise."""
    part = target.with_name(target.name + ".partial")
    try:
        with (
            urllib.request.urlopen(record["url"], timeout=TIMEOUT_S) as answer,  # noqa: S310 - as above
            part.open("wb") as out,
        ):
            shutil.copyfileobj(answer, out)
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise _no_answer(record["url"]) from error
    found = hashlib.sha256(part.read_bytes()).hexdigest()
    if found != record["sha256"]:
        part.unlink()
        raise CondaError(
            "ChecksumMismatchError",
            "Conda detected a mismatch between the expected content and downloaded content\n"
            f"for url '{record['url']}'.\n  download saved to: {target}\n"
            f"  expected sha256: {record['sha256']}\n  actual sha256: {found}\n",
        )
    part.replace(target)
