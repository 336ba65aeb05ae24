"""What is asked about contact: with whom, how often, and what took place."""

from collections.abc import Iterable
from typing import Any

from django import forms

from backend.records.codes import EvidenceSource
from backend.records.models import Relative
from frontend.forms import DateField, Form, LongTextField, Radios, TextInput, YesNoField
from frontend.parts.words import long_date
from workflows.contact.models import Contact, ContactPlan, Way, Where, Who, WhyNot

DAY_HINT = "For example, 27 3 2026"


def day_field(label: str, called: str) -> DateField:
    return DateField(label=label, called=called, help_text=DAY_HINT)


def words_field(label: str, error: str = "", **kwargs: Any) -> LongTextField:
    return LongTextField(label=label, rows=3, error_messages={"required": error}, **kwargs)


class NameRelative(Form):
    name = forms.CharField(
        label="Name",
        max_length=200,
        widget=TextInput(width=30),
        error_messages={"required": "Enter the name"},
    )
    relationship = forms.CharField(
        label="What they are to the child",
        help_text="For example: mother, brother, godmother, friend",
        max_length=100,
        widget=TextInput(width=30),
        error_messages={"required": "Enter what they are to the child"},
    )
    has_parental_responsibility = YesNoField(
        label="Do they have parental responsibility?",
        error_messages={"required": "Select yes if they have parental responsibility"},
    )
    contact_restricted = YesNoField(
        label="Is contact with them restricted?",
        error_messages={"required": "Select yes if contact is restricted"},
    )


class Agree(Form):
    """What was agreed about contact with one person."""

    relative = forms.ChoiceField(
        label="With whom?",
        choices=[],
        widget=Radios(),
        error_messages={"required": "Select with whom"},
    )
    way = forms.ChoiceField(
        label="How do they keep in touch?",
        choices=Way.choices,
        widget=Radios(),
        error_messages={"required": "Select how they keep in touch"},
    )
    every_days = forms.IntegerField(
        label="At least every how many days?",
        min_value=1,
        max_value=366,
        widget=TextInput(width=3, suffix="days", inputmode="numeric"),
        error_messages={
            "required": "Enter how many days may lie between one contact and the next",
            "invalid": "The number of days must be a number, like 14",
            "min_value": "The number of days must be 1 or more",
            "max_value": "The number of days must be 366 or fewer",
        },
    )
    started_on = day_field("From when?", "The day the plan starts")
    agreed_by = words_field("Who agreed to this, the child among them or not?", "Say who agreed")
    childs_wish = words_field(
        "What does the child say or show about this contact?",
        "Say what the child says or shows about this contact",
    )
    is_supervised = YesNoField(
        label="Is it supervised?", error_messages={"required": "Select yes if it is supervised"}
    )
    restricted_by_order = YesNoField(
        label="Does a court order restrict it?",
        reveals={"yes": ["restriction"]},
        error_messages={"required": "Select yes if an order restricts it"},
    )
    restriction = words_field("Which order, and what does it restrict?", "Say which order")

    def offer(self, relatives: Iterable[Relative]) -> "Agree":
        self.fields["relative"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), f"{one.name}, {one.relationship}") for one in relatives
        ]
        return self


class Entry(Form):
    """Who, how and when: the same of every contact."""

    who = forms.ChoiceField(
        label="Who was it?",
        choices=Who.choices,
        widget=Radios(),
        error_messages={"required": "Select who it was"},
    )
    name = forms.CharField(
        label="Their name, and what they are to the child",
        max_length=200,
        widget=TextInput(width=30),
        error_messages={"required": "Enter who it was"},
    )
    way = forms.ChoiceField(
        label="How?",
        choices=Way.choices,
        widget=Radios(),
        error_messages={"required": "Select how they were in touch"},
    )
    where = forms.ChoiceField(
        label="If in person: where?",
        choices=[("", "Choose"), *Where.choices],
        required=False,
    )
    on = day_field("When?", "The day of the contact")
    plan = forms.ChoiceField(label="Under which plan? (optional)", choices=[], required=False)

    def offer(self, plans: Iterable[ContactPlan]) -> "Entry":
        choices = [(str(one.pk), plan_words(one)) for one in plans]
        if choices:
            self.fields["plan"].choices = [("", "None"), *choices]  # type: ignore[attr-defined]
        else:
            del self.fields["plan"]
        return self


def plan_words(plan: ContactPlan) -> str:
    relative, way = plan.relative, plan.get_way_display().lower()
    return f"{relative.name}, {relative.relationship}: {way}, from {long_date(plan.started_on)}"


class Arrange(Entry):
    """Contact that is still to come."""


class Record(Entry):
    """Contact that took place."""

    source = forms.ChoiceField(
        label="How do you know?",
        choices=EvidenceSource.choices,
        widget=Radios(),
        error_messages={"required": "Select how you know that it took place"},
    )
    how_it_was = LongTextField(
        label="What did the child show before, during and after? (optional)",
        rows=4,
        required=False,
    )
    was_supervised = YesNoField(label="Was it supervised? (optional)", required=False)


class Missed(Entry):
    """Contact that was expected and did not take place."""

    why_not = forms.ChoiceField(
        label="Why did it not take place?",
        choices=WhyNot.choices,
        widget=Radios(),
        error_messages={"required": "Select why it did not take place"},
    )
    reason = words_field("What happened?", "Say why it did not take place")


class SetAside(Form):
    started_on = day_field("From when?", "The day contact is set aside")
    reason = words_field(
        "Why is it set aside, and who decided it?",
        "Say why contact is set aside, and who decided it",
    )


class TakeUp(Form):
    resumed_on = day_field("From when?", "The day contact is taken up again")


class EndPlan(Form):
    ended_on = day_field("When does it end?", "The day the plan ends")
    reason = words_field("Why does it end?", "Say why the plan ends")


class InError(Form):
    reason = words_field("What was entered in error?", "Say what was entered in error")


class Link(Form):
    plan = forms.ChoiceField(
        label="Under which plan?",
        choices=[],
        widget=Radios(),
        error_messages={"required": "Select a plan"},
    )

    def offer(self, plans: Iterable[ContactPlan]) -> "Link":
        self.fields["plan"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), plan_words(one)) for one in plans
        ]
        return self


def standing(contact: Contact | None) -> dict[str, Any]:
    """The answers that a planned contact has already given."""
    if contact is None:
        return {}
    return {
        "who": contact.who,
        "name": contact.name,
        "way": contact.way,
        "where": contact.where,
        "on": contact.on,
        "plan": str(contact.plan_id or ""),
    }
