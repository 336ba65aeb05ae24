"""The addresses of the boards."""

from django.urls import path

from frontend.pages.board import views

urlpatterns = [
    path("board/", views.board, name="board"),
    path("board/manager/", views.manager, name="board_manager"),
    path("board/director/", views.director, name="board_director"),
    path("board/reviews/", views.reviews, name="board_reviews"),
]
