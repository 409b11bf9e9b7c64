"""Ask the application for its page, and fail unless it is what the hooks have made it. Called by ready."""

import os
import sys
import urllib.request

url = f"http://127.0.0.1:{os.environ.get('PORT', '8080')}/"
page = urllib.request.urlopen(url, timeout=5).read().decode()
with open("/opt/app-root/etc/site/version") as file:
    expected = f"version {file.read().strip()}, started 20"
if not page.startswith(expected):
    sys.exit(f"{url} answers {page!r}, which does not begin with {expected!r}")
