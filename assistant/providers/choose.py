"""From settings to a provider."""

from __future__ import annotations

from pathlib import Path

from assistant.errors import NotAuthorised
from assistant.providers.seam import Provider
from assistant.settings import OPENAI_URL, ModelSettings


def make_provider(settings: ModelSettings) -> Provider:
    """The provider that the settings name, not yet loaded or connected. Raises NotAuthorised for OpenAI without a key."""
    if settings.provider == "scripted":
        from assistant.providers.scripted import read_script

        return read_script(Path(settings.model))
    if settings.provider == "openai":
        if settings.base_url == OPENAI_URL and not settings.key:
            raise NotAuthorised(
                "OpenAI needs a key: set OPENAI_API_KEY, or name another endpoint with --base-url, or use --provider local"
            )
        from assistant.providers.endpoint import Endpoint

        return Endpoint(settings.model, settings.base_url, settings.key)
    from assistant.providers.local import Local

    if settings.model:
        return Local(Path(settings.model))
    from assistant.providers.adapter import verified_adapter
    from assistant.providers.weights import verified

    return Local(verified(), verified_adapter())
