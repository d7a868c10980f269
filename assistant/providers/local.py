"""The embedded model: llama.cpp in this process, through xllamacpp. Nothing leaves the machine."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from assistant.errors import Interrupted, NothingWritten, ProviderError, Unavailable
from assistant.providers.gguf import misfit
from assistant.providers.seam import Completion, Message, OnText, Request, Usage
from assistant.text import one_line, shorten

SLOTS = 15  # candidates decoded side by side: three notes' worth; more are no faster on two cores
SLOT_TOKENS = 512  # a note of the longest kind that sentences are asked for, its sentence, and the turn marks
LETTER_TOKENS = 8192  # prompt and letter, for a user's own model

# ChatML without the default system message that the base model's own template adds: the adapter was trained on exactly this.
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@dataclass
class Local:
    """A GGUF model in this process. With the adapter it writes sentence by sentence; without, it is asked for the whole letter.

    `letters` is how many letters it may write side by side, for callers with several threads: the engine decodes what they all ask in its
    slots together. Batches put together otherwise differ in the last digits, so that a seed gives the same letter only when there is one.
    """

    weights: Path
    adapter: Path | None = None
    letters: int = 1
    name: str = "local"
    destination: str = ""
    _server: Any = field(default=None, repr=False)
    _folder: str = field(default="", repr=False)

    @property
    def model(self) -> str:
        """File name of the weights, and of the adapter where there is one."""
        return self.weights.name + (f" + {self.adapter.stem}" if self.adapter else "")

    @property
    def style(self) -> Literal["letter", "sentences"]:
        """The adapter knows one job: a note into a sentence."""
        return "sentences" if self.adapter else "letter"

    def load(self) -> None:
        """Load the weights, about a second for the embedded ones. Raises Unavailable for a file the engine can't read."""
        if self._server is None:
            self._server = _in_background(self._start, lambda: None)

    def complete(self, request: Request, on_text: OnText | None = None) -> Completion:
        """Answer in this process; Ctrl-C stops the decoding and keeps what had come."""
        self.load()
        body: dict[str, Any] = {
            "messages": [{"role": m.role, "content": _harmless(m.content)} for m in request.messages],
            "max_tokens": request.max_tokens,
            "n": request.n,
            "stream": True,
            # A prompt taken over from an earlier request is computed in other batches and differs in the last digits: enough for another
            # word somewhere, and then the same seed wouldn't give the same letter.
            "cache_prompt": False,
            "temperature": 0.7 if request.temperature is None else request.temperature,
        }
        if request.seed is not None:
            body["seed"] = request.seed
        texts = [""] * request.n
        usage = [Usage()]
        failure: list[str] = []
        stop = threading.Event()

        def receive(chunk: Any) -> bool:
            for part in chunk if isinstance(chunk, list) else [chunk]:
                if "error" in part:
                    failure.append(one_line(str(part["error"].get("message", part["error"]))))
                    continue
                usage[0] = _usage(part, usage[0])
                for choice in part.get("choices", ()):
                    piece = choice["delta"].get("content") or ""
                    texts[choice["index"]] += piece
                    if piece and on_text and request.n == 1:
                        on_text(piece)
            return stop.is_set()

        try:
            answer = _in_background(lambda: self._server.handle_chat_completions(body, receive), stop.set)
        except KeyboardInterrupt:
            raise Interrupted(texts[0] if request.n == 1 else "") from None
        except RuntimeError as error:
            raise ProviderError(f"{self.model}: {shorten(one_line(str(error)), 160)}") from None
        if isinstance(answer, dict) and "error" in answer:
            failure.append(one_line(str(answer["error"].get("message", answer["error"]))))
        if failure:
            raise ProviderError(f"{self.model}: {shorten(failure[0], 160)}")
        if not any(text.strip() for text in texts):
            raise NothingWritten(f"{self.model} wrote nothing; try another --seed")
        return Completion(tuple(texts), usage[0])

    def complete_all(self, requests: Sequence[Request]) -> list[Completion]:
        """Answer requests that differ in messages and start alone, as many side by side as there are slots; the same texts each time."""
        out: list[Completion] = []
        for group in _slices(requests, max(1, SLOTS // requests[0].n) if requests else 1):
            first = group[0]
            body: dict[str, Any] = {"n": first.n, "max_tokens": first.max_tokens, "temperature": first.temperature}
            prompts = [_chatml(r.messages) + r.start for r in group]
            choices, usage = self._batch(prompts, body | {"seed": first.seed, "logprobs": 1})
            for place, request in enumerate(group):
                own = choices[place * first.n : (place + 1) * first.n]
                texts, doubts = tuple(request.start + c["text"] for c in own), tuple(_doubts(c) for c in own)
                # The engine counts the group as a whole; its first completion carries that.
                out.append(Completion(texts, Usage() if place else usage, doubts))
        return out

    def _batch(self, prompts: Sequence[str], body: dict[str, Any]) -> tuple[list[dict[str, Any]], Usage]:
        """Several prompts at once through the engine's slots: its choices in the order of the prompts, and what they cost.

        Ctrl-C is heard when the batch is done, a second or two.
        """
        self.load()
        body = {k: v for k, v in body.items() if v is not None}
        body |= {"prompt": prompts, "cache_prompt": False}
        got: list[dict[str, Any]] = []
        before = self._counted()
        try:
            _in_background(lambda: self._server.handle_completions(body, got.append), lambda: None)
        except KeyboardInterrupt:
            raise Interrupted("") from None
        except RuntimeError as error:
            raise ProviderError(f"{self.model}: {shorten(one_line(str(error)), 160)}") from None
        answer = got[0] if got else {"error": {"message": "no answer came back"}}
        if "error" in answer:
            raise ProviderError(f"{self.model}: {shorten(one_line(str(answer['error'].get('message'))), 160)}")
        choices = sorted(answer["choices"], key=lambda choice: int(choice["index"]))
        if self.letters > 1:
            return choices, _reckoned(prompts, choices, answer)
        after = self._counted()
        usage = Usage(after.prompt_tokens - before.prompt_tokens, after.completion_tokens - before.completion_tokens)
        return choices, usage

    def _counted(self) -> Usage:
        """Tokens in and out since the engine was started: a batch's answer holds the count of its first prompt only."""
        found = dict(
            re.findall(
                r"^llamacpp:(prompt_tokens_total|tokens_predicted_total) (\d+)", self._server.handle_metrics(), re.M
            )
        )
        return Usage(int(found.get("prompt_tokens_total", 0)), int(found.get("tokens_predicted_total", 0)))

    def close(self) -> None:
        """Stop the engine and remove its private socket."""
        self._server = None
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""

    def _start(self) -> Any:
        try:
            import xllamacpp
        except ImportError:
            raise Unavailable(
                "the embedded engine isn't installed; run: pip install 'afternote[local]', or name an endpoint"
            ) from None
        if not self.weights.is_file():
            raise Unavailable(f"{one_line(str(self.weights))}: no such weights file")
        params = xllamacpp.CommonParams()
        params.model.path = str(self.weights)
        params.verbosity = -1  # the engine's log is not for the user's terminal
        params.warmup = False
        params.endpoint_metrics = True  # the only place where it counts all tokens of a batch
        params.cpuparams.n_threads = _cores()
        self._close_the_door(params)
        if self.adapter:
            params.n_parallel, params.n_ctx = SLOTS, SLOTS * SLOT_TOKENS
            params.chat_template = CHATML
            params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(self.adapter), 1.0)]
        else:
            params.n_parallel, params.n_ctx = self.letters, self.letters * LETTER_TOKENS
        try:
            return xllamacpp.Server(params)
        except RuntimeError as error:
            reason = misfit(self.weights, self.adapter) or (
                f"{one_line(str(self.weights))} can't be loaded ({shorten(one_line(str(error)), 120)}); "
                "is it whole, and an instruct model?"
            )
            raise Unavailable(reason) from None

    def _close_the_door(self, params: Any) -> None:
        """The engine insists on listening somewhere. A socket in a folder that only this user may enter keeps everyone else out.

        Where there are no such sockets it listens on loopback and wants a random key for every request.
        """
        if os.name == "posix":
            self._folder = tempfile.mkdtemp(prefix="afternote-")  # created with mode 0700
            params.hostnames = [str(Path(self._folder) / "engine.sock")]
        else:
            import secrets

            params.api_keys = [secrets.token_hex(32)]


