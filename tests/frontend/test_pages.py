"""What every page has in common: its layout, its safety and its error pages."""

import re
from html.parser import HTMLParser

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse

from backend.casework.errors import FactRefused, MovedOn, NotAllowed, NotNow
from frontend.built import built_file
from frontend.problems import ProblemPages

ANYBODY = ["/parts/", "/parts/?errors=1&state=overdue", "/account/login/", "/nowhere/"]


class Marks(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def ids(self) -> list[str]:
        return [attrs["id"] or "" for _, attrs in self.tags if "id" in attrs]


@pytest.mark.parametrize("address", ANYBODY)
def test_page_has_nothing_that_the_content_policy_refuses(client, address):
    answer = client.get(address)
    page = Marks(answer.content.decode())
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    for tag, attrs in page.tags:
        assert "style" not in attrs, (tag, attrs)
        assert not [name for name in attrs if name.startswith("on")], (tag, attrs)
        assert tag != "style"
        if tag == "script" and attrs.get("type") != "application/json":
            assert (attrs.get("src") or "").startswith("/static/")


@pytest.mark.parametrize("address", ANYBODY)
def test_page_has_landmarks_one_heading_and_no_id_twice(client, address):
    page = Marks(client.get(address).content.decode())
    tags = [tag for tag, _ in page.tags]
    assert tags.count("main") == 1
    assert tags.count("h1") == 1
    assert len(page.ids()) == len(set(page.ids()))
    assert next(attrs for tag, attrs in page.tags if tag == "a")["href"] == "#main-content"
    assert dict(page.tags[0][1])["lang"] == "en-GB"


def test_every_label_and_description_leads_somewhere(client):
    page = Marks(client.get("/parts/?errors=1").content.decode())
    ids = set(page.ids())
    pointers = [
        target
        for _, attrs in page.tags
        for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls")
        for target in (attrs.get(name) or "").split()
    ]
    links = [
        attrs["href"][1:]
        for tag, attrs in page.tags
        if tag == "a" and re.fullmatch(r"#.+", attrs.get("href") or "")
    ]
    assert {one for one in [*pointers, *links] if one not in ids} == set()


def test_page_in_error_says_so_in_its_title(client):
    assert "<title>Error: " in client.get("/parts/?errors=1").content.decode()
    assert "<title>Error: " not in client.get("/parts/").content.decode()


def test_page_carries_no_mark_of_the_government(client):
    text = client.get("/parts/").content.decode()
    assert "GDS Transport" not in text
    assert "crown" not in text.lower()


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412, 422, 429, 500])
def test_problem_page_answers_with_its_status_and_the_reason(client, status):
    answer = client.get(reverse("gallery_problem", args=[status]))
    assert answer.status_code == status
    assert "This is where the reason stands." in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "status"), [(NotAllowed, 403), (NotNow, 409), (MovedOn, 412), (FactRefused, 422)]
)
def test_refusal_becomes_a_page_in_the_words_of_the_refusal(error, status):
    request = RequestFactory().get("/visits/1/")
    pages = ProblemPages(lambda _: None)
    answer = pages.process_exception(request, error("Ada has just recorded this visit."))
    assert answer.status_code == status
    assert "Ada has just recorded this visit." in answer.content.decode()


def test_refusal_is_left_to_the_api_on_its_own_addresses():
    request = RequestFactory().get("/api/visits/1/")
    assert ProblemPages(lambda _: None).process_exception(request, NotNow("Later.")) is None


def test_server_error_page_needs_nothing_from_the_request():
    page = Template("{% include '500.html' %}").render(Context())
    assert "Sorry, something went wrong" in page


def test_built_file_is_found_by_the_name_of_its_source():
    assert re.fullmatch(r"assets/main-[\w-]+\.js", built_file("main.ts"))
    assert re.fullmatch(r"assets/styles-[\w-]+\.css", built_file("main.scss"))


def test_styles_that_are_not_built_say_what_to_do(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="make install"):
        built_file("main.ts", folder=tmp_path)


def test_group_that_is_empty_is_not_there():
    words = "{% load parts %}{% group 'Overdue' count=number %}rows{% endgroup %}"
    assert Template(words).render(Context({"number": 0})).strip() == ""
    full = Template(words).render(Context({"number": 1200}))
    assert '<span class="app-group__count">(1,200)</span>' in full


def test_title_given_to_a_part_is_escaped():
    words = (
        "{% load parts %}{% group name count=1 %}x{% endgroup %}{% details name %}y{% enddetails %}"
    )
    assert "<b>" not in Template(words).render(Context({"name": "<b>bold</b>"}))


@pytest.mark.parametrize("name", ["account_reset_password", "account_reset_password_done"])
def test_account_pages_are_in_the_same_style(client, name):
    page = client.get(reverse(name)).content.decode()
    assert "app-header" in page
    assert "govuk-heading-l" in page


def test_account_page_asks_a_stranger_to_sign_in(client):
    answer = client.get(reverse("your_account"))
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "/account/login/?next=/your-account/",
    )
