"""Forms asked the GOV.UK way: a label, a hint, an answer, and an error that says what to do."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

from frontend.parts.words import MONTHS, listed, long_date


class Renderer(TemplatesSetting):
    """Draws every form of the house, and of the packages it uses, in one style."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


# Answers in words


class TextInput(forms.TextInput):
    """One line; ``width`` in characters (2, 3, 4, 5, 10, 20, 30) hints at the length expected."""

    def __init__(
        self, *, width: int | None = None, prefix: str = "", suffix: str = "", **attrs: str
    ) -> None:
        super().__init__(attrs={key.replace("_", "-"): value for key, value in attrs.items()})
        self.width = width
        self.prefix = prefix
        self.suffix = suffix


class TextArea(forms.Textarea):
    """Several lines, with a count of what is left when there is a limit."""

    def __init__(self, *, rows: int = 5, limit: int | None = None, **attrs: str) -> None:
        super().__init__(attrs={"rows": str(rows), **attrs})
        self.limit = limit


class LongTextField(forms.CharField):
    """Several lines. Too much is said in an error, never cut off while somebody types."""

    def __init__(self, *, max_length: int | None = None, rows: int = 5, **kwargs: Any) -> None:
        kwargs.setdefault("widget", TextArea(rows=rows, limit=max_length))
        too_long = "This is %(show_value)d characters long; the most is %(limit_value)d"
        kwargs["error_messages"] = {"max_length": too_long, **kwargs.get("error_messages", {})}
        super().__init__(max_length=max_length, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


# One or several of a list


class Choices:
    """What a list of choices may add to each choice.

    ``hints`` explains a choice; ``reveals`` names the fields asked only when it is chosen.
    """

    hints: Mapping[str, str]
    reveals: Mapping[str, Sequence[str]]
    is_inline: bool
    is_small: bool

    def describe(
        self,
        hints: Mapping[str, str] | None,
        reveals: Mapping[str, Sequence[str]] | None,
        is_inline: bool,
        is_small: bool,
    ) -> None:
        self.hints = {str(value): words for value, words in (hints or {}).items()}
        self.reveals = {str(value): tuple(names) for value, names in (reveals or {}).items()}
        self.is_inline = is_inline
        self.is_small = is_small


class Radios(Choices, forms.RadioSelect):
    """One of a list."""

    def __init__(
        self,
        *,
        hints: Mapping[str, str] | None = None,
        reveals: Mapping[str, Sequence[str]] | None = None,
        is_inline: bool = False,
        is_small: bool = False,
    ) -> None:
        super().__init__()
        self.describe(hints, reveals, is_inline, is_small)


class Checkboxes(Choices, forms.CheckboxSelectMultiple):
    """Any of a list."""

    def __init__(
        self,
        *,
        hints: Mapping[str, str] | None = None,
        reveals: Mapping[str, Sequence[str]] | None = None,
        is_small: bool = False,
    ) -> None:
        super().__init__()
        self.describe(hints, reveals, False, is_small)


def said_yes(answer: str) -> bool:
    return answer == "yes"


class YesNoField(forms.TypedChoiceField):
    """Yes or no, with neither chosen beforehand: not answered is never taken for no."""

    def __init__(
        self,
        *,
        yes: str = "Yes",
        no: str = "No",
        reveals: Mapping[str, Sequence[str]] | None = None,
        hints: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault(
            "widget",
            Radios(is_inline=not reveals and not hints, reveals=reveals, hints=hints),
        )
        super().__init__(
            choices=[("yes", yes), ("no", no)], coerce=said_yes, empty_value=None, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


# Days and times


class DateInput(forms.MultiWidget):
    """Three boxes: day, month, year."""

    parts = ("day", "month", "year")

    def __init__(self) -> None:
        super().__init__({part: forms.TextInput() for part in self.parts})

    def decompress(self, value: Any) -> list[Any]:
        return [value.day, value.month, value.year] if isinstance(value, date) else [None] * 3


@dataclass(frozen=True)
class DateBox:
    """One of the three boxes as the page draws it."""

    part: str
    label: str
    name: str
    id: str
    value: str
    width: int
    has_error: bool


class DateField(forms.Field):
    """A day of life, asked in three boxes.

    ``called`` names it in errors, with a capital and its article: "The date of the visit".
    ``earliest`` and ``latest`` may be days or functions that say the day when the form is read.
    """

    widget = DateInput

    def __init__(
        self,
        *,
        called: str,
        earliest: date | Callable[[], date] | None = None,
        latest: date | Callable[[], date] | None = None,
        latest_words: str = "",
        **kwargs: Any,
    ) -> None:
        self.called = called
        self.earliest = earliest
        self.latest = latest
        self.latest_words = latest_words
        asked = called[:1].lower() + called[1:]
        messages = {"required": f"Enter {asked}", **kwargs.pop("error_messages", {})}
        super().__init__(error_messages=messages, **kwargs)

    def to_python(self, value: Any) -> date | None:
        if value is None or isinstance(value, date):
            return value
        typed = dict(zip(DateInput.parts, (str(part or "").strip() for part in value), strict=True))
        if not any(typed.values()):
            return None
        self.check_complete(typed)
        return self.read(typed)

    def check_complete(self, typed: dict[str, str]) -> None:
        missing = [part for part, words in typed.items() if not words]
        if missing:
            raise ValidationError(
                f"{self.called} must include a {listed(missing)}",
                code="incomplete",
                params={"parts": missing},
            )

    def read(self, typed: dict[str, str]) -> date:
        numbers = {part: number_typed(part, words) for part, words in typed.items()}
        wrong = [part for part, number in numbers.items() if number is None]
        if re.fullmatch(r"\d{1,3}", typed["year"]):
            raise ValidationError(
                f"{self.called} must have a year of 4 numbers",
                code="invalid",
                params={"parts": ["year"]},
            )
        try:
            if wrong:
                raise ValueError(wrong)
            return date(numbers["year"], numbers["month"], numbers["day"])  # type: ignore[arg-type]
        except ValueError:
            raise ValidationError(
                f"{self.called} must be a real date",
                code="invalid",
                params={"parts": wrong or list(DateInput.parts)},
            ) from None

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is None:
            return
        earliest, latest = day_now(self.earliest), day_now(self.latest)
        if latest is not None and value > latest:
            words = self.latest_words or f"on or before {long_date(latest)}"
            raise ValidationError(f"{self.called} must be {words}", code="too late")
        if earliest is not None and value < earliest:
            raise ValidationError(
                f"{self.called} must be on or after {long_date(earliest)}", code="too early"
            )

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


def day_now(day: date | Callable[[], date] | None) -> date | None:
    return day() if callable(day) else day


def number_typed(part: str, words: str) -> int | None:
    """The number typed in a box; a month may be named."""
    if re.fullmatch(r"[0-9]{1,4}", words):
        return int(words)
    if part == "month" and len(words) >= 3:
        for number, name in enumerate(MONTHS, start=1):
            if name.lower().startswith(words.lower().rstrip(".")):
                return number
    return None


class TimeField(forms.Field):
    """A time of day, typed the way people write it: 14:30, 2.30pm, 2pm."""

    widget = TextInput
    typed_time = re.compile(r"(\d{1,2})(?:[:. ]?(\d{2}))?\s*(am|pm|noon|midnight)?", re.IGNORECASE)

    def __init__(self, *, called: str, **kwargs: Any) -> None:
        self.called = called
        asked = called[:1].lower() + called[1:]
        messages = {"required": f"Enter {asked}", **kwargs.pop("error_messages", {})}
        kwargs.setdefault("widget", TextInput(width=5))
        kwargs.setdefault("help_text", "For example, 14:30 or 2:30pm")
        super().__init__(error_messages=messages, **kwargs)

    def to_python(self, value: Any) -> time | None:
        if value is None or isinstance(value, time):
            return value
        words = str(value).strip()
        if not words:
            return None
        found = self.typed_time.fullmatch(words)
        try:
            if found is None:
                raise ValueError(words)
            return time(hour_of(int(found[1]), found[3] or ""), int(found[2] or 0))
        except ValueError:
            raise ValidationError(
                f"{self.called} must be a real time, like 14:30 or 2:30pm", code="invalid"
            ) from None

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%H:%M") if isinstance(value, time) else value


def hour_of(hour: int, half: str) -> int:
    half = half.lower()
    if half and not 1 <= hour <= 12:
        raise ValueError(hour)
    if half in ("am", "midnight"):
        return hour % 12
    return hour % 12 + 12 if half in ("pm", "noon") else hour


# A form


class Form(forms.Form):
    """A form whose later questions may depend on an earlier answer.

    A field named in ``reveals`` is asked only when its choice is chosen: otherwise what was
    typed there is set aside and cannot be an error.
    """

    use_required_attribute = False

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name in self.not_asked():
            self.errors.pop(name, None)
            self.cleaned_data[name] = nothing_for(self.fields[name])

    def not_asked(self) -> set[str]:
        """The names of the questions that an answer, as given, leaves out."""
        hidden: set[str] = set()
        shown: set[str] = set()
        for name in self.fields:
            for value, revealed in reveals_of(self[name]).items():
                answers = self[name].value() or []
                answers = answers if isinstance(answers, list | tuple) else [answers]
                is_shown = name not in hidden and value in {str(answer) for answer in answers}
                (shown if is_shown else hidden).update(revealed)
        return hidden - shown


def nothing_for(field: forms.Field) -> Any:
    if isinstance(field, forms.MultipleChoiceField):
        return []
    if isinstance(field, forms.TypedChoiceField):
        return field.empty_value
    return "" if isinstance(field, forms.CharField | forms.ChoiceField) else None


def reveals_of(bound: BoundField) -> Mapping[str, Sequence[str]]:
    widget = bound.field.widget
    return widget.reveals if isinstance(widget, Choices) else {}


def revealed_names(form: forms.BaseForm) -> set[str]:
    """The questions drawn inside another question's choice."""
    return {name for bound in form for names in reveals_of(bound).values() for name in names}


# What the templates read


@dataclass(frozen=True)
class Choice:
    """One choice as the page draws it."""

    value: str
    label: str
    id: str
    is_chosen: bool
    hint: str
    revealed: list[BoundField]


def choices_of(bound: BoundField) -> list[Choice]:
    """The choices of a list of radios or checkboxes."""
    widget = bound.field.widget
    hints = widget.hints if isinstance(widget, Choices) else {}
    reveals = reveals_of(bound)
    choices = []
    for option in bound.subwidgets:
        value = str(option.data["value"])
        choices.append(
            Choice(
                value=value,
                label=str(option.data["label"]),
                id=option.data["attrs"].get("id", ""),
                is_chosen=bool(option.data["selected"]),
                hint=hints.get(value, ""),
                revealed=[bound.form[name] for name in reveals.get(value, ())],
            )
        )
    return choices


def date_boxes(bound: BoundField) -> list[DateBox]:
    """The three boxes of a date; those in error are marked, or all when none is named."""
    value = bound.value()
    typed = list(value) if isinstance(value, list | tuple) else bound.field.widget.decompress(value)
    wrong = parts_in_error(bound)
    return [
        DateBox(
            part=part,
            label=part.capitalize(),
            name=f"{bound.html_name}_{part}",
            id=f"{bound.auto_id}_{place}",
            value="" if typed[place] is None else str(typed[place]),
            width=4 if part == "year" else 2,
            has_error=part in wrong,
        )
        for place, part in enumerate(DateInput.parts)
    ]


def parts_in_error(bound: BoundField) -> Iterable[str]:
    if not bound.errors:
        return ()
    for error in bound.errors.as_data():
        if error.params and "parts" in error.params:
            return list(error.params["parts"])
    return DateInput.parts


def error_target(bound: BoundField) -> str:
    """The id that an error summary leads to: the first answer that can be put right."""
    kind = bound.widget_type
    if isinstance(bound.field.widget, DateInput):
        wrong = [box.id for box in date_boxes(bound) if box.has_error]
        return wrong[0] if wrong else f"{bound.auto_id}_0"
    if kind in ("radioselect", "radios", "checkboxselectmultiple", "checkboxes"):
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id
