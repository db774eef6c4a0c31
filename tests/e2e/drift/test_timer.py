"""A lab node with real systemd as the controller: the timer fires, runs, stores and tells by itself."""

import json
import re
import runpy
import time
from collections.abc import Iterator
from pprint import pformat
from typing import Any

import pytest

from lab.instance import Instance
from lab.stacks import STANDARD_STACK
from tests.e2e.conftest import INVENTORY, ROOT, STEP_S, Pair
from tests.e2e.controller import WHEELS, Controller, bundle, wheels
from tests.e2e.machines import instance, node
from tests.unit.drift.notify.receivers import webhook
from trueup.lockfile import site_lock_path

UNIT = "trueup-drift-quick"
HOME = "/root/trueup"
STATE = "/root/.local/state/trueup/drift"
PROM = "/var/lib/prometheus/node-exporter/trueup.prom"
INSTALL = """
apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends git python3-venv
rm -rf trueup lab .local/state/trueup && git clone -q bundle trueup && cd trueup && python3 -m venv .venv
.venv/bin/pip install -q --require-hashes -r requirements/run.txt
.venv/bin/pip install -q --no-deps --no-build-isolation -e .
mkdir -p -m 700 /root/lab /root/.config/trueup /var/lib/prometheus/node-exporter
"""
# The pair is not this module's own, and nobody else's node may keep the lab's private key.
REMOVE = f"rm -rf bundle trueup lab .config/trueup .local/state/trueup {WHEELS} /var/lib/prometheus"
# The timer's random delay is a tenth of its five minutes; a run on a busy machine takes minutes.
FIRES_S = 420.0
# systemd-analyze's own scale: 0 is shut, 10 is open; of a service that looks at other machines as root.
EXPOSED = 5.0


@pytest.fixture(scope="module")
def controller(converged: Pair, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Controller]:
    """node1, with this checkout, an environment of its own, and the lab's key to both nodes; afterwards without."""
    lab, folder = instance(converged), tmp_path_factory.mktemp("controller")
    found = Controller(node(converged, "node1"), "root")
    found.put("bundle", bundle(folder))
    found.put_folder(wheels(folder), WHEELS)
    done = found.run(INSTALL, STEP_S)
    assert done.rc == 0, done.out + done.err
    site = site_lock_path(ROOT / STANDARD_STACK.lock)
    found.put(f"{HOME}/{site.relative_to(ROOT)}", site.read_bytes())
    found.put(f"{HOME}/watched.py", inventory(lab).encode())
    for name, file in (("key", lab.key), ("known_hosts", lab.known_hosts)):
        found.put(f"/root/lab/{name}", file.read_bytes())
    assert 0 == found.run("chmod 600 /root/lab/key").rc
    yield found
    assert 0 == found.run(REMOVE).rc


def inventory(lab: Instance) -> str:
    """The lab's inventory with values in place of what it asks this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRUEUP_LAB", lab.name)
        found = runpy.run_path(str(ROOT / INVENTORY))
    own = {"ssh_key": "/root/lab/key", "ssh_known_hosts_file": "/root/lab/known_hosts"}
    groups = {group: [(name, {**data, **own}) for name, data in found[group]] for group in ("a100", "v100s")}
    return "\n".join(f"{group} = {pformat(nodes)}" for group, nodes in groups.items()) + "\n"


@pytest.fixture
def messages(controller: Controller) -> Iterator[list[dict[str, Any]]]:
    """What a receiver on this machine gets of the controller; afterwards no timer is left."""
    with webhook(host=controller.node.instance.gateway) as (url, got):
        controller.put("/root/.config/trueup/notify.toml", f'urls = ["{url}"]\n'.encode())
        assert 0 == controller.run("chmod 600 /root/.config/trueup/notify.toml").rc
        yield got
        controller.run(f"cd {HOME} && .venv/bin/trueup schedule remove")


def until(controller: Controller, command: str, deadline: float = FIRES_S) -> str:
    """What a command prints once it succeeds; AssertionError with what the journal says where it never does."""
    end = time.monotonic() + deadline
    while time.monotonic() < end:
        done = controller.run(command)
        if done.rc == 0:
            return done.out
        time.sleep(2.0)
    journal = controller.run(f"journalctl -u '{UNIT}*' --no-pager | tail -40; systemctl list-timers --no-pager")
    raise AssertionError(f"{command}: not within {deadline:.0f} s:\n{journal.out}")


def ran(began: int) -> str:
    """Succeeds when a run of the service has ended since then, in seconds since 1970."""
    told = f"journalctl -q -u {UNIT}.service --since=@{began} --no-pager | grep -c 'Finished {UNIT}'"
    return f"[ $({told}) -ge 1 ]"


def test_timer(controller: Controller, converged: Pair, messages: list[dict[str, Any]]) -> None:
    """Installed, it fires; a drift is stored and told once; mended, the next run closes it; removed, it is gone."""
    stopped = converged.on("node2", "systemctl stop chrony")
    began = int(time.time())
    options = f"--tier quick --every 5 --inventory watched.py --prometheus {PROM}"
    installed = controller.run(f"cd {HOME} && .venv/bin/trueup schedule install {options}")
    assert (0, 0) == (stopped.rc, installed.rc), installed.out + installed.err
    verified = controller.run(f"systemd-analyze verify {UNIT}.service {UNIT}.timer 2>&1")
    judged = controller.run(f"systemd-analyze security --no-pager {UNIT}.service")
    until(controller, ran(began))
    status = controller.run(f"cd {HOME} && .venv/bin/trueup schedule status --every 5 --inventory watched.py")
    shown = controller.run(f"systemctl show -p Result -p ExecMainStatus {UNIT}.service")
    metrics = controller.run(f"stat -c %a {PROM} && cat {PROM}")
    opened = [message["title"] for message in messages]
    mended = converged.on("node2", "systemctl start chrony")
    again = controller.run(f"systemctl start {UNIT}.service", FIRES_S)
    history = json.loads(controller.run(f"cd {HOME} && .venv/bin/trueup history --json --inventory watched.py").out)
    removed = controller.run(f"cd {HOME} && .venv/bin/trueup schedule remove")
    left = controller.run(f"ls {STATE}; systemctl list-unit-files --no-legend '{UNIT}*'")

    assert (0, "") == (verified.rc, verified.out)
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", judged.out)
    assert exposure
    assert float(exposure[1]) <= EXPOSED
    assert ({"Result=success", "ExecMainStatus=1"}, 0) == (set(shown.out.split()), status.rc), status.out
    assert "drift ran in time" in status.out
    assert metrics.out.startswith("644\n")
    assert 'trueup_in_sync{node="node2"} 0' in metrics.out
    assert ["trueup: node2: 2 items no longer in order (alert 1)"] == opened
    assert (0, 0) == (mended.rc, again.rc), again.err
    assert {("node2", "time/service_runs", False), ("node2", "time/plan: service", False)} == {
        (one["node"], one["check"], one["healed"] is None) for one in history
    }
    assert [*opened, "trueup: node2: 2 items in order again (alert 1)"] == [message["title"] for message in messages]
    assert 0 == removed.rc
    assert f"{UNIT}.timer" in removed.out
    assert UNIT not in left.out
    assert "watched" in left.out
