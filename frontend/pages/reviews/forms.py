"""What is asked at each step of a review."""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from django import forms
from django.http import QueryDict

from backend.access.models import Person
from backend.records.codes import CommunicationMode, EvidenceSource
from frontend.forms import (
    Checkboxes,
    DateField,
    Form,
    LongTextField,
    Radios,
    TextInput,
    YesNoField,
)
from workflows.reviews.models import (
    NO_PART,
    Attendee,
    Challenge,
    Consultation,
    Consulted,
    EarlyReview,
    NotHeard,
    Participation,
    ProposedChange,
)

DAY_HINT = "For example, 27 3 2026"
WORDS = "What they said or showed, in their own words, signs or choices"
COMMUNICATED: dict[str, Any] = {
    "choices": CommunicationMode.choices,
    "help_text": "Select all that apply",
}


def day_field(label: str, called: str, *, hint: str = DAY_HINT, **kwargs: Any) -> DateField:
    return DateField(label=label, called=called, help_text=hint, **kwargs)


def words_field(label: str, error: str = "", *, rows: int = 4, **kwargs: Any) -> LongTextField:
    return LongTextField(
        label=label,
        rows=rows,
        required=kwargs.pop("required", True),
        error_messages={"required": error},
        **kwargs,
    )


def ways_field(label: str, error: str = "Select how", **kwargs: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        widget=Checkboxes(),
        error_messages={"required": error},
        **COMMUNICATED,
        **kwargs,
    )


# Entries of which there may be several, such as the decisions

Entry = TypeVar("Entry", bound=Form)
MOST = 20


class Several(Generic[Entry]):
    """The same questions several times; an entry in which nothing was typed is no entry.

    Without a script: a button sends the page again with one more empty entry.
    """

    def __init__(
        self,
        kind: Callable[..., Entry],
        prefix: str,
        answers: QueryDict | None,
        *,
        begins_with: int = 1,
    ) -> None:
        self.prefix = prefix
        sent = answers.get(f"{prefix}-count", "") if answers is not None else ""
        wanted = int(sent) if str(sent).isdecimal() and len(str(sent)) < 4 else begins_with
        if answers is not None and answers.get("add") == prefix:
            wanted += 1
        self.count = max(begins_with, min(wanted, MOST))
        self.forms: list[Entry] = []
        for number in range(1, self.count + 1):
            name = f"{prefix}-{number}"
            typed = answers is not None and has_answers(answers, name)
            self.forms.append(kind(answers if typed else None, prefix=name))

    @property
    def filled(self) -> list[Entry]:
        return [form for form in self.forms if form.is_bound]

    def is_valid(self) -> bool:
        """Every entry is judged, so that all errors show at once."""
        errors = [entry.errors for entry in self.filled]
        return not any(errors)

    def answers(self) -> list[dict[str, Any]]:
        return [dict(form.cleaned_data) for form in self.filled]

    @property
    def may_grow(self) -> bool:
        return self.count < MOST


def has_answers(answers: QueryDict, prefix: str) -> bool:
    """Whether something was typed or chosen in one of several entries."""
    return any(
        value.strip()
        for name in answers
        if name.startswith(f"{prefix}-")
        for value in answers.getlist(name)
    )


# Convening


class Convene(Form):
    convened_for = day_field("When is the review?", "The day of the review")
    venue = forms.CharField(
        label="Where, and how it is made easy for the child to take part",
        required=False,
        max_length=200,
        widget=TextInput(),
    )


class Reason(Form):
    reason = words_field("Why?", "Say why")


class Void(Form):
    reason = words_field(
        "What was entered in error?",
        "Say what was entered in error",
        help_text="The review stays on the record, marked as entered in error, and meets no date.",
    )


# Preparing


