"""Entries in the admin, for whoever `s2itasks setup` made a superuser."""

from django.contrib import admin

from guestbook.models import Entry


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):
    """A searchable list of what visitors wrote."""

    list_display = ("name", "message", "created")
    search_fields = ("name", "message")
