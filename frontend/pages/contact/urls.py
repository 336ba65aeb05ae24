"""The addresses of contact and of outside eyes."""

from django.urls import path

from frontend.pages.contact import views

OF_CHILD = "children/<int:child_id>/contact/"

urlpatterns = [
    path(OF_CHILD, views.contact, name="child_contact"),
    path(f"{OF_CHILD}agree/", views.agree, name="contact_agree"),
    path(f"{OF_CHILD}people/", views.name_relative, name="contact_people"),
    path(f"{OF_CHILD}arrange/", views.arrange, name="contact_arrange"),
    path(f"{OF_CHILD}record/", views.record, name="contact_record"),
    path(f"{OF_CHILD}missed/", views.missed, name="contact_missed"),
    path("contact-plans/<int:plan_id>/<slug:step>/", views.plan_step, name="contact_plan_step"),
    path("contacts/<int:contact_id>/error/", views.strike_out, name="contact_strike_out"),
    path("contacts/<int:contact_id>/plan/", views.link, name="contact_link"),
    path("settings/<int:setting_id>/footfall/", views.footfall, name="setting_footfall"),
]
