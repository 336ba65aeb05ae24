"""The addresses of accounts, parts, teams and policy."""

from django.urls import path

from frontend.pages.people import teams, views

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/new/", views.new, name="person_new"),
    path("people/teams/", teams.teams, name="teams"),
    path("people/teams/new/", teams.new, name="team_new"),
    path("people/teams/<int:team_id>/name/", teams.rename, name="team_rename"),
    path("people/teams/<int:team_id>/service/", teams.move, name="team_move"),
    path("people/policy/", teams.policy, name="policy"),
    path("people/<int:person_id>/", views.person, name="person"),
    path("people/<int:person_id>/parts/new/", views.give, name="part_give"),
    path("people/<int:person_id>/parts/<int:part_id>/end/", views.end, name="part_end"),
    path("people/<int:person_id>/left/", views.leave, name="person_left"),
    path("people/<int:person_id>/back/", views.come_back, name="person_back"),
]
