"""The guestbook at the root, the admin, and two addresses for the probes."""

from django.contrib import admin
from django.urls import path

from guestbook import views

urlpatterns = [
    path("", views.Entries.as_view(), name="entries"),
    path("admin/", admin.site.urls),
    path("alive", views.alive),
    path("ready", views.ready),
]
