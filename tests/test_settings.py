from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.settings import VARIABLES, Settings


def test_defaults_answer_without_a_model(tmp_path: Path) -> None:
    assert Settings.load({}, tmp_path) == Settings()
    assert Settings().is_extractive


def test_environment_wins_over_dotenv_over_toml(tmp_path: Path) -> None:
    (tmp_path / "footnote.toml").write_text('store = "c"\nllm = "openai:c"\npassages = 3\n')
    (tmp_path / ".env").write_text("FOOTNOTE_STORE=b\nFOOTNOTE_LLM=openai:b\n")
    loaded = Settings.load({"FOOTNOTE_STORE": "a"}, tmp_path)
    assert loaded == Settings(store="a", llm="openai:b", passages=3)


def test_a_key_alone_is_enough(tmp_path: Path) -> None:
    assert Settings.load({"OPENAI_API_KEY": "sk-1"}, tmp_path).llm.startswith("openai:")


def test_extractive_turns_the_model_off(tmp_path: Path) -> None:
    environ = {"OPENAI_API_KEY": "sk-1", "FOOTNOTE_LLM": "extractive"}
    assert Settings.load(environ, tmp_path).is_extractive


def test_a_key_of_the_environment_is_not_sent_where_a_folder_says(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OPENAI_BASE_URL=http://elsewhere.test/v1\n")
    with pytest.raises(SettingsError, match="the key is not sent where a folder says"):
        Settings.load({"OPENAI_API_KEY": "sk-1"}, tmp_path)
    own = {"OPENAI_API_KEY": "sk-1", "OPENAI_BASE_URL": "http://here.test/v1"}
    assert Settings.load(own, tmp_path).openai_base_url == "http://here.test/v1"


def test_a_token_of_the_environment_is_not_sent_to_a_folders_store(tmp_path: Path) -> None:
    (tmp_path / "footnote.toml").write_text('store = "http://elsewhere.test"\n')
    with pytest.raises(SettingsError, match="FOOTNOTE_STORE is set in this folder"):
        Settings.load({"FOOTNOTE_STORE_TOKEN": "t"}, tmp_path)


def test_a_folder_may_say_where_its_own_key_is_sent(tmp_path: Path) -> None:
    url = "http://elsewhere.test/v1"
    (tmp_path / ".env").write_text(f"OPENAI_API_KEY=sk-2\nOPENAI_BASE_URL={url}\n")
    assert Settings.load({}, tmp_path).openai_base_url == url


def test_keys_are_never_shown() -> None:
    settings = Settings(openai_api_key="sk-secret", openai_base_url="http://me:sk-secret@host:1/v1")
    assert "sk-secret" not in repr(settings)
    assert settings.server == "host:1"


def test_a_price_is_for_a_million_tokens_read_and_written() -> None:
    assert Settings(price="0.40/1.60").cost(1_000_000, 500_000) == 1.2
    assert Settings().cost(1_000_000, 500_000) is None


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"FOOTNOTE_LLM": "gpt-4"}, "'gpt-4'"),
        ({"FOOTNOTE_LLM": "openai:"}, "'openai:'"),
        ({"FOOTNOTE_PASSAGES": "many"}, "'many'"),
        ({"FOOTNOTE_PASSAGES": "0"}, "0"),
        ({"FOOTNOTE_TIMEOUT": "soon"}, "'soon'"),
        ({"FOOTNOTE_TIMEOUT": "0"}, "FOOTNOTE_TIMEOUT is 0"),
        ({"FOOTNOTE_MAX_TOKENS": "-1"}, "FOOTNOTE_MAX_TOKENS is -1"),
        ({"FOOTNOTE_CONTEXT_WINDOW": "big"}, "'big'"),
        ({"FOOTNOTE_PRICE": "3"}, "'3'"),
        ({"FOOTNOTE_PRICE": "a/b"}, "'a/b'"),
    ],
)
def test_a_meaningless_value_is_named(tmp_path: Path, environ: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        Settings.load(environ, tmp_path)


def test_an_unknown_name_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "footnote.toml").write_text('shop = "x"\n')
    with pytest.raises(SettingsError, match="'shop'"):
        Settings.load({}, tmp_path)


def test_every_setting_is_documented(root: Path) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8")
    missing = [variable for variable in VARIABLES.values() if variable not in readme]
    assert missing == []
