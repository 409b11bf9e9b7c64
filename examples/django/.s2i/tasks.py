"""What this application can do besides serving pages; each runs in a pod as s2itasks app.NAME."""

import csv
import sys

from invoke import task


@task(help={"newest": "only so many of the newest (default: all)"})
def export(c, newest=0):
    """Write the guestbook's entries to stdout, as CSV."""
    import django

    django.setup()
    from guestbook.models import Entry

    writer = csv.writer(sys.stdout)
    writer.writerow(["created", "name", "message"])
    entries = Entry.objects.values_list("created", "name", "message")
    writer.writerows(entries[:newest] if newest else entries)
