"""The addresses of somebody's own account."""

from django.urls import path

from frontend.pages.account import views

urlpatterns = [path("your-account/", views.your_account, name="your_account")]
