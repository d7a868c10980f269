"""From settings to a provider."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.errors import NotAuthorised
from assistant.providers.patience import Patience
from assistant.providers.seam import Provider
from assistant.settings import OPENAI_URL, ModelSettings


def make_provider(
    settings: ModelSettings, patience: Patience | None = None, tell: Callable[[str], None] | None = None
) -> Provider:
    """The provider that the settings name, not yet loaded or connected; its key is fetched. Raises NotAuthorised, UsageError.

    `patience` is for an endpoint, and `tell` gets a line before each of its further attempts.
    """
    if settings.provider == "scripted":
        from assistant.providers.scripted import read_script

        return read_script(Path(settings.model))
    if settings.provider == "openai":
        from assistant.key_sources import with_key

        settings = with_key(settings)
        if settings.base_url == OPENAI_URL and not settings.key:
            raise NotAuthorised(
                "OpenAI needs a key: set OPENAI_API_KEY (or key_command in config.toml), or name another endpoint with "
                "--base-url, or use --provider local"
            )
        from assistant.providers.endpoint import Endpoint

        endpoint = Endpoint(settings.model, settings.base_url, settings.key, patience=patience or Patience())
        endpoint.tell = tell or endpoint.tell
        return endpoint
    from assistant.providers.local import Local

    if settings.model:
        return Local(Path(settings.model))
    from assistant.providers.adapter import verified_adapter
    from assistant.providers.weights import verified

    return Local(verified(), verified_adapter())
