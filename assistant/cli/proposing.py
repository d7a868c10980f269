"""The `--model` of `afternote advise`: which model points at what the mail says, and what leaves the machine for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from assistant.cli.terminal import say, working
from assistant.cli.veiling import masking
from assistant.cli.writers import patience
from assistant.errors import UsageError
from assistant.prompts import load_template

if TYPE_CHECKING:
    from assistant.rejection import Rejection


def proposed(rejection: Rejection, model: str, base_url: str, quiet: bool) -> Rejection:
    """The rejection with what a model adds to its reading. Raises UsageError without an endpoint, ProviderError and its kinds."""
    from assistant.providers.choose import make_provider
    from assistant.rejection.proposals import propose
    from assistant.settings import Choice, choose_model, config_folder, read_settings_file

    settings = choose_model(
        Choice(model, "", base_url), os.environ, read_settings_file(config_folder() / "config.toml")
    )
    if settings.provider == "local":
        raise UsageError("advise can use a model at an endpoint only; without --model it reads the mail by itself")
    provider = make_provider(settings, patience(), say)
    hidden = masking(None, settings)
    if provider.destination and not quiet:
        names = ", its names hidden" if hidden else ""
        say(f"{provider.model} reads too ({settings.why}); the mail is sent to {provider.destination}{names}")
    if hidden:
        from assistant.redact import Redacting, redaction_for
        from assistant.writing.veiling import names_in

        boxes = (rejection.email.sender, rejection.email.reply_to, *rejection.email.to)
        people = [rejection.sender, rejection.addressee, *(box.name for box in boxes)]
        firms = [rejection.company] if rejection.company else []
        others = names_in(rejection.email.written.split("\n"))
        provider = Redacting(provider, redaction_for([p for p in people if p], firms, others))
    with working("reading", quiet):
        found, remarks = propose(rejection, provider, load_template("rejection"))
    for remark in remarks:
        say(f"note: {remark}")
    return found
