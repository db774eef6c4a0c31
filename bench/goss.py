"""goss as a contender: Debian's package of a later release, by hash, unpacked beside the bench and never installed.

The binary and a file of the same facts lie on each node before the clock starts; one ssh a node, all at once, runs it.
"""

import hashlib
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench import measure
from bench.facts import Endpoint, Fact
from bench.measure import CACHE

RELEASE, PACKAGE = "trixie", "goss_0.4.9-2+b3_amd64.deb"
SHA256 = "6d7fe64e2a1d7c458d619bec0ecb3c551974728f7f6ba1492fa59d44c9284d40"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
ON_NODE = "/root/.trueup-bench"


def binary() -> Path:
    """The program, from this machine's own mirror of Debian; Failed where its hash is another."""
    program = CACHE / "goss"
    package = CACHE / PACKAGE
    if not package.is_file():
        _download()
    if (found := hashlib.sha256(package.read_bytes()).hexdigest()) != SHA256:
        raise measure.Failed(f"{package}: wanted SHA-256 {SHA256}, found {found}")
    if not program.is_file():
        measure.run(["dpkg-deb", "-x", str(package), str(CACHE / "root")])
        (CACHE / "root/usr/bin/goss").rename(program)
    return program


def _download() -> None:
    targets = measure.run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME)", "Created-By: Packages"])
    mirror = next(line.split()[0] for line in targets.decode().splitlines() if line.endswith(" bookworm"))
    (CACHE / "lists/partial").mkdir(parents=True, exist_ok=True)
    source = CACHE / "sources.list"
    source.write_text(f"deb [signed-by={KEYRING}] {mirror} {RELEASE} main\n")
    options = [f"Dir::Etc::sourcelist={source}", "Dir::Etc::sourceparts=-", f"Dir::State::lists={CACHE}/lists"]
    options.append(f"Dir::Cache={CACHE}")
    apt = ["apt-get", "-q", *(word for each in options for word in ("-o", each))]
    measure.run([*apt, "update"])
    subprocess.run([*apt, "download", "goss"], cwd=CACHE, check=True, capture_output=True, timeout=300)


def goss_facts(known: list[Fact]) -> dict[str, dict[str, object]]:
    """The facts as goss has them."""
    found: dict[str, dict[str, object]] = {"file": {}, "package": {}, "service": {}, "user": {}, "command": {}}
    for fact in known:
        first, _, second = fact.expected.partition(" ")
        if fact.kind == "file":
            found["file"][fact.name] = {"exists": True, "mode": first.zfill(4), "owner": second}
        elif fact.kind == "package":
            found["package"][fact.name] = {"installed": True, "versions": [fact.expected]}
        elif fact.kind == "service":
            found["service"][fact.name] = {"running": True}
        elif fact.kind == "user":
            found["user"][fact.name] = {"exists": True, "uid": int(first), "home": second}
        else:
            found["command"][f"ulimit -{fact.name}"] = {"exit-status": 0, "stdout": [fact.expected]}
    return found


def prepare(config: Path, endpoints: list[Endpoint], known: dict[str, list[Fact]]) -> None:
    """Put program and facts on every node."""
    program = binary()
    for each in endpoints:
        ssh = ["ssh", "-F", str(config), each.name]
        measure.run(
            [*ssh, f"mkdir -p {ON_NODE} && cat >{ON_NODE}/goss && chmod 755 {ON_NODE}/goss"], stdin=program.read_bytes()
        )
        text = json.dumps(goss_facts(known[each.name])).encode()
        measure.run([*ssh, f"cat >{ON_NODE}/goss.yaml"], stdin=text)


def run_goss(config: Path, endpoints: list[Endpoint]) -> None:
    """One ssh a node."""

    def ask(endpoint: Endpoint) -> None:
        command = f"{ON_NODE}/goss -g {ON_NODE}/goss.yaml validate --format documentation --no-color"
        measure.run(["ssh", "-F", str(config), endpoint.name, command])

    with ThreadPoolExecutor(len(endpoints)) as pool:
        list(pool.map(ask, endpoints))


def clear(config: Path, endpoints: list[Endpoint]) -> None:
    """Leave the nodes as they were."""
    for each in endpoints:
        measure.run(["ssh", "-F", str(config), each.name, f"rm -rf {ON_NODE}"])
