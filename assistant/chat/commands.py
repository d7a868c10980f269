"""What begins with a slash. Each command is a function of the talk and what stands behind its name."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from pathlib import Path

from assistant.brief import FACT_LISTS
from assistant.chat import drafting, facts, interview, letters, opening, outward, versions
from assistant.chat.talk import Leave, Talk
from assistant.errors import UsageError
from assistant.text import one_line, shorten

LISTS = {"talked": "conversation", "work": "their_work", "me": "about_me", "next": "next_step"}


def run(talk: Talk, line: str) -> None:
    """Do what a line with a slash says. Raises UsageError for an unknown command, and what the command raises."""
    name, _, rest = line.strip()[1:].partition(" ")
    name = {"quit": "exit", "q": "exit", "h": "help", "?": "help"}.get(name.lower(), name.lower())
    begun = [known for known in COMMANDS if known.startswith(name)]
    name = begun[0] if name and len(begun) == 1 else name
    if name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=0.0)
        raise UsageError(f"there is no /{one_line(name)}; did you mean /{near[0]}? /help lists them all")
    COMMANDS[name][0](talk, rest.strip())


def choices(talk: Talk, name: str) -> Iterable[str]:
    """What may follow a command's name, for completion."""
    from assistant.writing.plan import kinds

    numbers = [str(v.number) for v in talk.session.versions]
    facts = [fact.id for fact in talk.session.facts]
    return {
        "kind": list(kinds()),
        "use": numbers,
        "diff": numbers,
        "model": ["embedded"],
        "facts": [
            "add talked ",
            "add work ",
            "add me ",
            "add next ",
            *(f"edit {i} " for i in facts),
            *(f"drop {i}" for i in facts),
        ],
    }.get(name, [])


def _help(talk: Talk, rest: str) -> None:
    talk.say("Say in plain words what to change; an empty line repeats what failed. Besides:")
    for name, (_, follows, about) in COMMANDS.items():
        talk.say(f"/{name} {follows}".rstrip() + f": {about}", 2)
    talk.say(
        'Several lines: paste them, or Alt-Enter for a new one; or a line of """ before and after. Ctrl-C stops the writing, Ctrl-D leaves.'
    )


def _exit(talk: Talk, rest: str) -> None:
    raise Leave


def _draft(talk: Talk, rest: str) -> None:
    if talk.session.missing:
        interview.confirm(talk)
        return
    drafting.draft(talk, "draft")


def _regen(talk: Talk, rest: str) -> None:
    talk.standing()
    if talk.session.missing:
        interview.confirm(talk)
        return
    drafting.again(talk)


def _kind(talk: Talk, rest: str) -> None:
    from assistant.writing.plan import kinds

    known = kinds()
    if not rest:
        for name, spec in known.items():
            talk.say(f"{name}: {spec['about']}", 2)
        return
    if rest not in known:
        raise UsageError(f"unknown kind {one_line(rest)!r}; there are: {', '.join(known)}")
    talk.session.kind = rest
    if talk.session.missing:
        interview.confirm(talk)
        return
    drafting.draft(talk, f"/kind {rest}", rest)


def _subject(talk: Talk, rest: str) -> None:
    current = talk.standing()
    if not rest:
        talk.say(f"Subject: {current.parsed().subject or '(none)'}")
        return
    letters.revise(talk, f"subject: {rest}")


def _undo(talk: Talk, rest: str) -> None:
    versions.stands(talk, talk.session.step(-1))


def _redo(talk: Talk, rest: str) -> None:
    versions.stands(talk, talk.session.step(1))


def _use(talk: Talk, rest: str) -> None:
    versions.stands(talk, talk.session.use(_number(rest)))


def _versions(talk: Talk, rest: str) -> None:
    talk.standing()
    current = talk.session.current
    for version in talk.session.versions:
        mark = "*" if current and version.number == current.number else " "
        words = version.parsed().words
        what = ", ".join(
            filter(None, (version.verdict, "broke off" if version.partial else "", "your own" if version.own else ""))
        )
        talk.say(f"{mark} {version.number}  {words} words  {what}  {shorten(one_line(version.asked), 40)}")


def _diff(talk: Talk, rest: str) -> None:
    from assistant.writing.compare import word_diff

    current = talk.standing()
    numbers = [_number(part) for part in rest.split()]
    if len(numbers) == 2:
        old, new = (talk.session.version(n) for n in numbers)
    else:
        before = talk.session.trail[talk.session.at - 1] if talk.session.at > 0 else max(1, current.number - 1)
        old, new = talk.session.version(numbers[0] if numbers else before), current
    if old.letter == new.letter:
        talk.say(
            f"Versions {old.number} and {new.number} are the same."
            if old.number != new.number
            else "There is one version only."
        )
        return
    talk.screen.rule(f"version {old.number} → {new.number}")
    talk.screen.diff(word_diff(old.letter, new.letter))


def _why(talk: Talk, rest: str) -> None:
    current = talk.standing()
    from assistant.session import facts_of

    told = {fact.id: fact for fact in facts_of(current)}
    for sentence in current.parsed().sentences:
        talk.say(f"“{sentence.text}”")
        known = [told[i] for i in sentence.facts if i in told]
        for fact in known:
            talk.say(f"rests on {fact.id}: {fact.text}", 4)
        if not known:
            talk.say("is yours, and rests on no note" if current.own else "claims nothing, and rests on no note", 4)
    used = {i for s in current.parsed().sentences for i in s.facts}
    for fact in told.values():
        if fact.id not in used:
            talk.say(f"not in it: {fact.id}  {fact.text}")


