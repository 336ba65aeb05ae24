"""What narrows My work."""

from typing import Any

from django import forms

from frontend.forms import Checkboxes, Form, TextInput

URGENCY = [
    ("overdue", "Overdue"),
    ("soon", "Due this week"),
    ("past", "Past an expected day"),
    ("later", "Later"),
    ("waiting", "Waiting"),
]
ROOMS = [
    ("visits", "Visits"),
    ("reviews", "Reviews"),
    ("voice", "Views of children"),
    ("contact", "Family contact"),
]


class WorkFilters(Form):
    """Narrows what somebody must see to."""

    name = forms.CharField(label="Name of the child", required=False, widget=TextInput())
    urgency = forms.MultipleChoiceField(
        label="How urgent", required=False, choices=URGENCY, widget=Checkboxes(is_small=True)
    )
    room = forms.MultipleChoiceField(
        label="What", required=False, choices=ROOMS, widget=Checkboxes(is_small=True)
    )
    far = forms.MultipleChoiceField(
        label="Where",
        required=False,
        choices=[("yes", "At a distance only")],
        widget=Checkboxes(is_small=True),
    )
    team = forms.MultipleChoiceField(label="Team", required=False, widget=Checkboxes(is_small=True))
    worker = forms.MultipleChoiceField(
        label="Worker", required=False, widget=Checkboxes(is_small=True)
    )
    setting = forms.MultipleChoiceField(
        label="Lives at", required=False, widget=Checkboxes(is_small=True)
    )

    def offer(self, **choices: list[tuple[Any, str]]) -> None:
        """Puts in the choices there are; a question with one answer or none is left out."""
        for name, offered in choices.items():
            if len(offered) > 1 or (offered and name in self.data):
                self.fields[name].choices = [(str(key), words) for key, words in offered]  # type: ignore[attr-defined]
            else:
                del self.fields[name]
