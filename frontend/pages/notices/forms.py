"""What is asked about placements outside the area, notices, and what two sources say."""

from collections.abc import Iterable
from typing import Any

from django import forms

from backend.records.models import Authority
from frontend.forms import Checkboxes, DateField, Form, LongTextField, Radios, TextInput, YesNoField
from frontend.pages.children.forms import DayInput
from workflows.notices.models import (
    Basis,
    HasPlan,
    HomeNoticeKind,
    Line,
    Recipient,
)

DAY_HINT = "For example, 27 3 2026"


def day_field(label: str, called: str, **kwargs: Any) -> DateField:
    return DateField(label=label, called=called, help_text=DAY_HINT, **kwargs)


def words_field(label: str, error: str = "", **kwargs: Any) -> LongTextField:
    kwargs.setdefault("rows", 4)
    return LongTextField(label=label, error_messages={"required": error}, **kwargs)


def line_field(label: str, error: str, **kwargs: Any) -> forms.CharField:
    kwargs.setdefault("max_length", 200)
    return forms.CharField(
        label=label, widget=TextInput(), error_messages={"required": error}, **kwargs
    )


class Nothing(Form):
    """Nothing is asked: the button is the answer."""


class Because(Form):
    """Why."""

    reason = words_field("Why?", "Say why")


class AskApproval(Form):
    """Where the child is to live, and why there."""

    where = forms.ChoiceField(
        label="Where is the child to live?",
        choices=[],
        widget=forms.Select(attrs={"class": "govuk-select"}),
        error_messages={"required": "Select where the child is to live"},
    )
    starts_on = day_field("When does the placement start?", "The start of the placement")
    needs = words_field("What does the child need?", "Say what the child needs")
    why_here = words_field(
        "Why is this the most appropriate placement?",
        "Say why this is the most appropriate placement",
        help_text="What was looked for nearer home, and why nothing there would do",
    )
    is_emergency = YesNoField(
        label="Is this an emergency?",
        reveals={"yes": ["emergency_reason"]},
        error_messages={"required": "Select yes if this is an emergency"},
    )
    emergency_reason = words_field("Why is it an emergency?", "Say why it is an emergency")

    def offer(self, places: Iterable[tuple[str, str]], *, asks_day: bool) -> "AskApproval":
        self.fields["where"].choices = [("", "Choose one"), *places]  # type: ignore[attr-defined]
        if not asks_day:
            del self.fields["starts_on"]
        return self


class Satisfy(Form):
    """What was done for one condition."""

    satisfied_on = day_field("When was it done?", "The day it was done")
    evidence = words_field(
        "What was done, by whom, and what was said?",
        "Say what was done, by whom, and what was said",
    )


class SatisfyRelatives(Satisfy):
    was_not_appropriate = YesNoField(
        label="Were relatives left out because asking them is not appropriate?",
        error_messages={"required": "Select yes if they were left out"},
    )


class Decide(Form):
    decided_on = day_field("When was it decided?", "The day it was decided")


class Told(Form):
    """Who was told on one day."""

    lines = forms.MultipleChoiceField(
        label="Who was told?",
        choices=[],
        widget=Checkboxes(),
        error_messages={"required": "Select who was told"},
    )
    sent_on = day_field("When were they told in writing?", "The day they were told")

    def offer(self, lines: Iterable[Line]) -> "Told":
        self.fields["lines"].choices = [(str(line.pk), said_of(line)) for line in lines]  # type: ignore[attr-defined]
        return self


def said_of(line: Line) -> str:
    label = str(Recipient(line.recipient).label)
    return f"{label}: {line.name}" if line.name else label


class Sent(Form):
    """When somebody was told."""

    sent_on = day_field("When were they told in writing?", "The day they were told")
    name = line_field(
        "Who exactly?", "", required=False, help_text="For example: the practice, the school"
    )


class ToHost(Form):
    """What the notice to the host authority says."""

    sent_on = day_field("When is it sent?", "The day it is sent")
    needs = words_field(
        "The assessment of the child's needs", "Give the assessment of the child's needs"
    )
    why_here = words_field(
        "Why this is the most appropriate placement",
        "Say why this is the most appropriate placement",
    )
    has_care_plan = YesNoField(
        label="Does the care plan go with it, or did they have it before?",
        error_messages={"required": "Select yes if they have the care plan"},
    )


class EndToHost(Form):
    """Of an end, the notice itself says enough."""

    sent_on = day_field("When is it sent?", "The day it is sent")


class NewRecipient(Form):
    recipient = forms.ChoiceField(
        label="Who is it to the child?",
        choices=[each for each in Recipient.choices if each[0] != Recipient.HOST],
        widget=Radios(),
        error_messages={"required": "Select who it is"},
    )
    name = line_field("Their name", "Enter their name")


