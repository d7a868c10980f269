"""A LinkedIn request: who you are to them and one particular thing, within the characters that such a note may have."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from assistant.letter import Letter
from assistant.writing.draft import Beat, LeftOut
from assistant.writing.frame import first_name
from assistant.writing.plan import Plan, reminder
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
    asked = writer.asked(plan)
    heads = [*first, (None, remind), (None, "")]
    tails = [*last, (None, asked), (None, "")]
    hello, name = f"Hi {first_name(brief)}," if brief.recipient else "Hello,", brief.sender
    for (fact, head), (step, tail) in product(heads, tails):
        text = f"{hello} {' '.join(filter(None, (head, tail)))} {name}"
        if (head or tail) and len(text) <= limit:
            used = [f for f in (fact, step) if f]
            writer.left_out += [LeftOut(f, TOO_LONG) for f in chosen if f not in used]
            writer.done = [next((b for b in plan.beats if b.fact == f), Beat(f.kind, "fits", f)) for f in used]
            body = "\n\n".join((hello, " ".join(filter(None, (head, tail))), name)) + "\n"
            writer.on_text(body)
            cited: dict[str, tuple[str, ...]] = {s: (f.id,) for f, s in ((fact, head), (step, tail)) if f}
            return parse_letter(body).citing(cited)
    raise writer.failed(f"no sentence that fits in {limit} characters")
