"""`createsuperuser --noinput` that may be run again, for the setup hook."""

import os
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, call_command


class Command(BaseCommand):
    """Leaves a user of that name alone: a password changed in the admin stays changed."""

    help = "Creates the superuser that DJANGO_SUPERUSER_USERNAME, _EMAIL and _PASSWORD describe, unless it exists."

    def handle(self, *args: Any, **options: Any) -> None:
        username = os.environ["DJANGO_SUPERUSER_USERNAME"]
        if get_user_model().objects.filter(username=username).exists():
            self.stdout.write(f"There is a user {username} already: left as it is.")
        else:
            call_command("createsuperuser", interactive=False, stdout=self.stdout, verbosity=options["verbosity"])
