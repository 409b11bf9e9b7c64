"""The page that lists and adds entries, and what the probes ask for."""

import logging

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.views.generic import CreateView

from guestbook.models import Entry

log = logging.getLogger(__name__)


class Entries(CreateView):
    """The newest entries below a form for one more."""

    model = Entry
    fields = ("name", "message")
    template_name = "guestbook/entries.html"
    success_url = reverse_lazy("entries")

    def get_context_data(self, **context: object) -> dict[str, object]:
        return super().get_context_data(entries=Entry.objects.all()[:50], **context)


def alive(request: HttpRequest) -> HttpResponse:
    """Answer without the database: restarting this pod would not bring that back."""
    return HttpResponse("alive\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 only if the database is there and migrated; the reason for a 503 goes to the log, not to strangers."""
    try:
        Entry.objects.exists()
    except DatabaseError as error:
        log.warning("not ready: %s", str(error).strip())
        return HttpResponse("not ready\n", content_type="text/plain", status=503)
    return HttpResponse("ready\n", content_type="text/plain")
