import os

from django.shortcuts import render

from .models import Note

GREETING = os.path.join(os.environ["OPENSHIFT_REPO_DIR"], "data", "greeting.txt")


def notes(request):
    with open(GREETING) as opened:
        greeting = opened.read().strip()
    return render(request, "notes.html", {"greeting": greeting, "notes": Note.objects.all()})
