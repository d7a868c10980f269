"""What every provider is asked and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

OnText = Callable[[str], None]
Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True)
class Message:
    """One chat message. What a user pasted is only ever content, never a role."""

    role: Role
    content: str


@dataclass(frozen=True)
class Request:
    """What to complete: `n` completions of the messages, of at most `max_tokens` tokens each.

    `temperature` None leaves it to the provider: some models refuse the parameter. `start` is how each answer must begin; only a model
    in this process can be held to that, and only `complete_all` does.
    """

    messages: tuple[Message, ...]
    n: int = 1
    max_tokens: int = 900
    temperature: float | None = None
    seed: int | None = None
    start: str = ""


@dataclass(frozen=True)
class Usage:
    """Tokens in and out, as the provider counts them; 0 where it doesn't."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        """Sum over several requests."""
        return Usage(self.prompt_tokens + other.prompt_tokens, self.completion_tokens + other.completion_tokens)


@dataclass(frozen=True)
class Completion:
    """The answers to one request, `n` of them, and what they cost.

    `doubts` are, for each text, the natural logarithms of how probable the model found each of its tokens; empty where it isn't known.
    """

    texts: tuple[str, ...]
    usage: Usage = Usage()
    doubts: tuple[tuple[float, ...], ...] = ()


class Provider(Protocol):
    """A model somewhere.

    `name` is the provider's, `model` the model's; `destination` is the address the text is sent to, "" when it stays on this machine.
    `style` says how this model is best asked: for a whole letter at once, or for one sentence at a time with several candidates.
    """

    @property
    def name(self) -> str:
        """`openai`, `local` or `scripted`."""

    @property
    def model(self) -> str:
        """The model's name as the provider knows it."""

    @property
    def destination(self) -> str:
        """Base URL that prompts are sent to, or ""."""

    @property
    def style(self) -> Literal["letter", "sentences"]:
        """Which way to draft this model is good for."""

    def complete(self, request: Request, on_text: OnText | None = None) -> Completion:
        """Answer the request; `on_text` gets the pieces of a single completion as they come.

        Raises ProviderError or one of its kinds; StreamCut and Interrupted carry what had come.
        """


class SentenceProvider(Provider, Protocol):
    """A small model that was taught to write single sentences, and is asked for many at once."""

    def complete_all(self, requests: Sequence[Request]) -> list[Completion]:
        """Answer requests that differ in messages and start alone, all in one batch, with the model's doubts."""
