"""What a rejection already tells of the brief. Only names and the stage: what was talked about, only the user knows."""

from __future__ import annotations

from assistant.rejection import Rejection
from assistant.rejection.people import person


def brief_values(rejection: Rejection) -> dict[str, str]:
    """The keys of a brief that the mail fills, as in `Brief`; a key that it doesn't tell is left out."""
    to = rejection.email.to[0].name if len(rejection.email.to) == 1 else ""
    greeted = person(rejection.addressee)
    # The To line has the whole name, the greeting how the person is called.
    sender = next(
        (
            name
            for name in (person(to), greeted)
            if len(name.split()) > 1 and not name.lower().startswith(("mr", "ms", "dr"))
        ),
        "",
    )
    role = "recruiter" if rejection.agency else "committee" if rejection.panel and not rejection.sender else ""
    values = {
        "sender": sender,
        "recipient": rejection.sender,
        "recipient_role": role,
        "company": rejection.company,
        "job_title": rejection.job_title,
        "stage": rejection.signals.stage or "",
    }
    return {key: value for key, value in values.items() if value}


def started_brief(rejection: Rejection) -> str:
    """A brief as a TOML file, with what the mail tells filled in and what only the user knows asked for."""
    import json

    told = brief_values(rejection)
    keys = ("sender", "recipient", "recipient_role", "company", "job_title", "stage", "region")
    hints = {
        "sender": "your name",
        "recipient": '"" when unknown',
        "recipient_role": "hiring manager, interviewer, recruiter, hr or committee",
        "company": "required",
        "job_title": "required",
        "stage": "application, screen, interview or final",
        "region": "where it is sent, such as US or UK",
    }
    # A JSON string is a TOML string, but for one character that JSON leaves as it is.
    lines = [
        f"{key} = {json.dumps(told[key], ensure_ascii=False).replace(chr(127), '')}  # {hints[key]}"
        if key in told
        else f'# {key} = ""  # {hints[key]}'
        for key in keys
    ]
    lists = {
        "conversation": "what you really talked about",
        "their_work": "what they do or are building",
        "about_me": "what is true of you and touches it",
        "next_step": "what you can offer, or would like to know",
    }
    return "\n".join([*lines, *(f"{key} = []  # {hint}" for key, hint in lists.items())]) + "\n"
