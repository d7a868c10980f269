from pathlib import Path

import pytest

from assistant.errors import NotAuthorised, UsageError
from assistant.providers.choose import make_provider
from assistant.settings import OPENAI_URL, Choice, choose_model, normal_base_url, read_settings_file

NONE = Choice()


def test_without_anything_the_embedded_model_writes() -> None:
    assert choose_model(NONE, {}, NONE).provider == "local"


def test_an_openai_key_chooses_openai() -> None:
    chosen = choose_model(NONE, {"OPENAI_API_KEY": "sk-1"}, NONE)
    assert (chosen.provider, chosen.base_url, chosen.key) == ("openai", OPENAI_URL, "sk-1")


def test_flag_goes_before_environment_before_file_before_key() -> None:
    file = Choice(model="from-file", base_url="http://file/v1")
    env = {"AFTERNOTE_MODEL": "from-env", "OPENAI_API_KEY": "sk-1"}
    assert choose_model(Choice(model="from-flag"), env, file).model == "from-flag"
    assert choose_model(NONE, env, file).model == "from-env"
    assert choose_model(NONE, {"OPENAI_API_KEY": "sk-1"}, file).model == "from-file"
    assert choose_model(Choice(provider="local"), env, file).provider == "local"


def test_a_gguf_file_is_a_local_model() -> None:
    assert choose_model(Choice(model="m/x.gguf"), {"OPENAI_API_KEY": "sk-1"}, NONE).provider == "local"
    assert choose_model(NONE, {"AFTERNOTE_MODEL": "x.gguf"}, NONE).model == "x.gguf"


def test_a_flag_for_the_endpoint_keeps_the_model_of_the_file() -> None:
    chosen = choose_model(Choice(base_url="http://box:1234"), {}, Choice(model="qwen"))
    assert (chosen.model, chosen.base_url) == ("qwen", "http://box:1234/v1")


def test_the_openai_key_is_never_sent_to_another_address() -> None:
    env = {"OPENAI_API_KEY": "sk-secret", "AFTERNOTE_API_KEY": "other"}
    assert choose_model(Choice(model="m", base_url="http://box:1/v1"), env, NONE).key == "other"
    assert choose_model(Choice(model="m", base_url="http://box:1/v1"), {"OPENAI_API_KEY": "sk-secret"}, NONE).key == ""
    assert choose_model(Choice(model="m", base_url="https://api.openai.com.evil.example/v1"), env, NONE).key == "other"


def test_the_openai_key_goes_with_the_base_url_it_was_set_with() -> None:
    env = {"OPENAI_API_KEY": "sk-1", "OPENAI_BASE_URL": "http://proxy/v1/", "AFTERNOTE_MODEL": "m"}
    assert choose_model(NONE, env, NONE).key == "sk-1"
    assert choose_model(Choice(model="m", base_url=OPENAI_URL), env, NONE).key == ""


@pytest.mark.parametrize(
    "url", ["http://h:1", "http://h:1/", "http://h:1/v1", "http://h:1/v1/", "http://h:1/v1/chat/completions"]
)
def test_a_base_url_serves_with_and_without_v1(url: str) -> None:
    assert normal_base_url(url) == "http://h:1/v1"


def test_a_base_url_with_another_path_is_left_as_it_is() -> None:
    assert normal_base_url("https://h/openai/deployments/x/") == "https://h/openai/deployments/x"


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (Choice(provider="opnai"), "nearest known one is 'openai'"),
        (Choice(provider="local", model="gpt"), "takes a .gguf file"),
        (Choice(provider="scripted"), "needs --model"),
        (Choice(base_url="http://box:1"), "name the model"),
        (Choice(model="m", base_url="box:1"), "must start with http"),
    ],
)
def test_what_does_not_fit_together_is_named(flags: Choice, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        choose_model(flags, {}, NONE)


def test_openai_without_a_key_is_not_authorised() -> None:
    with pytest.raises(NotAuthorised, match="OPENAI_API_KEY"):
        make_provider(choose_model(Choice(provider="openai"), {}, NONE))


def test_the_settings_file_is_strict(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert read_settings_file(path) == NONE
    path.write_text('modle = "x"')
    with pytest.raises(UsageError, match="nearest known one is 'model'"):
        read_settings_file(path)
    path.write_text("model = 3")
    with pytest.raises(UsageError, match="must be text"):
        read_settings_file(path)
    path.write_text("model = ")
    with pytest.raises(UsageError, match="can't be read"):
        read_settings_file(path)
    path.write_text('model = "m"\nbase_url = "http://h/v1"')
    assert read_settings_file(path) == Choice("m", "", "http://h/v1")
