"""The stand-in answers word for word as a real conda 26.8.0 was recorded to."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.unit.lab.conda.conftest import Conda, make_channel

RECORDED: dict[str, Any] = json.loads(Path(__file__).with_name("conda-26.8.0.json").read_text())["runs"]
CONDARC = RECORDED["config_show_sources"]["stdout"].split("<==\n", 1)[1].split("\n\n==>")[0] + "\n"
Results = dict[str, subprocess.CompletedProcess[str]]


def here(text: str, conda: Conda) -> str:
    """A recorded text with this test's paths in the place of the recorder's."""
    for recorded, actual in {
        "file:///srv/mirror/conda": conda.url,
        '"location": "/srv/mirror"': f'"location": "{conda.channel.parent}"',
        "/srv/none": f"{conda.home}/nochan",
        "/opt/anaconda3": str(conda.root),
    }.items():
        text = text.replace(recorded, actual)
    return text


def timeless(text: str) -> str:
    """Without what is never twice the same: times and the package's MD5."""
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", "TIME", text)
    return re.sub(r"#[0-9a-f]{32}", "#MD5", text)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Conda:
    """One base for all, as when it was recorded."""
    home = tmp_path_factory.mktemp("conda")
    conda = Conda(home, make_channel(home / "chan"))
    (conda.root / ".condarc").write_text(here(CONDARC, conda))
    return conda


@pytest.fixture(scope="module")
def results(base: Conda) -> Results:
    """Every recorded command given to the stand-in, in the recorded order."""
    return {name: base(*(here(word, base) for word in run["argv"][1:])) for name, run in RECORDED.items()}


@pytest.mark.parametrize("name", RECORDED)
def test_answers_as_recorded(name: str, base: Conda, results: Results) -> None:
    """A deploy that works with the stand-in works with the real one: same words, same streams, same status."""
    wanted = RECORDED[name]
    found = results[name]

    assert (wanted["rc"], timeless(here(wanted["stdout"], base)), here(wanted["stderr"], base)) == (
        found.returncode,
        timeless(found.stdout),
        found.stderr,
    )