def _check(talk: Talk, rest: str) -> None:
    from assistant.cli.findings_text import as_text

    current = talk.standing()
    report = versions.report_of(talk, current)
    talk.screen.raw(as_text("", report, several=False, quiet=False))


def _facts(talk: Talk, rest: str) -> None:
    verb, _, what = rest.partition(" ")
    if not rest:
        if not talk.session.facts:
            talk.say("None yet. /facts add talked …, add work …, add me … or add next … adds one, in your own words.")
        talk.show_facts(talk.session.facts)
        return
    if verb == "add":
        kind, _, words = what.partition(" ")
        if kind not in LISTS and kind not in FACT_LISTS:
            kind, words = "", what
        if not words.strip():
            raise UsageError("/facts add [talked|work|me|next] and the fact in your own words")
        facts.noted(talk, LISTS.get(kind, kind), words)
    elif verb in ("edit", "change", "drop", "remove"):
        fact_id, _, words = what.strip().partition(" ")
        if not fact_id or (verb in ("edit", "change") and not words.strip()):
            raise UsageError("/facts edit C1 and better words, or /facts drop C1")
        fact = talk.session.change_fact(fact_id, words if verb in ("edit", "change") else "")
        talk.say(
            f"{fact.id}  {one_line(words)}" if words and verb in ("edit", "change") else f"dropped: {fact.text}", 2
        )
    else:
        raise UsageError("/facts, /facts add [talked|work|me|next] …, /facts edit C1 …, or /facts drop C1")
    if talk.session.current:
        talk.say("The letter that stands still says what it said; /regen writes anew from the facts as they are.")


def _model(talk: Talk, rest: str) -> None:
    if rest:
        name, _, url = rest.partition(" ")
        talk.writer.choose(name, url.strip())
        talk.writer.prepare()
    talk.say(talk.writer.about)
    if not rest:
        talk.say(
            "/model NAME [URL] takes one of an endpoint, /model file.gguf one on this machine, /model embedded the one of this program."
        )


def _tokens(talk: Talk, rest: str) -> None:
    into, out = talk.session.tokens
    talk.say(f"{into} tokens in, {out} out in this session, by {talk.writer.settings.model or 'the embedded model'}.")


def _rejection(talk: Talk, rest: str) -> None:
    if not rest:
        if not talk.session.mail:
            talk.say("None was given. /rejection FILE reads one, or paste it behind the command.")
            return
        mail = talk.rejection()
        talk.say(mail.email.written if mail else "")
        return
    path = Path(rest).expanduser()
    try:
        is_file = "\n" not in rest and path.is_file()
    except OSError:
        is_file = False
    if is_file:
        opening.load(talk, path)
    else:
        opening.take(talk, rest)


def _advise(talk: Talk, rest: str) -> None:
    from assistant.advice import advise
    from assistant.cli.advise import told

    mail = talk.rejection()
    talk.say(told(advise(mail, None if talk.session.missing else talk.session.brief), mail))


def _vent(talk: Talk, rest: str) -> None:
    """The talk never gets to see what is vented: it goes from the keyboard to nowhere (`keyboard.vent`)."""
    talk.say("Say it all, line by line; an empty line ends it. Nobody reads it, nothing keeps it.")
    talk.keyboard.vent("~ ")
    talk.say("Gone. Nothing of it was kept or sent.")


def _forget(talk: Talk, rest: str) -> None:
    if rest.lower() != "yes":
        talk.say("This takes the whole session out, letters and all. “/forget yes” does it.")
        return
    talk.session.stage = "forget"
    raise Leave


def _number(text: str) -> int:
    if not text.strip().isdecimal():
        raise UsageError(f"a version's number is wanted, not {one_line(text)!r}; /versions shows them")
    return int(text)


Command = Callable[[Talk, str], None]
COMMANDS: dict[str, tuple[Command, str, str]] = {
    "draft": (_draft, "", "write from the facts"),
    "regen": (_regen, "", "write another one from the same facts"),
    "undo": (_undo, "", "the version before"),
    "redo": (_redo, "", "and back again"),
    "versions": (_versions, "", "all of them"),
    "use": (_use, "N", "let version N stand"),
    "diff": (_diff, "[N [M]]", "what changed, word by word"),
    "why": (_why, "", "which fact each sentence rests on"),
    "check": (_check, "", "what speaks against it, and how it lies beside good letters"),
    "facts": (_facts, "[add …|edit C1 …|drop C1]", "what the letter may rest on"),
    "kind": (_kind, "[KIND]", "another kind of note"),
    "subject": (_subject, "[…]", "the subject line"),
    "edit": (outward.edit, "", "the letter in your editor"),
    "copy": (outward.copy, "", "onto the clipboard"),
    "save": (outward.save, "[FILE]", "to a .txt, .md or .eml file"),
    "eml": (outward.eml, "[FILE]", "as a draft that your mail program opens in the thread"),
    "rejection": (_rejection, "[FILE]", "the mail they wrote"),
    "advise": (_advise, "", "whether to write at all, with all reasons"),
    "vent": (_vent, "", "get it off your chest; kept nowhere"),
    "model": (_model, "[NAME [URL]]", "who writes"),
    "tokens": (_tokens, "", "what it took so far"),
    "forget": (_forget, "", "leave, and take this session out for good"),
    "help": (_help, "", "this list"),
    "exit": (_exit, "", "leave; the session is kept"),
}
