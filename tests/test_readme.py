import re
from pathlib import Path

import pytest

DOCUMENTS = ["README.md", "docs/python.md"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_python_of_a_document_runs(
    document: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "seeds").symlink_to(root / "seeds")
    monkeypatch.chdir(tmp_path)
    for variable in ("FOOTNOTE_STORE", "FOOTNOTE_LLM", "OPENAI_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    text = (root / document).read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    assert code
    exec(compile(code, document, "exec"), {})


def test_every_command_of_the_readme_exists(root: Path) -> None:
    from ui.cli.app import app

    text = (root / "README.md").read_text(encoding="utf-8")
    named = {command.name or command.callback.__name__ for command in app.registered_commands}  # type: ignore[union-attr]
    assert set(re.findall(r"^footnote ([a-z]+)", text, re.MULTILINE)) <= named


def test_every_target_of_the_readme_exists(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)
    assert [target for target in targets if f"\n{target}:" not in makefile] == []


def test_every_link_of_the_readme_leads_somewhere(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert [link for link in links if not (root / link).exists()] == []
