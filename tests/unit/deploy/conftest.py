"""The mirror and the node's folder of the tests of fetching."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import artifact_fetch
from tests.unit.deploy.mirror_server import BODY, Handler, Server


@pytest.fixture
def server() -> Iterator[Server]:
    """A mirror that has the artifact."""
    with Server(("127.0.0.1", 0), Handler) as server:
        server.files, server.requested = {"/files/a+b.whl": BODY}, []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The node's folder for artifacts, in a place of this test."""
    path = tmp_path / "cache"
    path.mkdir()
    monkeypatch.setattr(artifact_fetch, "CACHE", str(path))
    return path