def _reckoned(prompts: Sequence[str], choices: Sequence[dict[str, Any]], answer: dict[str, Any]) -> Usage:
    """What a batch cost beside others, where the engine counts all as one: tokens out as they came, in by the first prompt's length."""
    first = int((answer.get("usage") or {}).get("prompt_tokens", 0))
    whole = first * sum(map(len, prompts)) / max(1, len(prompts[0]))
    return Usage(round(whole), sum(len(_doubts(choice)) for choice in choices))


def _doubts(choice: dict[str, Any]) -> tuple[float, ...]:
    tokens = (choice["logprobs"] or {}).get("content") or ()
    return tuple(float(token["logprob"]) for token in tokens)


def _slices(items: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def _chatml(messages: tuple[Message, ...]) -> str:
    """The prompt as CHATML above makes it."""
    turns = (f"<|im_start|>{m.role}\n{_harmless(m.content)}<|im_end|>\n" for m in messages)
    return "".join(turns) + "<|im_start|>assistant\n"


def _harmless(text: str) -> str:
    """Text whose ChatML turn marks, should it hold any, are no longer marks to the engine."""
    return text.replace("<|", "< |")


def _in_background(work: Callable[[], Any], stop: Callable[[], None]) -> Any:
    """Run the engine's blocking call in a thread, so that Ctrl-C reaches Python at once; then `stop`, and wait for the call to end."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.extend((work(), None))
        except BaseException as error:  # handed to the caller's thread below, whatever it is
            outcome.extend((None, error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(0.1)
    except KeyboardInterrupt:
        stop()
        thread.join(5)
        raise
    result, error = outcome
    if error is not None:
        raise error
    return result


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2


def _usage(part: dict[str, Any], before: Usage) -> Usage:
    """The engine reports its counts with the last piece of each completion."""
    timings = part.get("timings")
    return before + Usage(timings["prompt_n"], timings["predicted_n"]) if timings else before
