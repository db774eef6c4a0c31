"""Secrets are planted where trueup handles some, and looked for in everything that it writes."""

import os
from pathlib import Path

import pytest

from lab.instance import load
from tests.e2e.conftest import INVENTORY, Done, Pair
from tests.e2e.machines import node

PASSWORD = "planted-Passw0rd-of-the-alert"  # noqa: S105 -- planted, to be looked for
TOKEN = "planted0Token0of0the0chat"  # noqa: S105 -- planted, to be looked for


@pytest.fixture(scope="module")
def secrets(converged: Pair) -> dict[str, str]:
    """What must show nowhere: the nodes' private keys, the lab's, and what an operator puts into notify.toml."""
    lab = load(converged.name)
    assert lab is not None
    keys = {"the controller's key": lab.key.read_text(encoding="utf-8")}
    for name in ("node1", "node2"):
        for home in ("/root", "/home/train"):
            keys[f"{home} of {name}"] = node(converged, name).execute(f"cat {home}/.ssh/id_ed25519")
        keys[f"host key of {name}"] = node(converged, name).execute("cat /etc/ssh/ssh_host_ed25519_key")
    bodies = {what: "".join(text.splitlines()[2:4]) for what, text in keys.items()}
    assert all(len(body) > 80 for body in bodies.values()), bodies.keys()
    return {**bodies, "the alert's password": PASSWORD, "the chat's token": TOKEN}


def occurrences(text: str, secrets: dict[str, str]) -> list[str]:
    """Which secrets a text has, however its lines are broken."""
    flat = "".join(text.split())
    return [what for what, secret in secrets.items() if secret in flat]


def test_planted_secret_is_detected(secrets: dict[str, str]) -> None:
    """The judge, judged: broken lines and other words around it hide nothing."""
    broken = {what: "\n".join(["before", secret[:40], secret[40:], "after"]) for what, secret in secrets.items()}

    assert {what: [what] for what in secrets} == {what: occurrences(text, secrets) for what, text in broken.items()}


def test_no_output_has_a_secret(converged: Pair, secrets: dict[str, str], tmp_path: Path) -> None:
    """Acceptance's records, drift's JSON, store, page, metrics and alerts that fail, pyinfra with --debug and -vvv."""
    tell = tmp_path / "notify.toml"
    urls = [f"json://me:{PASSWORD}@127.0.0.1:9/{TOKEN}", f"pover://{TOKEN}@{PASSWORD}"]
    tell.write_text(f"urls = {urls!r}\n".replace("'", '"'), encoding="utf-8")
    tell.chmod(0o600)
    node(converged, "node1").execute("rm -f /etc/nccl.conf")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "TRUEUP_DRIFT", str(tmp_path / "drift"))
        patch.setitem(os.environ, "TRUEUP_NOTIFY", str(tell))
        done = {
            "drift": converged.run(
                *("trueup", "drift", "--quick", "--json", "--inventory", INVENTORY),
                *("--prometheus", str(tmp_path / "out/metrics.prom"), "--junit", str(tmp_path / "out/junit.xml")),
            ),
            "report": converged.run(
                "trueup", "report", "--inventory", INVENTORY, "--out", str(tmp_path / "out/page.html")
            ),
            "converge": converged.run("pyinfra", "-y", "-vvv", "--debug", INVENTORY, "deploy/site.py"),
            "facts": converged.run("pyinfra", "--dry", "--debug-facts", INVENTORY, "deploy/site.py"),
            "accept": converged.accept("--tier", "quick", "--results", str(tmp_path / "out/records.json")),
        }
    written = {str(path): path.read_bytes().decode("utf-8", "ignore") for path in files(tmp_path) if path != tell}
    said = {name: both(each) for name, each in done.items()}
    leaks = {place: what for place, text in {**said, **written}.items() if (what := occurrences(text, secrets))}

    assert {"drift": 1, "report": 0, "converge": 0, "facts": 0, "accept": 0} == {n: d.rc for n, d in done.items()}
    assert any(path.endswith(".sqlite") for path in written)
    assert {} == leaks


def both(done: Done) -> str:
    """Both streams."""
    return done.out + done.err


def files(folder: Path) -> list[Path]:
    """Every file below it."""
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["node1", "node2"])
def test_nothing_but_sshd_listens_on_a_node(converged: Pair, name: str) -> None:
    """Agentless: what does not listen cannot be attacked."""
    listed = node(converged, name).execute("ss -Hltn | awk '{print $4}'").split()
    outside = [address for address in listed if not address.startswith(("127.", "[::1]"))]

    assert {"22"} == {address.rpartition(":")[2] for address in outside}