class Plans(Form):
    """When the plans were prepared, and who signed."""

    care_plan_on = day_field(
        "When was the care plan prepared?", "The day of the care plan", required=False
    )
    placement_plan_on = day_field(
        "When was the placement plan prepared?", "The day of the placement plan", required=False
    )
    placement_plan_signed_by = line_field(
        "Who signed the placement plan for the home?",
        "",
        required=False,
        help_text="For a home, the registered person",
    )
    placement_plan_signed_on = day_field(
        "When did they sign?", "The day it was signed", required=False
    )


def authority_field(label: str, error: str = "", **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[],
        widget=forms.Select(attrs={"class": "govuk-select"}),
        error_messages={"required": error},
        **kwargs,
    )


class HomeSays(Form):
    """Exactly what a home must say of a child who came or left."""

    kind = forms.ChoiceField(
        label="Did the child come or leave?",
        choices=[(HomeNoticeKind.ADMISSION, "Came"), (HomeNoticeKind.DISCHARGE, "Left")],
        widget=Radios(is_inline=True),
        error_messages={"required": "Select whether the child came or left"},
    )
    happened_on = day_field("On which day?", "The day the child came or left")
    name = line_field("The child's name", "Enter the child's name")
    date_of_birth = day_field("The child's date of birth", "The date of birth")
    basis = forms.ChoiceField(
        label="Under what is the child accommodated?",
        choices=Basis.choices,
        widget=Radios(),
        error_messages={"required": "Select under what the child is accommodated"},
    )
    placing_authority = authority_field("Which authority placed the child?", required=False)
    authority_contact = line_field(
        "Who to call at the placing authority, and how",
        "Say whom to call at the placing authority",
        max_length=300,
    )
    iro_contact = line_field(
        "How to reach the independent reviewing officer",
        "Say how to reach the independent reviewing officer",
        max_length=300,
    )
    has_ehc_plan = forms.ChoiceField(
        label="Is there an EHC plan?",
        choices=HasPlan.choices,
        widget=Radios(reveals={"yes": ["ehc_authority"]}),
        error_messages={"required": "Select whether there is an EHC plan"},
    )
    ehc_authority = authority_field(
        "Which authority keeps the EHC plan?", "Select which authority keeps it"
    )

    def offer_authorities(self) -> "HomeSays":
        every = [("", "Choose one"), *Authority.objects.values_list("pk", "name")]
        for name in ("placing_authority", "ehc_authority"):
            self.fields[name].choices = every  # type: ignore[attr-defined]
        return self


class PaperSays(HomeSays):
    """The same, as the host authority enters it from a letter."""

    sent_on = day_field("When did the home say so?", "The day the home said so")


class Match(Form):
    placement = forms.ChoiceField(
        label="Which child is it?",
        choices=[],
        widget=Radios(),
        error_messages={"required": "Select which child it is"},
    )

    def offer(self, placements: Iterable[tuple[str, str]]) -> "Match":
        self.fields["placement"].choices = list(placements)  # type: ignore[attr-defined]
        return self


class Explain(Form):
    words = words_field(
        "What do you know of why the two do not agree?",
        "Say what you know of why the two do not agree",
    )


class Settle(Form):
    reason = words_field("How is it settled?", "Say how it is settled")


class AskReports(Form):
    why = words_field("Why do you ask for them?", required=False)


class Report(Form):
    """A month's report and what it says in short."""

    month = forms.ChoiceField(
        label="Which month is it about?",
        choices=[],
        widget=forms.Select(attrs={"class": "govuk-select"}),
        error_messages={"required": "Select which month it is about"},
    )
    received_on = day_field("When was it received?", "The day it was received")
    visited_on = day_field("When did the visitor come?", "The day of the visit", required=False)
    is_safeguarded = YesNoField(
        label="In the visitor's opinion, are the children effectively safeguarded?",
        required=False,
    )
    summary = words_field(
        "What does it say, in short?", required=False, help_text="Do not name children"
    )

    def offer(self, months: Iterable[tuple[str, str]]) -> "Report":
        self.fields["month"].choices = [("", "Choose one"), *months]  # type: ignore[attr-defined]
        return self


class RegisterFilters(Form):
    """Narrows the host's register."""

    as_at = forms.DateField(
        label="As at",
        required=False,
        widget=DayInput(),
        help_text="Children placed on that day",
        error_messages={"invalid": "As at must be a real date"},
    )
    differs = forms.MultipleChoiceField(
        label="Only",
        required=False,
        choices=[
            ("differs", "Where the two sources differ"),
            ("unacknowledged", "Not acknowledged"),
        ],
        widget=Checkboxes(is_small=True),
    )
    authority = forms.MultipleChoiceField(
        label="Placing authority", required=False, widget=Checkboxes(is_small=True)
    )
    setting = forms.MultipleChoiceField(
        label="Lives at", required=False, widget=Checkboxes(is_small=True)
    )

    def offer(self, **choices: list[tuple[Any, str]]) -> "RegisterFilters":
        for name, offered in choices.items():
            if len(offered) > 1 or (offered and name in self.data):
                self.fields[name].choices = [(str(key), words) for key, words in offered]  # type: ignore[attr-defined]
            else:
                del self.fields[name]
        return self
