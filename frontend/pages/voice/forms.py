"""What is asked about a child's views, and about their advocate."""

from collections.abc import Iterable
from typing import Any

from django import forms

from backend.access.models import Person
from backend.records.codes import CommunicationMode
from backend.records.models import Advocacy
from frontend.forms import Checkboxes, DateField, Form, LongTextField, Radios, TextInput, YesNoField
from workflows.voice.models import CameFrom

DAY_HINT = "For example, 27 3 2026"
OTHER = "other"


class Hear(Form):
    """What a child said, signed or showed."""

    own_words = LongTextField(
        label="What the child said or showed, in their own words, signs or choices",
        help_text="As it was. What you understood goes below.",
        rows=4,
        error_messages={"required": "Enter what the child said or showed"},
    )
    communicated_by = forms.MultipleChoiceField(
        label="How did the child communicate?",
        help_text="Select all that apply",
        choices=CommunicationMode.choices,
        widget=Checkboxes(),
        error_messages={"required": "Select how the child communicated"},
    )
    helped_by = forms.CharField(
        label="Who helped the child to say it, and how? (optional)",
        required=False,
        max_length=500,
        widget=TextInput(),
    )
    paraphrase = LongTextField(label="What you understood (optional)", required=False, rows=3)
    came_from = forms.ChoiceField(
        label="Where was this heard?",
        choices=CameFrom.choices,
        widget=Radios(),
        error_messages={"required": "Select where this was heard"},
    )
    said_on = DateField(label="When?", called="The day it was said", help_text=DAY_HINT)


class AnswerView(Form):
    """What will be done, by whom and by when, or why it will not."""

    will_act = YesNoField(
        label="Will something be done?",
        reveals={
            "yes": ["action", "action_owner", "action_owner_name", "act_by"],
            "no": ["reason_not"],
        },
        error_messages={"required": "Select yes if something will be done"},
    )
    action = LongTextField(
        label="What will be done?", rows=3, error_messages={"required": "Enter what will be done"}
    )
    action_owner = forms.ChoiceField(
        label="Who will do it?", choices=[], error_messages={"required": "Choose who will do it"}
    )
    action_owner_name = forms.CharField(
        label="If somebody else: their name",
        required=False,
        max_length=200,
        widget=TextInput(width=30),
    )
    act_by = DateField(label="By when?", called="The day it will be done by", help_text=DAY_HINT)
    reason_not = LongTextField(
        label="Why not?", rows=3, error_messages={"required": "Say why it will not be done"}
    )

    def offer(self, people: Iterable[tuple[Person, str]]) -> "AnswerView":
        self.fields["action_owner"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"),
            *((str(person.pk), f"{person.name}, {part}") for person, part in people),
            (OTHER, "Somebody else"),
        ]
        return self

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("action_owner") == OTHER and not given.get("action_owner_name", "").strip():
            self.add_error("action_owner_name", "Enter the name of who will do it")
        return given


class Tell(Form):
    told_on = DateField(
        label="When was the child told?", called="The day the child was told", help_text=DAY_HINT
    )
    told_how = LongTextField(
        label="How was the child told, in their own way?",
        rows=3,
        error_messages={"required": "Say how the child was told"},
    )
    response = LongTextField(
        label="What did the child say or show to that? (optional)", required=False, rows=3
    )


class Keep(Form):
    kept_on = DateField(label="When was it done?", called="The day it was done", help_text=DAY_HINT)
    kept_how = LongTextField(
        label="What was done?", rows=3, error_messages={"required": "Say what was done"}
    )


class Void(Form):
    reason = LongTextField(
        label="What was entered in error?",
        rows=3,
        error_messages={"required": "Say what was entered in error"},
    )


# Advocates


class Offer(Form):
    """An advocate is offered, in the child's own way."""

    offered_on = DateField(
        label="When was an advocate offered?", called="The day of the offer", help_text=DAY_HINT
    )
    how_offered = forms.CharField(
        label="How was it explained, in the child's own way?",
        max_length=200,
        widget=TextInput(),
        error_messages={"required": "Say how the offer was explained"},
    )
    basis = forms.ChoiceField(
        label="Can the child instruct an advocate?",
        choices=Advocacy.Basis.choices,
        widget=Radios(),
        error_messages={"required": "Select whether the child can instruct an advocate"},
    )


class AnswerOffer(Form):
    is_accepted = YesNoField(
        label="Did the child accept?",
        help_text="Where the child cannot instruct: was an advocate agreed for them?",
        error_messages={"required": "Select yes if an advocate was accepted"},
    )
    answered_on = DateField(label="When?", called="The day of the answer", help_text=DAY_HINT)


class Appoint(Form):
    advocate_name = forms.CharField(
        label="Name of the advocate",
        max_length=200,
        widget=TextInput(width=30),
        error_messages={"required": "Enter the advocate's name"},
    )
    organisation = forms.CharField(
        label="Organisation",
        max_length=200,
        widget=TextInput(width=30),
        error_messages={"required": "Enter the advocate's organisation"},
    )
    commissioned_by = forms.CharField(
        label="Who commissions and pays?",
        max_length=200,
        widget=TextInput(width=30),
        error_messages={"required": "Enter who commissions and pays the advocate"},
    )
    is_independent = YesNoField(
        label="Is the advocate independent of the home and its owner?",
        error_messages={"required": "Select yes if the advocate is independent"},
    )


class End(Form):
    ended_on = DateField(label="When did it end?", called="The day it ended", help_text=DAY_HINT)
