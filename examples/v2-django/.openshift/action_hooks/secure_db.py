#!/usr/bin/env python
# Gives the user "admin" a password that nobody knows yet, and prints it.
import binascii
import os
import sys

sys.path.append(os.path.join(os.environ["OPENSHIFT_REPO_DIR"], "wsgi", "board"))
os.environ["DJANGO_SETTINGS_MODULE"] = "board.settings"

from django.contrib.auth.models import User

password = binascii.hexlify(os.urandom(6)).decode()
user, _ = User.objects.get_or_create(username="admin", is_staff=True, is_superuser=True)
user.set_password(password)
user.save()
print("user: admin, password: " + password)
