"""The pages as they are deployed: DEBUG off, static files collected under hashed names."""

import os
import re
import tempfile
from contextlib import closing
from io import StringIO
from unittest import mock

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import OperationalError
from django.test import SimpleTestCase, TestCase, override_settings

from guestbook.models import Entry


class DeployedTestCase(TestCase):
    """An application with its static files collected, as the build hook leaves it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        static_root = tempfile.TemporaryDirectory()
        cls.addClassCleanup(static_root.cleanup)
        settings = override_settings(STATIC_ROOT=static_root.name)
        settings.enable()
        cls.addClassCleanup(settings.disable)
        call_command("collectstatic", interactive=False, verbosity=0)


class EntriesTest(DeployedTestCase):
    """The page that lists and adds entries."""

    def test_an_empty_guestbook_says_so(self):
        self.assertContains(self.client.get("/"), "Nobody has signed yet.")

    def test_the_style_sheet_has_a_hashed_name_and_is_served(self):
        page = self.client.get("/").content.decode()
        (address,) = re.findall(r"/static/guestbook/style\.[0-9a-f]{12}\.css", page)
        with closing(self.client.get(address)) as style_sheet:
            self.assertIn(b"font-family", style_sheet.getvalue())

    def test_signing_adds_an_entry_and_shows_it(self):
        page = self.client.post("/", {"name": "Ada", "message": "I was <here>"}, follow=True)
        self.assertRedirects(page, "/")
        self.assertContains(page, "I was &lt;here&gt;")

    def test_a_message_is_required(self):
        page = self.client.post("/", {"name": "Ada", "message": ""})
        self.assertContains(page, "This field is required.")
        self.assertFalse(Entry.objects.exists())

    def test_an_unknown_host_is_refused(self):
        with self.assertLogs("django.security.DisallowedHost"):
            page = self.client.get("/", headers={"host": "elsewhere.example.com"})
        self.assertEqual(page.status_code, 400)


class ProbesTest(DeployedTestCase):
    """What the ready and alive hooks ask for, under the name that they use."""

    def test_ready_with_a_database(self):
        self.assertEqual(self.client.get("/ready", headers={"host": "localhost"}).status_code, 200)

    def test_without_a_database_alive_but_not_ready(self):
        gone = mock.patch.object(Entry.objects, "exists", side_effect=OperationalError("gone"))
        with gone, self.assertLogs("guestbook.views"), self.assertLogs("django.request"):
            self.assertEqual(self.client.get("/ready").status_code, 503)
        with self.assertNumQueries(0):
            self.assertEqual(self.client.get("/alive").status_code, 200)


class SetupTest(TestCase):
    """The command behind the setup hook."""

    def test_running_it_again_leaves_the_superuser_alone(self):
        superuser = {"USERNAME": "ada", "EMAIL": "ada@example.com", "PASSWORD": "difference"}
        said = StringIO()
        with mock.patch.dict(os.environ, {f"DJANGO_SUPERUSER_{name}": value for name, value in superuser.items()}):
            call_command("ensuresuperuser", stdout=said)
            call_command("ensuresuperuser", stdout=said)
        self.assertTrue(get_user_model().objects.get().is_superuser)
        self.assertIn("There is a user ada already: left as it is.", said.getvalue())


class MigrationsTest(SimpleTestCase):
    """Models and migrations agree, so that the migrate hook leaves nothing out."""

    databases = ("default",)

    def test_no_migration_is_missing(self):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