class Consult(Form):
    """Somebody's views for the review, or why there are none."""

    whom = forms.ChoiceField(
        label="Whose views are these?",
        choices=Consulted.choices,
        widget=Radios(reveals={"other": ["who"]}),
        error_messages={"required": "Select whose views these are"},
    )
    who = forms.CharField(
        label="Who is it?",
        max_length=200,
        widget=TextInput(),
        error_messages={"required": "Enter who it is"},
    )
    consulted_on = day_field("When were they asked?", "The day they were asked")
    outcome = forms.ChoiceField(
        label="What came of it?",
        choices=Consultation.Outcome.choices,
        widget=Radios(
            reveals={
                "views": ["communicated_by", "own_words", "paraphrase"],
                "declined": ["declined_why"],
                "not_possible": ["not_possible_why"],
            }
        ),
        error_messages={"required": "Select what came of it"},
    )
    communicated_by = ways_field("How did they communicate?", required=False)
    own_words = words_field(WORDS, required=False)
    paraphrase = words_field("What you understood", required=False)
    declined_why = words_field("Why did they decline?", "Say why they declined", rows=2)
    not_possible_why = words_field(
        "Why was it not possible?", "Say why it was not possible", rows=2
    )

    def answers(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        why = given.pop("declined_why") or "", given.pop("not_possible_why") or ""
        return {**given, "reason": "".join(why)}


class Hear(Form):
    """The IRO's time with the child before the review (regulation 36)."""

    heard = YesNoField(
        label="Did you speak with the child before the review?",
        reveals={
            "yes": ["heard_on", "was_heard_alone", "heard_by", "heard_words"],
            "no": ["not_heard", "not_heard_why"],
        },
        error_messages={"required": "Select yes if you spoke with the child"},
    )
    heard_on = day_field("When?", "The day you spoke with the child")
    was_heard_alone = YesNoField(
        label="Did you speak with the child alone?",
        reveals={"no": ["not_alone_why"]},
        error_messages={"required": "Select yes if you spoke with the child alone"},
    )
    not_alone_why = words_field("Why not alone?", "Say why not alone", rows=2)
    heard_by = ways_field("How did the child communicate?", "Select how the child communicated")
    heard_words = words_field(
        "What the child said or showed, in their own words, signs or choices",
        "Enter what the child said or showed",
    )
    not_heard = forms.ChoiceField(
        label="Why not?",
        choices=NotHeard.choices,
        widget=Radios(),
        error_messages={"required": "Select why you did not speak with the child"},
    )
    not_heard_why = words_field("What happened?", "Say why you did not speak with the child")

    def answers(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        was_heard, not_alone_why = given.pop("heard"), given.pop("not_alone_why")
        if was_heard:
            return {**given, "not_heard": "", "not_heard_why": not_alone_why or ""}
        return {"not_heard": given["not_heard"], "not_heard_why": given["not_heard_why"]}


class Contacted(Form):
    contacted_on = day_field("When did you speak?", "The day you spoke")


class Sent(Form):
    sent_on = day_field(
        "When were the care plan, the education plan and the health plan with the IRO?",
        "The day the plans were with the IRO",
    )


class Nothing(Form):
    """A step that asks for nothing but to be taken."""


class GiveEvidence(Form):
    source = forms.ChoiceField(
        label="How is this known?",
        choices=EvidenceSource.choices,
        widget=Radios(hints={"home": "One source among several; a review needs another"}),
        error_messages={"required": "Select how this is known"},
    )
    who = forms.CharField(
        label="Whose report or account is it?",
        max_length=200,
        widget=TextInput(),
        error_messages={"required": "Enter whose report or account it is"},
    )
    what = words_field("What does it tell?", "Enter what it tells")
    known_on = day_field("Which day does it speak of? (optional)", "The day", required=False)


# Holding


class Outcome(Form):
    """How the child took part, and who was there."""

    unprepared_why = words_field(
        "The review was not prepared. Why was it held all the same?",
        "Say why it was held all the same",
        rows=2,
    )
    is_meeting = YesNoField(
        label="Was a meeting held?",
        help_text="In a long-term foster placement every other review may be without one.",
        error_messages={"required": "Select yes if a meeting was held"},
    )
    participation = forms.ChoiceField(
        label="How did the child take part?",
        choices=[],
        widget=Radios(),
        error_messages={"required": "Select how the child took part"},
    )
    conveyed_by = ways_field("How did the child's views come across?", required=False)
    adjustments = words_field(
        "What was done so that the child could take part?",
        "Say what was done so that the child could take part",
        help_text="Place, time, people, symbols, breaks: whatever was changed for this child.",
    )
    no_part_why = words_field(
        "If the child had no part: why?", required=False, rows=2, help_text="For PN4 and PN7."
    )
    no_part_change = words_field(
        "If the child had no part: what must change for next time?", required=False, rows=2
    )
    was_advocate_invited = YesNoField(
        label="Was an advocate invited?",
        error_messages={"required": "Select yes if an advocate was invited"},
    )
    was_advocate_present = YesNoField(
        label="Was an advocate there?",
        reveals={"no": ["advocate_why_not"]},
        error_messages={"required": "Select yes if an advocate was there"},
    )
    advocate_why_not = words_field("Why not?", "Say why no advocate was there", rows=2)

    def fit(
        self, *, is_prepared: bool, may_have_no_meeting: bool, is_under_four: bool, has_code: bool
    ) -> "Outcome":
        """Leaves out what does not arise for this child and this review."""
        if is_prepared:
            del self.fields["unprepared_why"]
        if not may_have_no_meeting:
            del self.fields["is_meeting"]
        codes = [
            (code.value, f"{code.value}: {code.label}")
            for code in Participation
            if is_under_four == (code == Participation.PN0)
        ]
        self.fields["participation"].choices = codes  # type: ignore[attr-defined]
        self.fields["participation"].required = has_code
        self.fields["adjustments"].required = has_code and not is_under_four
        return self

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("participation") in NO_PART:
            for name, words in (
                ("no_part_why", "Say why the child had no part"),
                ("no_part_change", "Say what must change so that the child has a part"),
            ):
                if not (given.get(name) or "").strip():
                    self.add_error(name, words)
        return given


class Hold(Outcome):
    opened_on = day_field("When was the review held?", "The day of the review")
    field_order = ["opened_on"]


class Resume(Outcome):
    completed_on = day_field("When was the review completed?", "The day it was completed")
    field_order = ["completed_on"]


class Attended(Form):
    """Somebody who was there."""

    name = forms.CharField(
        label="Name",
        max_length=200,
        widget=TextInput(width=30),
        error_messages={"required": "Enter the name"},
    )
    part = forms.ChoiceField(
        label="Who they are to the child",
        choices=[("", "Choose"), *Attendee.Part.choices],
        error_messages={"required": "Choose who they are to the child"},
    )


class Adjourn(Form):
    opened_on = day_field("When did the review open?", "The day it opened")
    resumes_on = day_field("When does it resume?", "The day it resumes")
    why = words_field("Why was it adjourned?", "Say why it was adjourned")


# Deciding


class Answers(Form):
    """What the IRO must answer before decisions are issued."""

    is_plan_endorsed = YesNoField(
        label="Do you endorse the plan?",
        error_messages={"required": "Select yes if you endorse the plan"},
    )
    endorsement_why = words_field("Why do you endorse it, or not?", "Say why you endorse it or not")
    could_live_nearer = YesNoField(
        label="Could this child now live nearer home?",
        error_messages={"required": "Select yes if the child could now live nearer home"},
    )
    could_live_nearer_why = words_field(
        "What does that rest on?", "Say what your answer about living nearer home rests on"
    )
    next_review_on = day_field("When is the next review?", "The day of the next review")


class Decided(Form):
    """One decision, whose it is, by when, and what part the child had in it."""

    what = words_field("What was decided?", "Enter what was decided", rows=2)
    owner = forms.ChoiceField(
        label="Who carries it out?",
        choices=[],
        error_messages={"required": "Choose who carries it out"},
    )
    owner_name = forms.CharField(
        label="If somebody else: their name",
        required=False,
        max_length=200,
        widget=TextInput(width=30),
    )
    due_on = day_field("By when?", "The day it is to be done by")
    child_part = words_field(
        "What part did the child have in this?",
        required=False,
        rows=2,
        help_text="If none, leave this empty and answer the two questions below.",
    )
    no_part_why = words_field("If none: why?", required=False, rows=2)
    no_part_change = words_field("If none: what must change?", required=False, rows=2)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("owner") == OTHER and not given.get("owner_name", "").strip():
            self.add_error("owner_name", "Enter the name of who carries it out")
        if not (given.get("child_part") or "").strip() and not (
            (given.get("no_part_why") or "").strip() and (given.get("no_part_change") or "").strip()
        ):
            self.add_error(
                "child_part",
                "Enter what part the child had in this, or why none and what must change",
            )
        return given


OTHER = "other"


def decided_for(people: Iterable[tuple[Person, str]]) -> Callable[..., Decided]:
    """The questions about one decision, with those who could carry it out."""
    choices = [
        ("", "Choose"),
        *((str(person.pk), f"{person.name}, {part}") for person, part in people),
        (OTHER, "Somebody else"),
    ]

    def make(*args: Any, **kwargs: Any) -> Decided:
        form = Decided(*args, **kwargs)
        form.fields["owner"].choices = choices  # type: ignore[attr-defined]
        return form

    return make


class AnswerDecisions(Form):
    agrees = YesNoField(
        label="Do you agree the decisions?",
        yes="Yes, they are agreed",
        no="No, I dispute them",
        reveals={"no": ["answer"]},
        error_messages={"required": "Select whether you agree the decisions"},
    )
    answer = words_field("What do you dispute, and why?", "Say what you dispute, and why")


class Record(Form):
    discussion = words_field("What was discussed", "Write the record of the review", rows=14)
    plan_changes = words_field("What changes in the plan (optional)", required=False)
    was_told_of_rights = YesNoField(
        label="Was the child told how to complain, and about advocacy?",
        error_messages={"required": "Select yes if the child was told"},
    )


class Circulate(Form):
    circulated_to = words_field("To whom was it sent?", "Enter to whom it was sent", rows=3)
    child_version = words_field(
        "How was the child given the decisions?",
        "Say how the child was given the decisions, or why they were not",
        help_text="In their own way: symbols, a drawing, read together. Or why not.",
    )


class Close(Form):
    settled_how = words_field("How was the dispute settled?", "Say how the dispute was settled")


class Amend(Form):
    """Puts a record right; each text as it stood is kept."""

    heard_words = words_field("What the child said or showed to the IRO", required=False)
    not_heard_why = words_field("Why not heard, or not alone", required=False, rows=2)
    participation = forms.ChoiceField(
        label="How did the child take part?",
        choices=[("", "Not coded"), *((c.value, f"{c.value}: {c.label}") for c in Participation)],
        required=False,
    )
    adjustments = words_field("What was done so that the child could take part", required=False)
    endorsement_why = words_field("Why the plan is endorsed, or not", required=False)
    could_live_nearer_why = words_field("What the answer about distance rests on", required=False)
    discussion = words_field("What was discussed", required=False, rows=10)
    plan_changes = words_field("What changes in the plan", required=False)
    child_version = words_field("How the child was given the decisions", required=False)
    opened_on = day_field("When was the review held?", "The day of the review")
    why = words_field("Why is the record amended?", "Say why the record is amended", rows=2)


class Done(Form):
    done_on = day_field("When was it done?", "The day it was done")
    done_how = words_field("What was done?", "Enter what was done")


# Around reviews


class AskEarly(Form):
    reason = forms.ChoiceField(
        label="Why should the review come early?",
        choices=EarlyReview.Reason.choices,
        widget=Radios(reveals={"before_an_event": ["event_on"]}),
        error_messages={"required": "Select why the review should come early"},
    )
    event_on = day_field("When is the coming event?", "The day of the coming event")
    words = words_field("What is the matter, or the event?", "Say why, or what the coming event is")

    def without_iro_reason(self) -> "AskEarly":
        choices = [one for one in EarlyReview.Reason.choices if one[0] != "iro_request"]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]
        return self


class AnswerEarly(Form):
    offered_on = day_field("Which day is offered for the review?", "The day that is offered")
    answer = words_field("What do you answer?", "Enter your answer")


class Why(Form):
    why = words_field("Why?", "Say why")


class Propose(Form):
    what = words_field("What is to change?", "Enter what is to change")
    is_move = YesNoField(
        label="Is it a planned move?", error_messages={"required": "Select yes if it is a move"}
    )
    planned_for = day_field("When is it planned for? (optional)", "The planned day", required=False)


class Consider(Form):
    outcome = forms.ChoiceField(
        label="What did the review make of it?",
        choices=ProposedChange.Outcome.choices,
        widget=Radios(),
        error_messages={"required": "Select what the review made of it"},
    )
    why = words_field("Why?", "Say why")


class RaiseChallenge(Form):
    about = forms.ChoiceField(
        label="What is it about?",
        choices=Challenge.About.choices,
        widget=Radios(),
        error_messages={"required": "Select what it is about"},
    )
    words = words_field("What do you challenge, and why?", "Say what you challenge, and why")
    to = forms.ChoiceField(
        label="With whom do you raise it?",
        choices=[],
        error_messages={"required": "Choose with whom you raise it"},
    )
    to_name = forms.CharField(
        label="If somebody else: their name", required=False, max_length=200, widget=TextInput()
    )
    due_on = day_field("By when do you want an answer?", "The day for an answer")

    def offer(self, people: Iterable[tuple[Person, str]]) -> "RaiseChallenge":
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"),
            *((str(person.pk), f"{person.name}, {part}") for person, part in people),
            (OTHER, "Somebody else"),
        ]
        return self

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("to") == OTHER and not given.get("to_name", "").strip():
            self.add_error("to_name", "Enter with whom you raise it")
        return given


class AnswerChallenge(Form):
    outcome = forms.ChoiceField(
        label="What is your answer?",
        choices=Challenge.Outcome.choices,
        widget=Radios(),
        error_messages={"required": "Select your answer"},
    )
    answer = words_field("In words", "Enter your answer")


class Checked(Form):
    checked_on = day_field("When did you look at the case?", "The day you looked at the case")
    found = words_field("What did you find?", "Enter what you found")
