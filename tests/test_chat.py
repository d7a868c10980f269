"""The chat from the rejection to the letter, without a terminal: advice, interview, versions, questions back, errors."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from chats import ANSWERS, INVENTED, LETTER, MAIL, OWN, SHORT, Chat, chat, interviewed, quoted
from conftest import ROOT

from assistant.settings import data_folder
from assistant.store import Store

__all__ = ["chat"]


def stored(number: int = 1) -> Store:
    return Store(data_folder(), print)


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_advice_comes_first_in_two_lines_and_leaving_is_meant(chat: Chat) -> None:
    done = chat([quoted(MAIL), "leave it"])
    assert done.code == 0
    assert "Worth a real note. To Renske Bakker, as a reply in this thread" in words(done.out)
    assert "you may also leave it: nothing is owed" in words(done.out)
    assert "Nothing is owed, and nothing is lost by it" in words(done.out)
    assert "1 of" not in done.out


def test_a_form_rejection_is_said_to_need_no_reply(chat: Chat) -> None:
    form = (ROOT / "examples" / "rejections" / "form.eml").read_text(encoding="utf-8")
    done = chat([quoted(form), "no"])
    assert "No reply needed." in done.out
    assert "costs you nothing" in words(done.out)
    assert "writes one all the same" in words(done.out)


def test_the_interview_asks_only_for_what_is_missing_one_at_a_time_each_with_reason_and_example(chat: Chat) -> None:
    done = chat(interviewed("/exit"), LETTER)
    asked = re.findall(r"^(\d) of (\d)\. (.*)$", done.out, re.MULTILINE)
    assert [(n, of) for n, of, _ in asked] == [("1", "4"), ("2", "4"), ("3", "4"), ("4", "4")]
    assert words(done.out).count("For example:") == 4
    assert "name do you sign" not in done.out  # the mail told the names


def test_at_most_five_questions_when_nothing_is_known(chat: Chat) -> None:
    done = chat(["", "night baker at Krume Bakery", "Ifeoma Adeyemi, to Renske Bakker", *ANSWERS, "", "/exit"], LETTER)
    assert max(int(n) for n in re.findall(r"^(\d) of", done.out, re.MULTILINE)) == 5
    assert "version 1" in done.out


@pytest.mark.parametrize("passing", ["skip", "", "don't know", "Nothing.", "pass"])
def test_every_question_can_be_skipped(chat: Chat, passing: str) -> None:
    done = chat(
        [quoted(MAIL), "", *[passing] * 4, "/exit"], "Subject: x\n\nDear Renske,\n\nThank you for telling me.\n\nIfeoma"
    )
    assert "an honest two-liner" in words(done.out)
    assert "version 1" in done.out


@pytest.mark.parametrize("enough", ["that's all I have", "That’s it", "enough", "done", "just write it"])
def test_that_is_all_ends_the_questions(chat: Chat, enough: str) -> None:
    done = chat([quoted(MAIL), "", ANSWERS[0], enough, "", "/exit"], LETTER)
    assert "2 of 4" in done.out
    assert "3 of 4" not in done.out
    assert "version 1" in done.out


def test_answers_become_facts_that_are_confirmed_bettered_or_dropped(chat: Chat) -> None:
    said = ["she said the starter sulks; we talked about the new ovens", "skip", "skip", "skip"]
    done = chat([quoted(MAIL), "", *said, "C2: we talked about the new deck ovens", "drop C1", "/facts", "/exit"])
    assert re.search(r"^  C1  we talked about the new deck ovens$", done.out.split("dropped")[1], re.MULTILINE)
    assert "nothing else:" in done.out
    assert "version 1" not in done.out


def test_an_answer_that_suits_any_interview_is_asked_about_once(chat: Chat) -> None:
    done = chat([quoted(MAIL), "", "it went well", "she let me shape six baguettes", "good vibes", "/exit"])
    assert done.out.count("said of any interview") == 1
    assert "C1  she let me shape six baguettes" in done.out


def test_without_facts_nothing_is_claimed(chat: Chat) -> None:
    done = chat(
        [quoted(MAIL), "", "that's all", "/exit"], "Subject: x\n\nDear Renske,\n\nThank you for telling me.\n\nIfeoma"
    )
    assert "it claims nothing, and it is enough" in words(done.out)


def test_a_tired_person_is_told_that_it_keeps(chat: Chat) -> None:
    done = chat([quoted(MAIL), "I'm exhausted honestly", "leave it"])
    assert "It keeps for a day or two" in words(done.out)


def test_being_ghosted_needs_no_mail(chat: Chat) -> None:
    done = chat(["they never wrote back", "leave it"])
    assert "No reply needed" in done.out


def test_a_file_of_the_rejection_may_be_named_in_place_of_pasting(chat: Chat, tmp_path: Path) -> None:
    path = tmp_path / "no thanks.eml"
    path.write_text(MAIL, encoding="utf-8")
    assert "Renske Bakker" in chat([f"'{path}'", "leave it"]).out
    missing = chat(["gone.eml", "leave it"])
    assert "gone.eml: there is no such file" in missing.err
    assert missing.code == 0


def test_a_pasted_letter_of_ones_own_is_checked_and_left_alone(chat: Chat) -> None:
    done = chat([quoted(OWN), "mine", "/versions", "/exit"])
    assert "kept as version 1 just as it is" in words(done.out)
    assert "your own" in done.out
    session = stored().load(1)
    assert session.versions[0].letter.strip() == OWN.strip()
    assert len(session.versions) == 1


def test_a_fawning_letter_of_ones_own_gets_its_verdict_and_the_reasons(chat: Chat) -> None:
    fawning = OWN.replace(
        "I keep thinking",
        "It was the greatest honour of my humble life to meet such an inspiring leader. I keep thinking",
    )
    done = chat([*interviewed("/facts"), quoted(fawning), "/exit"], LETTER)
    assert "obsequious" in done.out


def test_a_revision_keeps_every_version_and_undo_brings_one_back(chat: Chat) -> None:
    done = chat(interviewed("shorter", "/undo", "/redo", "/use 1", "/versions", "/exit"), LETTER, SHORT)
    session = stored().load(1)
    assert [v.asked for v in session.versions] == ["draft", "shorter"]
    assert session.trail == [1, 2, 1]
    assert "* 1" in done.out
    assert session.versions[0].cited["You said the rye starter sulks below 22 degrees."] == ("C1",)
    assert session.versions[0].brief["conversation"] == [ANSWERS[0]]


def test_the_difference_is_shown_word_by_word(chat: Chat) -> None:
    done = chat(interviewed("shorter", "/diff", "/exit"), LETTER, SHORT)
    shown = words(done.out)
    assert "[-I ran a 12-hour night line for 3 years, so the early shifts there sound familiar.-]" in shown


def test_a_revision_that_breaks_a_check_is_shown_so_with_the_way_back(chat: Chat) -> None:
    done = chat(interviewed("make it bolder", "", "/exit"), LETTER, INVENTED, INVENTED)
    assert "This breaks a check:" in done.out
    assert "Enter goes back to version 1" in words(done.out)
    session = stored().load(1)
    assert session.current is not None
    assert session.current.number == 1
    assert len(session.versions) == 2


def test_a_broken_version_stays_when_the_user_wants_it(chat: Chat) -> None:
    chat(interviewed("make it bolder", "keep", "/exit"), LETTER, INVENTED, INVENTED)
    current = stored().load(1).current
    assert current is not None
    assert current.number == 2


@pytest.mark.parametrize(
    "claim", ["say I led the project", "add that I ran a team of 40", "tell her we talked about salaries"]
)
def test_what_the_facts_do_not_support_is_asked_and_not_invented(chat: Chat, claim: str) -> None:
    done = chat(interviewed(claim, "no", "/exit"), LETTER)
    assert "Is it true?" in words(done.out)
    assert "Then it stays out." in done.out
    assert len(stored().load(1).versions) == 1


def test_a_claim_that_is_true_becomes_a_fact_and_goes_in(chat: Chat) -> None:
    led = SHORT.replace("I can send", "I led the oven project in Lagos [M2]. I can send")
    done = chat(interviewed("say I led the oven project in Lagos", "yes", "/why", "/exit"), LETTER, led)
    assert "rests on M2: I led the oven project in Lagos" in done.out
    assert "I led the oven project in Lagos" in stored().load(1).known["about_me"]


def test_a_question_of_the_model_is_passed_on_and_the_answer_is_a_fact(chat: Chat) -> None:
    asked = "QUESTION: When did you try the slower proof?"
    done = chat(interviewed("work in the slow proof thing", "we tried it in march", "/exit"), LETTER, asked, SHORT)
    assert "When did you try the slower proof?" in words(done.out) or "have nothing on" in words(done.out)
    assert "we tried it in march" in json.dumps(stored().load(1).known)


def test_the_reader_is_greeted_by_the_name_she_prefers_without_any_model(chat: Chat) -> None:
    done = chat(interviewed("she prefers Ren", "/check", "/undo", "/exit"), LETTER)
    assert "Dear Ren,\n" in done.out
    assert "form.greeting" not in done.out
    session = stored().load(1)
    assert session.called == ""  # undone
    assert session.known["recipient"] == "Renske Bakker"


def test_facts_are_added_changed_and_dropped_and_written_from_anew(chat: Chat) -> None:
    lines = [
        "/facts add me baked for the king once",
        "/facts edit M2 baked for the mayor once",
        "/facts drop C1",
        "/facts",
        "/regen",
    ]
    done = chat(interviewed(*lines, "/exit"), LETTER, *[SHORT] * 3)  # it cites a fact that is gone, and is revised
    known = stored().load(1).known
    assert known["about_me"][-1] == "baked for the mayor once"
    assert known["conversation"] == []
    assert "/regen writes anew" in done.out
    assert len(stored().load(1).versions) == 2


def test_the_letter_goes_to_files_and_one_that_exists_is_left(
    chat: Chat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = chat(interviewed("/save note.txt", "/save note.txt", "/eml", "/save no.pdf", "/exit"), LETTER)
    assert (tmp_path / "note.txt").read_text(encoding="utf-8").startswith("Subject: The rye starter")
    assert "note.txt exists; another name, or the same with --force" in done.err
    assert b"Subject: Re: Your application as Night Baker" in (tmp_path / "reply.eml").read_bytes()
    assert "written as .txt, .md or .eml" in done.err
    assert done.code == 0


def test_the_editor_gets_the_letter_and_what_comes_back_is_checked(
    chat: Chat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "my editor.sh"
    editor.write_text("#!/bin/sh\nsed -i 's/Kind regards/Best wishes/' \"$1\"\n", encoding="utf-8")
    editor.chmod(0o755)
    monkeypatch.setenv("VISUAL", f"'{editor}'")
    chat(interviewed("/edit", "/exit"), LETTER)
    session = stored().load(1)
    assert "Best wishes" in session.versions[1].letter
    assert session.versions[1].cited["You said the rye starter sulks below 22 degrees."] == ("C1",)


def test_an_editor_that_fails_loses_nothing(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "/no/such/editor")
    done = chat(interviewed("/edit", "/exit"), LETTER)
    assert "can't be run" in done.err
    assert len(stored().load(1).versions) == 1


def test_an_error_of_the_model_ends_nothing_and_one_key_repeats_it(chat: Chat) -> None:
    done = chat(interviewed("less stuffy somehow", "", "/exit"), LETTER)
    assert done.err.count("the script has 0 replies left") == 2  # asked, and asked again by an empty line
    assert "version 1 stands as it was" in done.err
    assert done.code == 0


def test_a_reply_that_breaks_off_is_kept_and_named(chat: Chat) -> None:
    done = chat(interviewed("a bit shorter", "/use 2", "/exit"), LETTER, SHORT[:120] + "<cut>")
    assert "What had come is kept as version 2" in words(done.out)
    session = stored().load(1)
    assert session.versions[1].partial
    assert "Enter tries again" in done.err


def test_commands_that_are_wrong_are_answered_in_one_line(chat: Chat) -> None:
    lines = ["/undo", "/nope", "/use 9", "/use x", "/kind poem", "/facts edit Z9 x", "/diff", "/why"]
    done = chat(lines, LETTER)
    assert len(done.err.strip().splitlines()) == len(lines)
    assert "Traceback" not in done.err + done.out
    assert "did you mean" in done.err


def test_every_command_is_in_the_help(chat: Chat) -> None:
    from assistant.chat.commands import COMMANDS

    done = chat(["/help"], LETTER)
    for name in COMMANDS:
        assert f"/{name}" in done.out
    wanted = (
        "diff undo redo versions use regen why check facts kind subject edit copy save eml model tokens help exit vent"
    )
    assert set(wanted.split()) <= set(COMMANDS)


def test_another_model_can_be_taken_in_the_middle(chat: Chat, tmp_path: Path) -> None:
    done = chat(interviewed("/model other.gguf", "/model", "/tokens", "/exit"), LETTER)
    assert "other.gguf writes, on this machine; nothing leaves it." in done.out
    assert re.search(r"\d+ tokens in, \d+ out", done.out)


@pytest.mark.parametrize(
    "line", ["/vent", "/vent those XYZZY people never even looked at me", "/Ven XYZZY", "vent: XYZZY", "/v XYZZY"]
)
def test_what_is_vented_reaches_neither_store_nor_model_nor_letter(
    chat: Chat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    from assistant.providers import scripted

    calls: list[str] = []
    complete = scripted.Scripted.complete

    def watched(self: scripted.Scripted, request: object, on_text: object = None) -> object:
        calls.append(repr(request))
        return complete(self, request, on_text)  # type: ignore[arg-type]  # it stands in for the real one, whatever that takes

    monkeypatch.setattr(scripted.Scripted, "complete", watched)
    vented = ["they are XYZZY idiots and I hate them", "XYZZY XYZZY", ""]
    done = chat([quoted(MAIL), line, *vented, "", *ANSWERS, "", line, *vented, "shorter", "/exit"], LETTER, SHORT)
    assert "Nothing of it was kept or sent" in words(done.out)
    assert len(calls) == 2
    assert "XYZZY" not in done.out + "".join(calls)
    everywhere = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert any(p.name == "sessions.sqlite" for p in everywhere)
    assert not [p for p in everywhere if b"XYZZY" in p.read_bytes()]


def test_no_log_leaves_nothing_behind(chat: Chat, tmp_path: Path) -> None:
    def files() -> set[str]:
        return {str(p) for p in (tmp_path / "home").rglob("*")}

    before = files()
    done = chat(interviewed("shorter", "/exit"), LETTER, SHORT, options=["--no-log"])
    assert "version 2" in done.out
    assert files() == before
    assert "--continue" not in done.out


def test_a_session_goes_on_where_it_was(chat: Chat) -> None:
    chat([quoted(MAIL), "", ANSWERS[0]])  # the input ends in the middle of the interview
    done = chat([*ANSWERS[1:], "", "/exit"], LETTER, options=["--continue"])
    assert "C1  she said the rye starter" in done.out
    assert "2 of 4" in done.out
    assert "version 1" in done.out
    again = chat(["/versions", "/exit"], options=["-c"])
    assert "version 1 of 1" in again.out


def test_a_brief_may_begin_the_chat(chat: Chat) -> None:
    done = chat(["", "/exit"], *[LETTER] * 3, options=[ROOT / "examples" / "final-round.toml"])
    assert "C1 why she moved the night crew" in words(done.out)
    assert "version 1" in done.out


def test_what_cannot_go_together_is_said_at_once(chat: Chat) -> None:
    assert chat([], options=["--continue", "--no-log"]).code == 2
    nothing = chat([], options=["--continue"])
    assert nothing.code == 2
    assert "there is none" in nothing.err


def test_two_wishes_at_once_are_both_sent_and_done(chat: Chat) -> None:
    chat(interviewed("shorter, and she prefers Ren", "/exit"), LETTER, SHORT)
    current = stored().load(1).current
    assert current is not None
    assert "Dear Ren," in current.letter or "Dear Renske," in current.letter


def test_forget_takes_the_session_out(chat: Chat) -> None:
    asked = chat(interviewed("/forget", "/exit"), LETTER)
    assert "“/forget yes” does it" in asked.out
    assert len(stored().listed()) == 1
    chat(["/forget yes"], options=["--continue"])
    assert stored().listed() == []
    assert b"rye starter" not in b"".join(p.read_bytes() for p in data_folder().iterdir())


@pytest.mark.parametrize(
    ("said", "key", "value"),
    [
        ("to: Renske", "recipient", "Renske"),
        ("to Renske van Dijk", "recipient", "Renske van Dijk"),
        ("job: head baker", "job_title", "head baker"),
        ("company: Krume & Co", "company", "Krume & Co"),
        ("my name is Ife", "sender", "Ife"),
    ],
)
def test_a_name_that_was_understood_wrongly_is_put_right(chat: Chat, said: str, key: str, value: str) -> None:
    done = chat([quoted(MAIL), "", *ANSWERS, said, "/exit"], LETTER)
    assert value in done.out.split("nothing else")[1]
    assert stored().load(1).known[key] == value


@pytest.mark.parametrize(
    "answer", ["to know how the slow proof ends", "company is moving to Delft in may", "from may they have two shops"]
)
def test_an_answer_that_begins_like_a_name_is_a_fact(chat: Chat, answer: str) -> None:
    chat([quoted(MAIL), "", "skip", answer, "/exit"], LETTER)
    known = stored().load(1).known
    assert known["their_work"] == [answer]
    assert (known["company"], known["recipient"]) == ("Krume Bakery", "Renske Bakker")


def test_what_was_said_is_talk_and_what_can_be_sent_a_step_whatever_was_asked(chat: Chat) -> None:
    chat([quoted(MAIL), "", "can send the chart i made", "she said the ovens are cold", "/exit"], LETTER)
    known = stored().load(1).known
    assert known["next_step"] == ["can send the chart i made"]
    assert known["conversation"] == ["she said the ovens are cold"]


@pytest.mark.parametrize("said", ["i don't want to be here anymore", "honestly I want to die"])
def test_somebody_in_danger_is_answered_as_a_person_is(chat: Chat, said: str) -> None:
    done = chat(interviewed(said, "/exit"), LETTER)
    assert "Please tell somebody now" in words(done.out)
    assert "findahelpline.com" in done.out
    assert len(stored().load(1).versions) == 1


@pytest.mark.parametrize("said", ["I feel like a failure honestly", "i feel worthless"])
def test_somebody_who_hurts_is_heard_and_it_becomes_no_fact(chat: Chat, said: str) -> None:
    done = chat([quoted(MAIL), "", said, ANSWERS[0], "that's all", "/exit"])
    assert "says nothing about your worth" in words(done.out)
    assert stored().load(1).known["conversation"] == [ANSWERS[0]]


@pytest.mark.parametrize(
    "said", ["yes please i want to write one", "why? i'd like to at least say something", "what do you mean?"]
)
def test_what_is_said_to_the_advice_is_no_answer_to_the_first_question(chat: Chat, said: str) -> None:
    chat(["they never wrote back", said, "night baker at Krume", "/exit"])
    assert stored().load(1).known["job_title"] == "night baker"


@pytest.mark.parametrize("said", ["why do you need that?", "I don't want to say"])
def test_a_question_back_is_no_job(chat: Chat, said: str) -> None:
    chat(["", said, "night baker at Krume", "/exit"])
    assert stored().load(1).known["job_title"] == "night baker"


def test_a_long_answer_to_a_short_question_is_not_lost(chat: Chat) -> None:
    long = "oh it was the one with the night shifts, I ran a night line for three years in Lagos and I loved every hour of it"
    chat(["", long, "/exit"])
    assert "Lagos" in json.dumps(stored().load(1).known)


@pytest.mark.parametrize("said", ["actually it was 24 degrees, not 22", "change 22 to 24", "24, not 22"])
def test_a_number_put_right_is_right_in_letter_and_facts(chat: Chat, said: str) -> None:
    chat(interviewed(said, "/exit"), LETTER)
    session = stored().load(1)
    assert session.current is not None
    assert "sulks below 24 degrees" in session.current.letter
    assert "24 degrees" in session.known["conversation"][0]
    assert not [f for f in session.current.findings if f["severity"] == "error"]


@pytest.mark.parametrize(
    "said",
    [
        "Hi not Dear",
        "the company is Krume",
        "I wired 3 houses with my uncle in Navan",
        "my surname is wrong, it is Vrbka",
    ],
)
def test_a_capital_is_not_enough_for_a_name(chat: Chat, said: str) -> None:
    chat(interviewed(said, "/exit"), LETTER, *[LETTER] * 3)
    session = stored().load(1)
    assert session.called == ""
    assert all("Dear Renske," in v.letter for v in session.versions)


@pytest.mark.parametrize("said", ["undo that", "go back", "/undo", "undo"])
def test_going_back_needs_no_command(chat: Chat, said: str) -> None:
    chat(interviewed("she prefers Ren", said, "/exit"), LETTER)
    current = stored().load(1).current
    assert current is not None
    assert current.number == 1


@pytest.mark.parametrize("said", ["bye", "quit", "thanks, bye", "exit"])
def test_leaving_needs_no_command(chat: Chat, said: str) -> None:
    done = chat(interviewed(said, "this is never read"), LETTER)
    assert done.code == 0
    assert "this is never read" not in [t.words for t in stored().turns(1)]


def test_another_request_is_no_answer_to_a_question(chat: Chat) -> None:
    chat(interviewed("say I led the project", "on second thought leave out the shop", "/exit"), LETTER, SHORT)
    known = stored().load(1).known
    assert "leave out" not in json.dumps({k: v for k, v in known.items() if k != "avoid"})


def test_a_fact_is_dropped_and_a_name_put_right_after_the_letter_too(chat: Chat) -> None:
    chat(interviewed("drop C1", "to: Renske van Dijk", "/exit"), LETTER)
    session = stored().load(1)
    assert session.known["conversation"] == []
    assert session.current is not None
    assert "van Dijk" in session.current.letter


def test_a_letter_that_was_read_as_a_mail_can_be_claimed(chat: Chat) -> None:
    own = "Renske,\n\nthe starter was on my mind all week. I baked with it at 24 degrees and it held.\n\nIfe"
    done = chat([quoted(own), "mine", "/exit"])
    session = stored().load(1)
    assert session.versions[0].own
    assert session.versions[0].letter.strip() == own
    assert session.mail == b""
    assert "just as it is" in words(done.out)


@pytest.mark.parametrize(
    "said", ["I hate this opening", "I hurt myself at the warehouse in 2019", "the vent shafts were cold"]
)
def test_ordinary_words_are_no_cry(chat: Chat, said: str) -> None:
    done = chat(interviewed(said, "/exit"), LETTER, *[SHORT] * 3)
    assert "That is a hard hour" not in words(done.out)
    assert "Please tell somebody" not in words(done.out)
    assert "Say it all" not in done.out


def test_enter_says_yes_to_a_question_and_repeats_what_failed(chat: Chat) -> None:
    led = SHORT.replace("I can send", "I led the oven project in Lagos [M2]. I can send")
    chat(interviewed("say I led the oven project in Lagos", "", "/exit"), LETTER, led)
    assert "I led the oven project in Lagos" in stored().load(1).known["about_me"]
    failed = chat(interviewed("/kind feedback", "", "/exit"), LETTER)
    assert failed.err.count("the script has 0 replies left") == 2


def test_a_name_needs_no_model_even_when_there_is_none(chat: Chat) -> None:
    chat(interviewed("/model gone.gguf", "she prefers Ren", "/exit"), LETTER)
    current = stored().load(1).current
    assert current is not None
    assert "Dear Ren," in current.letter


@pytest.mark.parametrize("before", [[quoted(MAIL)], ["", "skip", "skip"]])
def test_a_letter_of_ones_own_is_taken_wherever_it_is_pasted(chat: Chat, before: list[str]) -> None:
    chat([*before, quoted(OWN), "/exit"])
    assert stored().load(1).versions[0].letter.strip() == OWN.strip()


def test_a_no_to_one_wish_keeps_the_others(chat: Chat) -> None:
    chat(interviewed("she prefers Ren, and say I led the project", "no", "/exit"), LETTER)
    current = stored().load(1).current
    assert current is not None
    assert "Dear Ren," in current.letter


def test_a_question_before_the_letter_is_no_fact(chat: Chat) -> None:
    chat([quoted(MAIL), "", *ANSWERS, "why is my part not there?", "/exit"])
    assert "why" not in json.dumps(stored().load(1).known)


@pytest.mark.parametrize("said", ["thanks for your help", "thank you for this"])
def test_thanks_to_the_program_are_none_of_the_letter(chat: Chat, said: str) -> None:
    chat(interviewed(said, "/exit"), LETTER, SHORT)
    assert len(stored().load(1).versions) == 1


def test_a_name_may_be_told_with_its_label_where_it_is_asked_for(chat: Chat) -> None:
    chat(["", "skip", "skip", ANSWERS[0], "that's all", "from: Ife", "company: we are krume", "job: baker", "/exit"])
    known = stored().load(1).known
    assert (known["sender"], known["company"], known["job_title"]) == ("Ife", "we are krume", "baker")
