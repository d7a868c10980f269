"""What `afternote doctor` looks at: each part of the installation in a line, what is wrong with it, and what to do. Nothing is changed."""

from __future__ import annotations

import os
import platform
import shlex
import stat
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

import assistant
from assistant import settings
from assistant.errors import AfternoteError
from assistant.files import STAGE, reason
from assistant.keys import ENVIRONMENT, sound_key, without_secrets
from assistant.settings import OPENAI_URL, Choice, ModelSettings
from assistant.text import one_line

LIBRARIES = ("openai", "typer", "tenacity", "Jinja2", "PyYAML", "nupunkt", "google-re2", "lxml", "prompt_toolkit")
EXTRAS = ("xllamacpp", "keyring")
_SPACE = 50_000_000  # bytes: less, and a session may not fit any more
_OLD = 600  # seconds after which a file on its way is one that was left behind
_MOST = 500  # files looked at in a folder
_NAMED = 6


@dataclass(frozen=True)
class Line:
    """One part: how it is, and what to do where that is a problem ("" where it is none)."""

    part: str
    text: str
    hint: str = ""


def examine(environment: Mapping[str, str]) -> tuple[list[Line], ModelSettings | None]:
    """All that can be told without the network, and the model that would write, if any. No key is fetched, and none is in a line."""
    config = settings.config_folder() / "config.toml"
    lines = [_program(), _libraries(), _settings_file(config)]
    chosen = None
    try:
        try:
            file = settings.read_settings_file(config)
        except AfternoteError:
            file = Choice()  # its own line says it
        chosen = settings.choose_model(Choice(), environment, file)
        lines += [_model(chosen), _key(chosen, environment)]
    except AfternoteError as error:
        lines.append(Line("model", str(error), "mend the setting that it names"))
    embedded = chosen is not None and chosen.provider == "local" and not chosen.model
    lines += [_engine(chosen), *_weights(embedded)]
    for name in ("config", "data", "state", "cache"):
        lines += _folder(name, getattr(settings, f"{name}_folder")())
    lines += _prompts(settings.config_folder() / "prompts")
    return [Line(line.part, one_line(line.text), one_line(line.hint)) for line in lines], chosen


def harmless(text: str, environment: Mapping[str, str]) -> str:
    """What is printed, without a key: a hurried hand may have set one as the model's name."""
    for name in ENVIRONMENT:
        text = without_secrets(text, environment.get(name, "").strip())
    return text


def _program() -> Line:
    where = f"Python {platform.python_version()}, {platform.system()} {platform.release()} {platform.machine()}"
    return Line("program", f"afternote {assistant.__version__}, {where}, in {sys.prefix}")


def _libraries() -> Line:
    found = {name: _version(name) for name in (*LIBRARIES, *EXTRAS)}
    missing = [name for name in LIBRARIES if not found[name]]
    said = ", ".join(f"{name} {version}" for name, version in found.items() if version)
    if missing:
        return Line("libraries", f"{said}; missing: {', '.join(missing)}", "install afternote again with pip")
    return Line("libraries", said)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _settings_file(path: Path) -> Line:
    try:
        state = path.stat()
    except FileNotFoundError:
        return Line("settings", f"{path}: none, and none is needed")
    except OSError as error:
        return Line("settings", f"{path}: {reason(error)}", "mend it, or move it away")
    try:
        settings.read_settings_file(path)
        settings.redacts(path)
    except AfternoteError as error:
        return Line("settings", str(error), "mend that line; README.md tells what can stand there")
    if _posix() and state.st_mode & 0o022:  # a key_command in it would be run
        return Line("settings", f"{path}: others can write it", f"chmod go-w {shlex.quote(str(path))}")
    return Line("settings", f"{path}: readable")


