"""Which model drafts, and which judges, as the options of a command say."""

from __future__ import annotations

import os
import sys
from argparse import Namespace

from assistant.providers import Provider, weights
from assistant.providers.adapter import adapter_file, verified_adapter
from assistant.providers.choose import make_provider
from assistant.providers.local import Local
from assistant.settings import Choice, choose_model

LETTERS_SIDE_BY_SIDE = 8  # plain letters in the embedded engine at once


def writer_of(options: Namespace, way: str, asked: bool) -> Provider:
    """The model that drafts: the embedded one unless the options name another, so that a key in the environment sends no run elsewhere.

    `asked` False: it is only needed by its name, to know its recordings; its weights needn't be there.
    """
    named = options.provider or ("openai" if options.base_url or options.model else "local")
    if named == "local" and not options.model:
        if asked and not weights.present():
            print("fetching the embedded model, 93 MB, once", file=sys.stderr)
            weights.fetch(lambda *_: None)
        file = weights.verified() if asked else weights.weights_file()
        if way == "plain":
            return Local(file, letters=LETTERS_SIDE_BY_SIDE)
        return Local(file, verified_adapter() if asked else adapter_file())
    return make_provider(choose_model(Choice(options.model, named, options.base_url), _keys(), Choice()))


def _keys() -> dict[str, str]:
    """What the environment may say here: keys and their address; which model is asked, only the options."""
    return {name: value for name, value in os.environ.items() if name.endswith("_API_KEY") or name == "OPENAI_BASE_URL"}


def at_once(options: Namespace, way: str, provider: Provider) -> int:
    """How many letters are drafted at once. The engine in this process writes one letter at a time our way: its own batches fill it."""
    if provider.name == "local":
        return LETTERS_SIDE_BY_SIDE if way == "plain" else 1
    return int(options.concurrency)


def judge_of(options: Namespace) -> Provider:
    """The model that judges: a GGUF file, or one at an endpoint."""
    named = "local" if options.judge.endswith(".gguf") else "openai"
    return make_provider(choose_model(Choice(options.judge, named, options.judge_base_url), _keys(), Choice()))
