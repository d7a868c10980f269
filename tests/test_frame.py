import pytest

from assistant import Brief
from assistant.writing.frame import greeting, sign_off


@pytest.mark.parametrize(
    ("recipient", "role", "stage", "region", "expected"),
    [
        ("Anne Whitcomb", "hiring manager", "final", "US", "Dear Anne,"),
        ("Anne Whitcomb", "hiring manager", "application", "US", "Dear Anne Whitcomb,"),
        ("Nagy Anna", "hiring manager", "final", "HU", "Dear Nagy Anna,"),
        ("Li Wei", "hiring manager", "final", "", "Dear Li Wei,"),
        ("Mr. Alvin Chow", "hiring manager", "final", "US", "Dear Mr. Chow,"),
        ("Dr Ngozi Eze", "hiring manager", "final", "CN", "Dear Dr Ngozi Eze,"),
        ("Mrs Lindqvist", "hiring manager", "final", "SE", "Dear Mrs Lindqvist,"),
        ("Coach Tui", "hiring manager", "final", "NZ", "Dear Coach Tui,"),
        ("Hugh and Verity", "interviewer", "final", "UK", "Dear Hugh and Verity,"),
        ("Search Committee", "committee", "final", "US", "Dear Search Committee,"),
        ("Talent Team", "recruiter", "interview", "US", "Dear Talent Team,"),
        ("", "committee", "final", "US", "Dear hiring committee,"),
        ("the appointments committee", "committee", "final", "UK", "Dear appointments committee,"),
        ("", "hr", "", "", "Hello,"),
    ],
)
def test_a_greeting_takes_no_liberty_with_a_name(
    recipient: str, role: str, stage: str, region: str, expected: str
) -> None:
    brief = Brief(
        sender="A", company="K", job_title="J", recipient=recipient, recipient_role=role, stage=stage, region=region
    )
    assert greeting(brief) == expected


def test_the_close_is_cooler_where_wishes_are_no_custom() -> None:
    assert sign_off(Brief(sender="A B", company="K", job_title="J", region="DE")) == "Kind regards,\nA B"
    assert sign_off(Brief(sender="A B", company="K", job_title="J", region="UK")) == "Best wishes,\nA B"
