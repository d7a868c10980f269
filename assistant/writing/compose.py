"""The main job: a brief in, a letter out that is held to it."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from assistant.brief import Brief
from assistant.checks import check_letter
from assistant.checks.length import LINKEDIN_CHARACTERS
from assistant.errors import UsageError
from assistant.prompts import Template, load_template
from assistant.providers import Message, OnText, Provider, SentenceProvider
from assistant.writing.draft import Draft, LeftOut
from assistant.writing.letterwise import LetterWriter, first_messages
from assistant.writing.plan import Plan, kinds, make_plan


@dataclass(frozen=True)
class Options:
    """How to draft. `rounds` bounds the revisions; `temperature` None leaves it to the model; `seed` None draws one.

    `place` is the letter's number in a batch drafted with one seed: a model that writes sentence by sentence tries another way to open
    first for each of ten letters. None leaves that to the brief. `limit` is how many characters a LinkedIn request may have. `templates`
    reads the prompt templates: a batch reads each once, for all its letters.
    """

    kind: str = "note"
    rounds: int = 2
    seed: int | None = None
    temperature: float | None = None
    place: int | None = None
    limit: int = LINKEDIN_CHARACTERS
    templates: Callable[[str], Template] = load_template


def _silent(text: str) -> None:
    """Nobody listens."""


def compose(
    brief: Brief,
    provider: Provider | None = None,
    options: Options | None = None,
    on_text: OnText = _silent,
    on_note: Callable[[str], None] = _silent,
) -> Draft:
    """Plan the beats, draft, check, revise while errors remain, and return the letter with all that is still to be said against it.

    Without a provider the one that settings and environment choose writes. `on_text` gets the letter as it grows, already without fact
    ids; `on_note` gets one-line remarks. Raises ProviderError and its kinds; StreamCut and Interrupted carry the text so far.
    """
    options = options or Options()
    provider = provider or default_provider()
    plan = make_plan(brief, _known(options.kind))
    if plan.kind == "feedback" and brief.recipient_role == "recruiter":
        on_note("an agency seldom knows more than it wrote; the people you met are better asked")
    if provider.style == "sentences":
        return _sentence_by_sentence(brief, cast("SentenceProvider", provider), plan, options, on_text, on_note)
    return _whole_letter(brief, provider, plan, options, on_text, on_note)


def preview(brief: Brief, style: str, options: Options) -> tuple[Message, ...]:
    """What would be sent for a first draft, message by message, without sending it."""
    plan = make_plan(brief, _known(options.kind))
    if style == "letter":
        return first_messages(brief, plan, options.templates(plan.kind), options.limit)
    from assistant.writing.limits import drawn_facts

    template = options.templates("sentence")
    notes = [(f.kind, f.text) for f in drawn_facts(plan)]
    return tuple(m for part, note in notes for m in template.render(recipient=brief.recipient, part=part, note=note))


def default_provider() -> Provider:
    """The provider that the environment and the settings file choose."""
    from assistant.providers.choose import make_provider
    from assistant.settings import Choice, choose_model, config_folder, read_settings_file

    return make_provider(choose_model(Choice(), os.environ, read_settings_file(config_folder() / "config.toml")))


def _whole_letter(
    brief: Brief, provider: Provider, plan: Plan, options: Options, on_text: OnText, on_note: Callable[[str], None]
) -> Draft:
    templates = {name: options.templates(name) for name in (plan.kind, "revise")}
    writer = LetterWriter(
        brief, provider, templates, options.seed, options.temperature, on_text, on_note, options.limit
    )
    report, attempts = writer.write(plan, options.rounds)
    used = {fact_id for s in report.letter.sentences for fact_id in s.facts}
    left = [LeftOut(f, "the plan has enough without it") for f in plan.reserve if f.id not in used]
    left += [LeftOut(f, "the model didn't take it up") for f in plan.facts if f.id not in used]
    prompts = tuple(template.label for template in writer.templates.values())
    return Draft(
        report,
        plan.kind,
        provider.model,
        provider.name,
        attempts,
        writer.usage,
        prompts,
        options.seed,
        (*plan.ruled_out, *left),
        plan.questions,
        tuple(beat for beat in plan.beats if not beat.fact or beat.fact.id in used),
    )


def _sentence_by_sentence(
    brief: Brief,
    provider: SentenceProvider,
    plan: Plan,
    options: Options,
    on_text: OnText,
    on_note: Callable[[str], None],
) -> Draft:
    # Here, because its checks cost 30 ms that a large model's letter needn't wait for.
    from assistant.writing.candidates import Candidates
    from assistant.writing.sentencewise import SentenceWriter

    seed = random.SystemRandom().randrange(1, 1_000_000) if options.seed is None else options.seed
    template = options.templates("sentence")
    candidates = Candidates(brief, provider, template, seed)
    writer = SentenceWriter(brief, candidates, on_text, on_note, options.place, options.limit)
    letter = writer.write(plan)
    # What was planned as a note but ended without a single fact is an acknowledgement, and is held to that.
    kind = "ack" if plan.kind == "note" and not any(s.facts for s in letter.sentences) else plan.kind
    report = check_letter(letter, brief, kind)
    left_out = (*plan.ruled_out, *writer.left_out)
    return Draft(
        report,
        kind,
        provider.model,
        provider.name,
        1,
        candidates.usage,
        (template.label,),
        seed,
        left_out,
        plan.questions,
        tuple(writer.done),
    )


def _known(kind: str) -> str:
    if kind not in kinds():
        raise UsageError(f"unknown kind {kind!r}; there are: {', '.join(kinds())}")
    return kind
