"""Questions and their errors, as somebody on a phone meets them."""

from datetime import date, time

import pytest
from django import forms
from django.template import Context, Template

from frontend.forms import (
    DateField,
    Form,
    LongTextField,
    Radios,
    TextInput,
    TimeField,
    YesNoField,
    error_target,
)


class Visit(Form):
    made_on = DateField(
        called="The date of the visit",
        latest=lambda: date(2026, 3, 10),
        latest_words="today or in the past",
        earliest=date(2020, 1, 1),
        label="When?",
    )


def visit(day="", month="", year=""):
    return Visit({"made_on_day": day, "made_on_month": month, "made_on_year": year})


@pytest.mark.parametrize(
    ("typed", "error", "at"),
    [
        (("", "", ""), "Enter the date of the visit", "id_made_on_0"),
        (("3", "", ""), "The date of the visit must include a month and year", "id_made_on_1"),
        (("3", "4", ""), "The date of the visit must include a year", "id_made_on_2"),
        (("31", "2", "2026"), "The date of the visit must be a real date", "id_made_on_0"),
        (("1", "13", "2026"), "The date of the visit must be a real date", "id_made_on_0"),
        (("1", "Mrx", "2026"), "The date of the visit must be a real date", "id_made_on_1"),
        (("1", "3", "26"), "The date of the visit must have a year of 4 numbers", "id_made_on_2"),
        (("11", "3", "2026"), "The date of the visit must be today or in the past", "id_made_on_0"),
        (
            ("31", "12", "2019"),
            "The date of the visit must be on or after 1 January 2020",
            "id_made_on_0",
        ),
        (("٣", "3", "2026"), "The date of the visit must be a real date", "id_made_on_0"),
        (("1" * 5000, "3", "2026"), "The date of the visit must be a real date", "id_made_on_0"),
    ],
)
def test_date_says_what_to_put_right_and_where(typed, error, at):
    form = visit(*typed)
    assert form.errors == {"made_on": [error]}
    assert error_target(form["made_on"]) == at


@pytest.mark.parametrize("month", ["3", "03", "March", "mar", " Mar. "])
def test_date_is_read_however_the_month_is_written(month):
    form = visit("9", month, "2026")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["made_on"] == date(2026, 3, 9)


def test_date_keeps_what_was_typed():
    html = str(visit("31", "2", "2026"))
    assert 'name="made_on_day" type="text" inputmode="numeric" value="31"' in html


def test_date_shows_its_initial_day():
    html = str(Visit(initial={"made_on": date(2026, 3, 9)}))
    assert 'value="2026"' in html


def test_date_not_sent_at_all_is_missing():
    assert Visit({}).errors == {"made_on": ["Enter the date of the visit"]}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("14:30", time(14, 30)),
        ("2.30pm", time(14, 30)),
        ("2 pm", time(14, 0)),
        ("1430", time(14, 30)),
        ("12am", time(0, 0)),
        ("12 noon", time(12, 0)),
        ("9", time(9, 0)),
    ],
)
def test_time_is_read_the_way_people_write_it(typed, read):
    assert TimeField(called="The time").clean(typed) == read


@pytest.mark.parametrize("typed", ["25:00", "13pm", "half two", "10:75", "1" * 400])
def test_time_that_is_none_is_refused(typed):
    with pytest.raises(forms.ValidationError, match="must be a real time"):
        TimeField(called="The time").clean(typed)


class Seen(Form):
    was_seen = YesNoField(label="Seen?", reveals={"no": ["reason"]})
    reason = forms.ChoiceField(
        label="Why not?",
        choices=[("asleep", "Asleep"), ("other", "Other")],
        widget=Radios(reveals={"other": ["what"]}),
    )
    what = forms.CharField(label="What happened?", widget=TextInput())


def test_question_not_asked_cannot_be_wrong_and_keeps_nothing():
    form = Seen({"was_seen": "yes", "reason": "other", "what": "left over"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"was_seen": True, "reason": "", "what": ""}


def test_question_asked_must_be_answered_at_every_depth():
    assert set(Seen({"was_seen": "no"}).errors) == {"reason"}
    assert set(Seen({"was_seen": "no", "reason": "other"}).errors) == {"what"}
    assert Seen({"was_seen": "no", "reason": "asleep"}).is_valid()


def test_question_not_answered_is_not_taken_for_no():
    assert "was_seen" in Seen({}).errors


def test_dependent_question_is_drawn_once_inside_its_choice():
    html = str(Seen())
    assert html.count('name="what"') == 1
    assert html.index('id="id_was_seen_1_more"') < html.index('name="reason"')


def test_long_text_is_counted_and_not_cut_off():
    class Words(Form):
        said = LongTextField(label="What was said?", max_length=20)

    html = str(Words())
    assert 'data-maxlength="20"' in html
    assert " maxlength=" not in html
    assert "You can enter up to 20 characters" in html
    assert "said" in Words({"said": "x" * 21}).errors


def test_error_is_tied_to_its_answer_and_listed_at_the_top():
    form = Seen({"was_seen": "no", "reason": "other"})
    page = Template("{% load parts %}{% error_summary form %}{{ form }}").render(
        Context({"form": form})
    )
    assert '<a href="#id_what">This field is required.</a>' in page
    assert 'aria-describedby="id_what_error"' in page
    assert 'id="id_what_error"' in page


def test_summary_of_a_form_without_errors_is_not_there():
    page = Template("{% load parts %}{% error_summary form %}").render(Context({"form": Seen()}))
    assert "There is a problem" not in page


def test_what_was_typed_is_escaped():
    html = str(Seen({"was_seen": "no", "reason": "other", "what": '"><script>x</script>'}))
    assert "<script>" not in html
