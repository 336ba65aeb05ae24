"""Long lists: their pages, their order and their filters."""

from django import forms
from django.http import QueryDict
from django.test import RequestFactory

from frontend.parts import lists


def asked(address):
    request = RequestFactory().get(address)
    request.session = {}
    return request


class Filters(forms.Form):
    state = forms.MultipleChoiceField(
        choices=[("overdue", "Overdue"), ("soon", "Due soon")], label="State"
    )
    name = forms.CharField(label="Name")


def test_page_of_gives_twenty_five_rows_and_the_nearest_page():
    rows = list(range(60))
    assert list(lists.page_of(rows, asked("/?page=2"))) == rows[25:50]
    assert lists.page_of(rows, asked("/?page=99")).number == 3
    assert lists.page_of(rows, asked("/?page=frog")).number == 1


def test_page_links_show_gaps():
    page = lists.page_of(list(range(500)), asked("/?page=10"))
    numbers = [link.number for link in lists.page_links(page, QueryDict("order=name&page=10"))]
    assert numbers == [1, None, 9, 10, 11, None, 20]


def test_page_links_keep_the_question():
    page = lists.page_of(list(range(60)), asked("/"))
    links = list(lists.page_links(page, QueryDict("state=overdue")))
    assert links[1].url == "?state=overdue&page=2"


def test_sort_link_turns_the_order_round_and_goes_to_the_first_page():
    up = lists.sort_link(QueryDict("order=name&page=3"), "name", "Child")
    assert (up.direction, up.url) == ("ascending", "?order=-name")
    down = lists.sort_link(QueryDict("order=-name"), "name", "Child")
    assert (down.direction, down.url) == ("descending", "?order=name")
    assert lists.sort_link(QueryDict(""), "due", "Due", default="name").direction == "none"


def test_order_of_refuses_a_column_that_is_not_offered():
    assert lists.order_of(QueryDict("order=-password"), ("name",), "name") == "name"
    assert lists.order_of(QueryDict("order=-name"), ("name",), "name") == "-name"


def test_chosen_filters_name_each_answer_and_how_to_take_it_away():
    query = QueryDict("state=overdue&state=soon&name=Sam&page=4")
    chosen = lists.chosen_filters(Filters(query), query)
    assert [(one.question, one.answer) for one in chosen] == [
        ("State", "Overdue"),
        ("State", "Due soon"),
        ("Name", "Sam"),
    ]
    assert chosen[0].remove_url == "?state=soon&name=Sam"
    assert chosen[2].remove_url == "?state=overdue&state=soon&filtered=1"


def test_filters_are_remembered_until_they_are_cleared():
    request = asked("/?state=overdue")
    lists.remembered_query(request, "children")
    later = asked("/?page=2")
    later.session = request.session
    remembered = lists.remembered_query(later, "children")
    assert (remembered["state"], remembered["page"]) == ("overdue", "2")
    cleared = asked("/?filtered=1")
    cleared.session = request.session
    lists.remembered_query(cleared, "children")
    again = asked("/")
    again.session = request.session
    assert "state" not in lists.remembered_query(again, "children")


def test_filters_of_one_list_do_not_reach_another():
    request = asked("/?state=overdue")
    lists.remembered_query(request, "children")
    other = asked("/")
    other.session = request.session
    assert not lists.remembered_query(other, "visits")