def _model(chosen: ModelSettings) -> Line:
    if chosen.provider == "openai":
        text = f"{chosen.model} at {chosen.base_url} writes ({chosen.why}); briefs are sent there"
        if chosen.key_from and chosen.base_url.startswith("http://") and not chosen.on_this_machine:
            return Line("model", text, "this address is http: key and brief would travel in the clear; https is safe")
        return Line("model", text)
    name = chosen.model or "the embedded model"
    if chosen.model and not Path(chosen.model).is_file():
        return Line("model", f"{name} writes ({chosen.why}), but there is no such file", "check the path of --model")
    return Line("model", f"{name} writes on this machine ({chosen.why}); nothing leaves it")


def _key(chosen: ModelSettings, environment: Mapping[str, str]) -> Line:
    """Whether there is a key and from where; never any of it."""
    beside = [name for name in ENVIRONMENT if environment.get(name, "").strip() and name != chosen.key_from]
    unused = f"; {' and '.join(beside)} set, but not for this" if beside else ""
    if chosen.provider != "openai":
        return Line("key", f"none is needed{unused}")
    if chosen.key_from in ENVIRONMENT:
        try:
            sound_key(chosen.key, chosen.key_from)
        except AfternoteError as error:
            return Line("key", str(error), f"set {chosen.key_from} to the key and nothing else")
        return Line("key", f"set, from {chosen.key_from}{unused}")
    if chosen.key_from:
        source = "the key_command of config.toml" if chosen.key_from == "key_command" else "the system keyring"
        if chosen.key_from == "keyring" and not util.find_spec("keyring"):
            return Line("key", "keyring = true, but the library isn't there", "pip install 'afternote[keyring]'")
        return Line("key", f"from {source}, asked when a letter is written{unused}")
    if chosen.base_url == OPENAI_URL:
        return Line("key", f"none{unused}", "set OPENAI_API_KEY, or key_command in config.toml")
    return Line("key", f"none for this address, as local servers take it{unused}")


def _engine(chosen: ModelSettings | None) -> Line:
    there = util.find_spec("xllamacpp") is not None
    wanted = chosen is not None and chosen.provider == "local" and not there
    text = "installed" if there else "not installed" + ("" if wanted else ", and not needed with this model")
    return Line("engine", f"of the embedded model: {text}", "pip install 'afternote[local]'" if wanted else "")


def _weights(embedded: bool) -> list[Line]:
    from assistant.providers import adapter, weights  # archives and child processes, 25 ms

    path, lines = weights.weights_file(), []
    if weights.present():
        lines.append(Line("weights", f"{path}: here, {weights.SIZE // 1_000_000} MB, of the right size"))
    elif path.exists():
        lines.append(Line("weights", f"{path}: not of the right size", "afternote models fetch"))
    elif embedded:
        lines.append(Line("weights", f"{path}: not here yet; the first draft fetches them, or: afternote models fetch"))
    else:
        lines.append(Line("weights", f"{path}: not here, and not needed with this model"))
    try:
        lines.append(Line("adapter", f"{adapter.verified_adapter()}: whole"))
    except AfternoteError as error:
        lines.append(Line("adapter", str(error), "install afternote again with pip"))
    return lines


def _folder(name: str, path: Path) -> list[Line]:
    """A folder of ours: rights, room, and what is in it."""
    try:
        state = path.stat()
    except FileNotFoundError:
        return [_not_there(name, path)]
    except OSError as error:
        return [Line(name, f"{path}: {reason(error)}", "look at the folders above it")]
    quoted = shlex.quote(str(path))
    if not stat.S_ISDIR(state.st_mode):
        return [Line(name, f"{path}: not a folder", f"move it away: mv {quoted} {quoted}.old")]
    files = _files(path)
    free = _free(path)
    inside = ", ".join(f"{file.relative_to(path)} ({size:,} bytes)" for file, _, size in files[:_NAMED])
    inside += f" and {len(files) - _NAMED} more" if len(files) > _NAMED else ""
    rights = f"rights {stat.S_IMODE(state.st_mode):04o}, " if _posix() else ""
    text = f"{path}: {rights}{free // 1_000_000:,} MB free; {inside or 'empty'}"
    return [Line(name, text, _wrong(name, path, state, free)), *_wrong_files(name, path, files)]


