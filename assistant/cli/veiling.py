"""Whether names are hidden from an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.settings import ModelSettings


def masking(flag: bool | None, settings: ModelSettings) -> bool:
    """Whether names are hidden: as the flag says, else as `redact` in the settings file; never where nothing leaves the machine."""
    from assistant.settings import config_folder, redacts

    if settings.provider != "openai":
        return False
    return redacts(config_folder() / "config.toml") if flag is None else flag
