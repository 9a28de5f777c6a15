"""The code of docs/evals.md does what it says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest


def test_the_python_of_the_document_runs(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blocks one after the other; the one that holds tests is run by pytest as well."""
    (tmp_path / "seeds").symlink_to(root / "seeds")
    gold = (root / "evals/gold/seeds.jsonl").read_text(encoding="utf-8").split("\n")
    chosen = [line for line in gold if '"seeds-finance-minister"' in line]
    (tmp_path / "gold.jsonl").write_text("\n".join(chosen), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    text = (root / "docs/evals.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    exec(compile("\n".join(blocks), "docs/evals.md", "exec"), {})
    (tmp_path / "test_gold.py").write_text(next(b for b in blocks if "def test_" in b))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_gold.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "1 passed" in done.stdout, done.stdout
