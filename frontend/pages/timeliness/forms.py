"""What narrows the figures: which duty, how far back, and whose."""

from collections.abc import Iterable

from django import forms

from frontend.forms import Checkboxes, Form, Radios

WHAT = [
    ("visits", "Visits"),
    ("reviews", "Reviews"),
    ("steps", "Steps around a review"),
]
PERIODS = [("3", "3 months"), ("6", "6 months"), ("12", "12 months"), ("24", "24 months")]
DEFAULT_MONTHS = 6


class Filters(Form):
    """Narrows the figures of timeliness."""

    what = forms.ChoiceField(
        label="What was due", required=False, choices=WHAT, widget=Radios(is_small=True)
    )
    months = forms.ChoiceField(
        label="Due in the last", required=False, choices=PERIODS, widget=Radios(is_small=True)
    )
    team = forms.MultipleChoiceField(
        label="Team", required=False, choices=[], widget=Checkboxes(is_small=True)
    )

    def offer_teams(self, teams: Iterable[tuple[int, str]]) -> None:
        """The teams to choose among; with one team or none the question falls away."""
        choices = [(str(pk), name) for pk, name in teams]
        if len(choices) < 2:
            del self.fields["team"]
        else:
            self.fields["team"].choices = choices  # type: ignore[attr-defined]

    @property
    def answers(self) -> tuple[str, int, list[int]]:
        """What, how many months, and the teams; what cannot be understood is left out."""
        self.is_valid()
        what = self.cleaned_data.get("what") or ""
        months = int(self.cleaned_data.get("months") or DEFAULT_MONTHS)
        teams = self.cleaned_data.get("team") or []
        return what, months, [int(pk) for pk in teams]
