"""The options that several commands share, with their help."""

from __future__ import annotations

from typing import Annotated

import typer

ModelName = Annotated[str, typer.Option("--model", "-m", help="Name of the model, or a .gguf file.")]
ProviderName = Annotated[str, typer.Option("--provider", help="openai (any compatible endpoint), local or scripted.")]
BaseUrl = Annotated[
    str, typer.Option("--base-url", help="Address of an OpenAI-compatible endpoint, with or without /v1.")
]
Redact = Annotated[
    bool | None,
    typer.Option("--redact/--no-redact", help="Send placeholders instead of names, addresses, numbers and links."),
]
