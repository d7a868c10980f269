"""A LinkedIn request: who you are to them and one particular thing, within the characters that such a note may have."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from assistant.letter import Letter
from assistant.writing.draft import Beat, LeftOut
from assistant.writing.frame import first_name
from assistant.writing.plan import Plan, kinds, reminder
from assistant.zones import parse_letter

if TYPE_CHECKING:
    from assistant.writing.sentencewise import SentenceWriter

TOO_LONG = "there is no room for it in so few characters"


def write_request(writer: SentenceWriter, plan: Plan, limit: int) -> Letter:
    """The request: the likeliest sentences that fit in `limit` characters, greeting and name included.

    What was talked about and why to be in touch come before the bare reminder of the job. Raises ProviderError when nothing fits.
    """
    brief = writer.brief
    chosen = writer.choose(plan, "")
    notes = Beat("conversation", "says in one line what it is about", notes=reminder("linkedin", brief))
    remind = writer.given("conversation", notes)
    first = [(fact, text) for fact, text in chosen.items() if fact.kind != "next_step"]
    last = [(fact, text) for fact, text in chosen.items() if fact.kind == "next_step"]
    asked = writer.given(
        "next_step", Beat("next_step", "why to stay in touch", notes=tuple(kinds()["linkedin"]["asks"]))
    )
    # Who is asking comes first, where there is room for it: a fact alone leaves the reader to guess.
    known = [(fact, " ".join(filter(None, (remind, text)))) for fact, text in first] if remind else []
    heads = [*known, *first, (None, remind), (None, "")]
    tails = [*last, (None, asked), (None, "")]
    called = first_name(brief) if brief.recipient else ""
    hello, name = f"Hi {called}," if called else "Hello,", brief.sender
    pairs = [*product(heads, tails[:-1]), *product(heads, tails[-1:])]  # a reason to be in touch before all else
    for (fact, head), (step, tail) in pairs:
        body = "\n\n".join((hello, " ".join(filter(None, (head, tail))), name)) + "\n"
        if (head or tail) and len(body.strip()) <= limit:
            used = [f for f in (fact, step) if f]
            writer.left_out += [LeftOut(f, TOO_LONG) for f in chosen if f not in used]
            writer.done = [next((b for b in plan.beats if b.fact == f), Beat(f.kind, "fits", f)) for f in used]
            writer.on_text(body)
            cited: dict[str, tuple[str, ...]] = {chosen[f]: (f.id,) for f in used}
            return parse_letter(body).citing(cited)
    raise writer.failed(f"no sentence that fits in {limit} characters")
