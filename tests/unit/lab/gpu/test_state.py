"""lab.gpu.state: the file of a healthy node, and the shell lines that change it."""

import subprocess
from pathlib import Path

import pytest

from lab.gpu.state import CONF, HEADING, conf_for, model_of, put, write
from trueup.compat import gpu_models


def change(path: Path, command: str) -> list[str]:
    """The file's lines after a command that was meant for a node."""
    subprocess.run(["sh", "-c", command.replace(CONF, str(path))], check=True)
    return path.read_text().splitlines()


def test_the_file_says_that_it_is_a_stand_in() -> None:
    """Whoever opens it on a node reads that first."""
    assert HEADING == conf_for("t4", 1).splitlines()[0]


@pytest.mark.parametrize("model", gpu_models())
def test_every_model_has_a_file(model: str) -> None:
    """Each GPU has its own UUID, and lines for one kind of memory repair."""
    text = conf_for(model, 3, "node1")

    assert 3 == len({line for line in text.splitlines() if ".uuid " in line})
    assert (".remapped " in text) != (".retired " in text)


def test_nodes_have_different_cards() -> None:
    """Two nodes with one model do not show the same UUIDs."""
    assert conf_for("t4", 1, "node1") != conf_for("t4", 1, "node3")


def test_an_unknown_model_is_refused() -> None:
    """There is nothing to say of it."""
    with pytest.raises(KeyError):
        conf_for("voodoo2", 1)


def test_models_alternate_as_the_inventory_says() -> None:
    """node1 and its like have A100s."""
    assert ["a100-pcie-40gb", "v100s-pcie-32gb"] == [model_of("node1"), model_of("node12")]


def test_put_replaces_one_line(tmp_path: Path) -> None:
    """The key's dot is no pattern, and no other line is touched."""
    path = tmp_path / "gpus.conf"
    path.write_text("0.width 16\n0xwidth 16\n10.width 16\n")

    assert ["0xwidth 16", "10.width 16", "0.width 8"] == change(path, put("0.width", "8"))


def test_write_keeps_every_byte(tmp_path: Path) -> None:
    """Quotes and percent signs reach the file as they are."""
    path = tmp_path / "gpus.conf"

    assert ["0.name it's 100 %s"] == change(path, write("0.name it's 100 %s\n").split("&& ", 1)[1])
