"""Addresses of what goes out: posts, newsletters, subscribers, accounts."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
