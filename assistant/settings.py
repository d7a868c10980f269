"""Where the user's folders are, and which model writes: flag > environment > settings file > OPENAI_API_KEY > embedded."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import UsageError
from assistant.text import one_line

OPENAI_URL = "https://api.openai.com/v1"
DEFAULT_OPENAI_MODEL = "gpt-5-mini"
PROVIDERS = ("openai", "local", "scripted")
_KEYS = ("model", "provider", "base_url")
_OTHERS = ("redact", "check")  # read by `redacts`, and by the checks


@dataclass(frozen=True)
class Choice:
    """What was asked for; "" where nothing was. Filled from flags, or from the environment, or from the settings file."""

    model: str = ""
    provider: str = ""
    base_url: str = ""


@dataclass(frozen=True)
class ModelSettings:
    """The model that writes. `key` belongs to `base_url` and is never sent anywhere else; `why` is for the user."""

    provider: str
    model: str
    base_url: str = ""
    key: str = ""
    why: str = ""


def config_folder() -> Path:
    """The user's settings and own prompt templates."""
    from platformdirs import user_config_path

    return user_config_path("afternote", appauthor=False)


def cache_folder() -> Path:
    """What can be fetched again: the weights."""
    from platformdirs import user_cache_path

    return user_cache_path("afternote", appauthor=False)


def state_folder() -> Path:
    """What must not be lost: replies that broke off."""
    from platformdirs import user_state_path

    return user_state_path("afternote", appauthor=False)


def data_folder() -> Path:
    """What the user keeps: the ledger of sent notes."""
    from platformdirs import user_data_path

    return user_data_path("afternote", appauthor=False)


def read_settings_file(path: Path) -> Choice:
    """The `model`, `provider` and `base_url` of config.toml; nothing when there is no file. Raises UsageError."""
    name = one_line(str(path))
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Choice()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{name}: settings can't be read: {one_line(str(error))}") from None
    for key, value in values.items():
        if key in _OTHERS:
            continue
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1, cutoff=0.0)[0]
            raise UsageError(f"{name}: unknown setting {one_line(key)!r}; the nearest known one is {near!r}")
        if not isinstance(value, str):
            raise UsageError(f"{name}: {key} must be text in quotes")
    return Choice(**{key: value for key, value in values.items() if key in _KEYS})


def redacts(path: Path) -> bool:
    """The `redact` of config.toml: whether names are hidden from endpoints unless a flag says otherwise. Raises UsageError."""
    try:
        value = tomllib.loads(path.read_text(encoding="utf-8")).get("redact", False)
    except FileNotFoundError:
        return False
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{one_line(str(path))}: settings can't be read: {one_line(str(error))}") from None
    if not isinstance(value, bool):
        raise UsageError(f"{one_line(str(path))}: redact must be true or false")
    return value


def choose_model(flags: Choice, environment: Mapping[str, str], file: Choice) -> ModelSettings:
    """Decide which model writes. A pure function of its three sources; raises UsageError for what doesn't fit together."""
    env = Choice(*(environment.get(f"AFTERNOTE_{key.upper()}", "") for key in _KEYS))
    sources = ((flags, "flag"), (env, "environment"), (file, "settings file"))
    for choice, where in sources:
        if choice == Choice():
            continue
        # The first source that says anything about the model decides it; what it leaves open, the next ones may fill in.
        others = [c for c, _ in sources]
        base_url = choice.base_url or ("" if choice.provider == "local" else _first(others, "base_url"))
        provider = choice.provider or ("local" if choice.model.endswith(".gguf") else "openai" if base_url else "")
        provider = provider or ("openai" if choice.model else _first(others, "provider"))
        same = [c for c in others if not c.provider or c.provider == provider]
        model = choice.model or next(
            (c.model for c in same if c.model and (provider == "local") == c.model.endswith(".gguf")), ""
        )
        return _settings(Choice(model, provider, base_url), environment, where)
    if environment.get("OPENAI_API_KEY"):
        return _settings(Choice(provider="openai"), environment, "OPENAI_API_KEY is set")
    return _settings(Choice(provider="local"), environment, "no key and no endpoint")


def normal_base_url(url: str) -> str:
    """The base URL with a path: `http://host:11434` and `http://host:11434/v1` both serve."""
    url = url.strip().rstrip("/").removesuffix("/chat/completions")
    _, _, path = url.partition("://")
    return url if "/" in path else url + "/v1"


def _settings(choice: Choice, environment: Mapping[str, str], why: str) -> ModelSettings:
    if choice.provider not in PROVIDERS:
        near = difflib.get_close_matches(choice.provider, PROVIDERS, n=1, cutoff=0.0)[0]
        raise UsageError(f"unknown provider {one_line(choice.provider)!r} ({why}); the nearest known one is {near!r}")
    if choice.provider == "local":
        if choice.model and not choice.model.endswith(".gguf"):
            raise UsageError(f"--provider local takes a .gguf file as --model, not {one_line(choice.model)!r}")
        return ModelSettings("local", choice.model, why=why)
    if choice.provider == "scripted":
        if not choice.model:
            raise UsageError("--provider scripted needs --model FILE.json with the replies")
        return ModelSettings("scripted", choice.model, why=why)
    # OPENAI_BASE_URL and OPENAI_API_KEY stand in the environment together and belong together. To any other address only
    # AFTERNOTE_API_KEY goes, which the user set for it.
    own = normal_base_url(environment.get("OPENAI_BASE_URL") or OPENAI_URL)
    base_url = normal_base_url(choice.base_url) if choice.base_url else own
    if not base_url.startswith(("http://", "https://")):
        raise UsageError(f"the base URL {one_line(base_url)!r} must start with http:// or https://")
    key = environment.get("OPENAI_API_KEY", "") if base_url == own else environment.get("AFTERNOTE_API_KEY", "")
    model = choice.model or (DEFAULT_OPENAI_MODEL if base_url == OPENAI_URL else "")
    if not model:
        raise UsageError(f"{base_url}: name the model with --model (or AFTERNOTE_MODEL)")
    return ModelSettings("openai", model, base_url, key, why)


def _first(choices: list[Choice], key: str) -> str:
    return next((getattr(c, key) for c in choices if getattr(c, key)), "")
