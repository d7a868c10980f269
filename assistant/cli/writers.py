"""The model that drafts: chosen, made ready, and what it would be asked."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.cli.terminal import say, working

if TYPE_CHECKING:
    from assistant.brief import Brief
    from assistant.providers import Provider
    from assistant.providers.patience import Patience
    from assistant.settings import ModelSettings
    from assistant.writing import Options


def chosen_model(model: str, provider: str, base_url: str) -> ModelSettings:
    """The model that flags, environment and settings file choose. Raises UsageError."""
    from assistant.settings import Choice, choose_model, config_folder, read_settings_file

    return choose_model(
        Choice(model, provider, base_url), os.environ, read_settings_file(config_folder() / "config.toml")
    )


def in_the_clear(settings: ModelSettings, what: str, quiet: bool) -> None:
    """Warn when a key would go over a network that everybody can read."""
    if (settings.key_from or settings.key) and settings.base_url.startswith("http://") and not settings.on_this_machine:
        remark(f"note: this address is http, not https: key and {what} travel in the clear", quiet)


def patience(base: Patience | None = None) -> Patience:
    """How long endpoints are waited for: as environment and settings file have it, else as `base`. Raises UsageError."""
    from assistant.providers.patience import patience_from
    from assistant.settings import config_folder, patience_table

    return patience_from(os.environ, patience_table(config_folder() / "config.toml"), base)


def ready(settings: ModelSettings, quiet: bool) -> Provider:
    """The provider, its weights fetched and loaded; says on stderr which model writes and whether anything leaves the machine."""
    from assistant.providers.choose import make_provider

    if settings.provider == "local" and not settings.model:
        from assistant.cli.models import fetch_if_missing

        fetch_if_missing(quiet)
    provider = make_provider(settings, patience(), lambda line: remark(line, quiet))
    if provider.destination:
        remark(f"{provider.model} writes ({settings.why}); the brief is sent to {provider.destination}", quiet)
        in_the_clear(settings, "brief", quiet)
    else:
        remark(f"{provider.model} writes on this machine ({settings.why}); nothing leaves it", quiet)
    from assistant.providers.local import Local

    if isinstance(provider, Local):
        with working("loading the model", quiet):
            provider.load()
    return provider


def dry_run(briefs: Sequence[Brief], options: Options, settings: ModelSettings, hidden: bool) -> None:
    """What would be sent for each brief, and where; the same functions build it that would send it."""
    from assistant.providers.endpoint import Endpoint
    from assistant.providers.seam import Request
    from assistant.writing.compose import preview
    from assistant.writing.veiling import masked

    embedded = settings.provider == "local" and not settings.model
    bodies: list[dict[str, Any]] = []
    for brief in briefs:
        messages = preview(brief, "sentences" if embedded else "letter", options)
        if hidden:
            messages = masked(messages, brief)
        if settings.provider == "openai":
            request = Request(messages, temperature=options.temperature, seed=options.seed)
            bodies.append(Endpoint(settings.model, settings.base_url).body(request))
        else:
            bodies.append({"messages": [{"role": m.role, "content": m.content} for m in messages]})
    if settings.provider == "openai":
        say(f"would be sent to {settings.base_url}/chat/completions; nothing was sent")
    else:
        say("the model would be asked this on this machine; nothing would leave it")
    sys.stdout.write(json.dumps(bodies if len(bodies) > 1 else bodies[0], ensure_ascii=False, indent=2) + "\n")


def remark(message: str, quiet: bool) -> None:
    """A remark on stderr, unless the user wants none."""
    if not quiet:
        say(message)
