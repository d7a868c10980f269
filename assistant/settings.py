"""Where the user's folders are, and which model writes with whose key: flag > environment > settings file > a key > embedded."""

from __future__ import annotations

import difflib
import re
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.files import read_text_bounded, reason
from assistant.text import one_line

OPENAI_URL = "https://api.openai.com/v1"
DEFAULT_OPENAI_MODEL = "gpt-5-mini"
PROVIDERS = ("openai", "local", "scripted")
_KEYS = ("model", "provider", "base_url")
_KNOWN = (*_KEYS, "key_command", "keyring", "redact", "patience", "check")  # check is read by the checks
_MOST_BYTES = 1_000_000  # of config.toml
_OWN_HOST = re.compile(r"(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?")
_ADDRESS = re.compile(r"https?://(?:\[[0-9A-Fa-f:.]+\]|[^\s\[\]/:]+)(?::\d{1,5})?(?:/\S*)?")
_CREDENTIALS = re.compile(r"(?:^|://)[^/]*@|[?#]")


@dataclass(frozen=True)
class Choice:
    """What was asked for; "" where nothing was. Filled from flags, or from the environment, or from the settings file.

    Where keys are to be had only the settings file says. That chooses no model; but a `key_command` alone is for OpenAI, which then writes.
    """

    model: str = ""
    provider: str = ""
    base_url: str = ""
    key_command: tuple[str, ...] = field(default=(), repr=False)  # somebody may have written the key into it
    keyring: bool = False


@dataclass(frozen=True)
class ModelSettings:
    """The model that writes. `key` belongs to `base_url` and is never sent anywhere else; `why` is for the user.

    `key_from` names where the key is from: a variable of the environment, key_command, keyring, or "" for none. The last two are only
    asked when something is to be sent (`key_sources.with_key`); until then `key` is empty.
    """

    provider: str
    model: str
    base_url: str = ""
    key: str = field(default="", repr=False)
    why: str = ""
    key_from: str = ""
    key_command: tuple[str, ...] = field(default=(), repr=False)

    @property
    def on_this_machine(self) -> bool:
        """Whether its base URL is one of this machine, so that nothing travels."""
        host = self.base_url.partition("://")[2].partition("/")[0]
        return bool(_OWN_HOST.fullmatch(host))


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
    """What config.toml says of model, provider, base URL and keys; nothing when there is no file. Raises UsageError."""
    name, values = one_line(str(path)), _values(path)
    for key, value in values.items():
        if key not in _KNOWN:
            near = difflib.get_close_matches(key, _KNOWN, n=1, cutoff=0.0)[0]
            raise UsageError(f"{name}: unknown setting {one_line(key)!r}; the nearest known one is {near!r}")
        if key in _KEYS and not isinstance(value, str):
            raise UsageError(f"{name}: {key} must be text in quotes")
    keyring = values.get("keyring", False)
    if not isinstance(keyring, bool):
        raise UsageError(f"{name}: keyring must be true or false")
    chosen = {key: value for key, value in values.items() if key in _KEYS}
    return Choice(**chosen, key_command=_command(values.get("key_command", []), name), keyring=keyring)


def redacts(path: Path) -> bool:
    """The `redact` of config.toml: whether names are hidden from endpoints unless a flag says otherwise. Raises UsageError."""
    value = _values(path).get("redact", False)
    if not isinstance(value, bool):
        raise UsageError(f"{one_line(str(path))}: redact must be true or false")
    return value


def patience_table(path: Path) -> dict[str, Any]:
    """The `[patience]` of config.toml, as it stands there; empty without one. Raises UsageError."""
    table = _values(path).get("patience", {})
    if not isinstance(table, dict):
        raise UsageError(f"{one_line(str(path))}: patience must be a table, [patience], with its settings below it")
    return table


def _values(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text_bounded(path, _MOST_BYTES))
    except (FileNotFoundError, NotADirectoryError):  # a service's home may be /dev/null
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{one_line(str(path))}: settings can't be read: {reason(error)}") from None