def _not_there(name: str, path: Path) -> Line:
    """A folder that nothing was put into yet: can it be made?"""
    if name == "config":
        return Line(name, f"{path}: not there, and not needed")
    above = next(folder for folder in path.parents if folder.exists())
    text = f"{path}: not there yet; made, for you alone, when it is needed; {_free(above) // 1_000_000:,} MB free"
    if not os.access(above, os.W_OK | os.X_OK):
        return Line(name, text, f"{above} can't be written: give yourself the right, or set XDG_{name.upper()}_HOME")
    return Line(name, text, "the disk is nearly full; make room" if _free(above) < _SPACE else "")


def _wrong(name: str, path: Path, state: os.stat_result, free: int) -> str:
    """What to do about a folder, "" when nothing is wrong. What can be fetched again, or is no secret, others may read, not write."""
    quoted = shlex.quote(str(path))
    if _posix() and state.st_uid != os.getuid() and os.getuid() != 0:
        return f"it belongs to another user; take it over: sudo chown -R {os.getuid()} {quoted}"
    if _posix() and state.st_mode & (0o077 if name in ("data", "state") else 0o022):
        return f"others can get at it: chmod 700 {quoted}"
    if name != "config" and not os.access(path, os.W_OK | os.X_OK):
        return f"it can't be written: chmod 700 {quoted}, unless the disk is read-only"
    if name != "config" and free < _SPACE:
        return "the disk is nearly full; make room"
    return ""


def _wrong_files(name: str, folder: Path, files: list[tuple[Path, os.stat_result, int]]) -> list[Line]:
    """Files that others can read and shouldn't, and what a killed program left on its way."""
    lines = []
    for path, state, _ in files:
        quoted = shlex.quote(str(path))
        if left := _left_behind(folder, path, state):
            hint = f"rm -r {shlex.quote(str(left))}"
            lines.append(Line(name, f"{left}: left by a program that was ended on its way", hint))
        elif _posix() and stat.S_ISREG(state.st_mode) and name in ("data", "state") and state.st_mode & 0o077:
            lines.append(Line(name, f"{path}: others can read it", f"chmod 600 {quoted}"))
    return list(dict.fromkeys(lines))


def _left_behind(folder: Path, path: Path, state: os.stat_result) -> Path | None:
    """What a killed program left on its way: a stage file, or the folder that weights were fetched into; None for anything else."""
    if time.time() - state.st_mtime < _OLD:
        return None
    if path.name.startswith(STAGE[0]) and path.name.endswith(STAGE[1]):
        return path
    within = path.relative_to(folder).parts
    return folder.joinpath(*within[:2]) if len(within) > 2 and within[1].startswith("fetch-") else None


def _files(folder: Path) -> list[tuple[Path, os.stat_result, int]]:
    """The files in a folder and below, but not through links; those that go away meanwhile aren't there."""
    found = []
    for top, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(top) / name
            try:
                state = os.lstat(path)
            except OSError:
                continue
            found.append((path, state, state.st_size))
        if len(found) >= _MOST:
            break
    return found[:_MOST]


def _free(path: Path) -> int:
    import shutil

    try:
        return shutil.disk_usage(path).free
    except OSError:
        return 0


def _prompts(own: Path) -> list[Line]:
    """The user's own templates and parts, and whether all templates are still valid with them."""
    names = sorted(str(path.relative_to(own).with_suffix("")) for path in own.rglob("*.md")) if own.is_dir() else []
    if not names:
        return [Line("prompts", "the shipped ones; none is overridden")]
    from assistant.prompts import load_template, prompt_folders, template_names

    shipped = template_names(prompt_folders()[1:])
    lines = []
    for name in template_names():
        try:
            load_template(name)
        except AfternoteError as error:
            lines.append(Line("prompts", str(error), "mend it, or move it away; afternote prompts lint checks it"))
    unused = [name for name in names if "parts" not in name and name not in shipped]
    said = f"; {', '.join(unused)} override nothing, there are: {', '.join(shipped)}" if unused else ""
    return lines or [Line("prompts", f"{', '.join(names)} in {own}, valid{said}")]


def _posix() -> bool:
    return os.name == "posix"
