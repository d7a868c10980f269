"""Prompt templates: Markdown with YAML front matter, strict, versioned, and known by a content hash."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.files import read_text_bounded, reason
from assistant.providers.seam import Message, Role
from assistant.settings import config_folder
from assistant.text import one_line

MOST_BYTES = 1_000_000  # of a template: the longest has a hundredth of it
_KEYS = {"name": str, "version": int, "kind": str, "variables": list}
_ROLES: dict[str, Role] = {"system": "system", "user": "user", "assistant": "assistant"}
_ROLE = re.compile(rf"^# ({'|'.join(_ROLES)})[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Template:
    """One template: its front matter, its role sections as written, and the hash of the whole file (first 12 hex digits)."""

    name: str
    version: int
    kind: str
    variables: tuple[str, ...]
    sections: tuple[tuple[Role, str], ...]
    hash: str
    path: Path

    @property
    def label(self) -> str:
        """What travels with every result: name, version and content hash."""
        return f"{self.name}@{self.version}:{self.hash}"

    def render(self, **values: Any) -> tuple[Message, ...]:
        """Fill the variables. Roles were split before this, so no value can open one. Raises UsageError for a wrong set of values."""
        if set(values) != set(self.variables):
            wrong = sorted(set(values) ^ set(self.variables))
            raise UsageError(f"{self.path}: the template's variables don't match what it is given: {', '.join(wrong)}")
        from jinja2 import TemplateError

        try:
            return tuple(Message(role, _compiled(body).render(values).strip()) for role, body in self.sections)
        except TemplateError as error:
            raise UsageError(f"{self.path}: {one_line(str(error))}") from None


def prompt_folders() -> tuple[Path, ...]:
    """Where templates are looked for: the user's own first, then the shipped ones (in the package, or at the top of a checkout)."""
    here = Path(__file__).resolve().parent
    shipped = here / "_prompts"
    return (config_folder() / "prompts", shipped if shipped.is_dir() else here.parent / "prompts")


def load_template(name: str, folders: tuple[Path, ...] | None = None) -> Template:
    """The template of that name; the user's copy wins over the shipped one. Raises UsageError with file and reason."""
    for folder in folders or prompt_folders():
        path = folder / f"{name}.md"
        if path.is_file():
            return parse_template(path)
    raise UsageError(f"no prompt template named {one_line(name)!r}; there are: {', '.join(template_names(folders))}")


def template_names(folders: tuple[Path, ...] | None = None) -> list[str]:
    """Names of all templates, the user's and the shipped ones."""
    return sorted({path.stem for folder in folders or prompt_folders() for path in folder.glob("*.md")})


def parse_template(path: Path) -> Template:
    """Read and validate one template file: front matter, roles, and that it uses exactly the variables it declares."""
    try:
        text = read_text_bounded(path, MOST_BYTES)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: can't be read: {reason(error)}") from None
    return _parsed(path, text, _included(path, text))


@functools.lru_cache(maxsize=64)
def _parsed(path: Path, text: str, included: tuple[tuple[str, str], ...]) -> Template:
    """The template of a file with this text, which takes in these parts: a batch parses each once."""
    digest = hashlib.sha256((text + "".join(part for _, part in included)).encode()).hexdigest()[:12]
    for name, part in included:  # here, or the template engine would look for each part again with every letter
        text = text.replace(f'{{% include "{name}" %}}', part)
    head = re.match(r"---\n(.*?\n)---\n", text, re.DOTALL)
    if not head:
        raise UsageError(f"{path}: must start with front matter between two lines of ---")
    front = _front_matter(path, head.group(1))
    parts = _ROLE.split(text[head.end() :])
    if parts[0].strip() or len(parts) < 3:
        raise UsageError(
            f"{path}: after the front matter come sections headed '# system' or '# user', and nothing before them"
        )
    sections = tuple((_ROLES[role], body) for role, body in zip(parts[1::2], parts[2::2], strict=True))
    _check_variables(path, sections, set(front["variables"]))
    return Template(front["name"], front["version"], front["kind"], tuple(front["variables"]), sections, digest, path)


def fenced(text: str) -> str:
    """User text as data in a prompt: one JSON string on one line, angle brackets escaped so that it can't close a fence."""
    return json.dumps(text, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e")


def _front_matter(path: Path, text: str) -> dict[str, Any]:
    import yaml

    try:
        front = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: the front matter isn't valid YAML: {one_line(str(error))}") from None
    if not isinstance(front, dict) or set(front) != set(_KEYS):
        raise UsageError(f"{path}: the front matter must hold exactly: {', '.join(_KEYS)}")
    for key, kind in _KEYS.items():
        if type(front[key]) is not kind:
            raise UsageError(f"{path}: {key} in the front matter must be of type {kind.__name__}")
    if front["name"] != path.stem:
        raise UsageError(f"{path}: the front matter names it {front['name']!r}; file and name must agree")
    return front


def _included(path: Path, text: str) -> tuple[tuple[str, str], ...]:
    """The parts that a template takes in, by name, so that its hash changes with them. Raises UsageError for one that there is none of."""
    names = re.findall(r'{%-? *include *"([^"]*)"', text)
    try:
        return tuple((name, part_text(name)) for name in names)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def part_text(name: str, folders: tuple[Path, ...] | None = None) -> str:
    """A part that several templates share: `parts/NAME.md`, the user's own first. Raises UsageError when there is none."""
    for folder in folders or prompt_folders():
        path = folder / "parts" / f"{name}.md"
        if re.fullmatch(r"[\w-]+", name) and path.is_file():
            try:
                text = read_text_bounded(path, MOST_BYTES).strip()
            except (OSError, UnicodeDecodeError) as error:
                raise UsageError(f"{path}: can't be read: {reason(error)}") from None
            if "{%" in text:
                raise UsageError(f"{path}: a part is plain text; it takes in no other part ({name})")
            return text
    raise UsageError(f"no part {one_line(name)!r} in parts/ beside the prompt templates")


def _check_variables(path: Path, sections: tuple[tuple[Role, str], ...], declared: set[str]) -> None:
    from jinja2 import TemplateSyntaxError, meta

    used: set[str] = set()
    for _, body in sections:
        try:
            used |= meta.find_undeclared_variables(_environment().parse(body))
        except TemplateSyntaxError as error:
            raise UsageError(f"{path}: {one_line(str(error))}") from None
    if used != declared:
        raise UsageError(f"{path}: declared variables and used ones differ: {', '.join(sorted(used ^ declared))}")


@functools.lru_cache(maxsize=64)
def _compiled(body: str) -> Any:
    """A role section ready to be filled, for as long as nobody changes it: a batch compiles each once."""
    return _environment().from_string(body)


def _load_part(name: str) -> tuple[str, None, Callable[[], bool]]:
    """A part for the template engine, with how to see that it has changed since."""
    text = part_text(name)
    return text, None, lambda: part_text(name) == text


@functools.cache
def _environment() -> Any:
    # A sandbox, because a user's own template is still only a text; the import costs 70 ms and stays inside.
    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(_load_part),
        undefined=StrictUndefined,
        lstrip_blocks=True,
        autoescape=False,
    )
    environment.filters["fenced"] = fenced
    return environment