def _command(value: object, name: str) -> tuple[str, ...]:
    """The words of a key command. Raises UsageError, which quotes nothing of it."""
    try:
        words = shlex.split(value) if isinstance(value, str) else value
    except ValueError:
        raise UsageError(f"{name}: key_command has a quotation mark without its other half") from None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words) or (value != [] and not words):
        raise UsageError(f'{name}: key_command must be a command, such as "pass show openai", or a list of its words')
    return tuple(words)


def choose_model(flags: Choice, environment: Mapping[str, str], file: Choice) -> ModelSettings:
    """Decide which model writes. A pure function of its three sources; raises UsageError for what doesn't fit together."""
    model, provider, base_url = (environment.get(f"AFTERNOTE_{key.upper()}", "") for key in _KEYS)
    env = Choice(model, provider, base_url)
    sources = ((flags, "flag"), (env, "environment"), (file, "settings file"))
    for choice, where in sources:
        if not (choice.model or choice.provider or choice.base_url):
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
        return _settings(Choice(model, provider, base_url), environment, file, where)
    if environment.get("OPENAI_API_KEY"):
        return _settings(Choice(provider="openai"), environment, file, "OPENAI_API_KEY is set")
    if file.key_command:
        return _settings(Choice(provider="openai", base_url=OPENAI_URL), environment, file, "key_command is set")
    return _settings(Choice(provider="local"), environment, file, "no key and no endpoint")


def normal_base_url(url: str) -> str:
    """The base URL with a path: `http://host:11434` and `http://host:11434/v1` both serve."""
    url = url.strip().rstrip("/").removesuffix("/chat/completions")
    _, _, path = url.partition("://")
    return url if "/" in path else url + "/v1"


def _settings(choice: Choice, environment: Mapping[str, str], file: Choice, why: str) -> ModelSettings:
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
    own = normal_base_url(environment.get("OPENAI_BASE_URL") or OPENAI_URL)
    base_url = checked_base_url(choice.base_url) if choice.base_url else checked_base_url(own)
    key, key_from = _key(base_url, own, environment, file)
    model = choice.model or (DEFAULT_OPENAI_MODEL if base_url == OPENAI_URL else "")
    if not model:
        raise UsageError(f"{base_url}: name the model with --model (or AFTERNOTE_MODEL)")
    command = file.key_command if key_from == "key_command" else ()
    return ModelSettings("openai", model, base_url, key, why, key_from, command)


def checked_base_url(url: str) -> str:
    """The base URL as it is asked. Raises UsageError for what is no address, or one with a secret in it, which every message would show."""
    url = normal_base_url(url)
    if _CREDENTIALS.search(url):
        raise UsageError("the base URL holds a user name, password or query; leave them out, and give the key as a key")
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"the base URL {one_line(url)!r} must start with http:// or https://")
    if not _ADDRESS.fullmatch(url):
        raise UsageError(f"the base URL {one_line(url)!r} is no address, such as http://localhost:11434/v1")
    return url


def _key(base_url: str, own: str, environment: Mapping[str, str], file: Choice) -> tuple[str, str]:
    """The key for this base URL and no other, and where it is from; "" with a source that is asked later, or without any.

    OPENAI_BASE_URL and OPENAI_API_KEY stand in the environment together and belong together. To any other address only AFTERNOTE_API_KEY
    goes, which the user set for it. A key command belongs to the base URL beside it in the file, or to OpenAI; the keyring keeps one
    for each.
    """
    name = "OPENAI_API_KEY" if base_url == own else "AFTERNOTE_API_KEY"
    if environment.get(name, "").strip():
        return environment[name], name
    if file.key_command and base_url == (normal_base_url(file.base_url) if file.base_url else OPENAI_URL):
        return "", "key_command"
    return "", "keyring" if file.keyring else ""


def _first(choices: list[Choice], key: str) -> str:
    return next((getattr(c, key) for c in choices if getattr(c, key)), "")
