"""One form with every kind of question."""

from django import forms

from frontend.forms import (
    Checkboxes,
    DateField,
    Form,
    LongTextField,
    Radios,
    TextInput,
    TimeField,
    YesNoField,
)

NOT_SEEN = [("asleep", "The child was asleep"), ("away", "The child was away"), ("other", "Other")]
MODES = [("speech", "Speech"), ("signs", "Signs"), ("symbols", "Symbols"), ("other", "Other")]


class EveryQuestion(Form):
    """Shows how each kind of question looks, empty, filled and in error."""

    made_on = DateField(
        called="The date of the visit",
        label="When was the visit?",
        help_text="For example, 27 3 2026",
    )
    started_at = TimeField(called="The time of the visit", label="What time did you arrive?")
    place = forms.CharField(
        label="Where was it?",
        max_length=100,
        widget=TextInput(width=20),
        error_messages={"required": "Enter where the visit was"},
    )
    was_seen = YesNoField(
        label="Did you see the child?",
        error_messages={"required": "Select yes if you saw the child"},
    )
    not_seen = forms.ChoiceField(
        label="Why was the child not seen?",
        choices=NOT_SEEN,
        widget=Radios(hints={"away": "At school, or out with family"}, reveals={"other": ["why"]}),
        error_messages={"required": "Select why the child was not seen"},
    )
    why = forms.CharField(
        label="What happened?",
        widget=TextInput(),
        error_messages={"required": "Enter what happened"},
    )
    communicated_by = forms.MultipleChoiceField(
        label="How did the child communicate?",
        help_text="Select all that apply",
        choices=MODES,
        widget=Checkboxes(),
        error_messages={"required": "Select how the child communicated"},
    )
    own_words = LongTextField(
        label="What did the child say or show, in their own words, signs or choices?",
        max_length=2000,
        error_messages={"required": "Enter what the child said or showed"},
    )
    source = forms.ChoiceField(
        label="Who told you?",
        choices=[("", "Choose"), ("child", "The child"), ("home", "The home")],
        error_messages={"required": "Select who told you"},
    )
    is_confirmed = forms.BooleanField(
        label="I have checked that this is the right child",
        error_messages={"required": "Confirm that this is the right child"},
    )


class ListFilters(Form):
    """Filters as a list has them."""

    state = forms.MultipleChoiceField(
        label="State",
        required=False,
        choices=[("overdue", "Overdue"), ("soon", "Due soon")],
        widget=Checkboxes(is_small=True),
    )
    name = forms.CharField(label="Name of the child", required=False, widget=TextInput())
