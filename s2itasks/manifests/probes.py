"""The probes of the application's pods, from its hooks ``ready`` and ``alive``."""

from __future__ import annotations

import textwrap

from .local_request import LocalRequest
from .plan import Plan
from .pod import Object
from .yaml_text import Note, document

TIMEOUT = 5  # seconds that the kubelet waits for a probe
LIMIT = 4  # seconds that s2itasks gives the hook
START_PERIOD, START = 5, 300  # seconds between two attempts, and for all of them
PERIOD, FAILURES = 10, 3
OWN_LIMIT = f"s2itasks ends the hook after {LIMIT} s: the kubelet gives up after timeoutSeconds, but does not end it."


def probes(plan: Plan) -> Object:
    """Return the probes that there are hooks for."""
    hooks, found = plan.application.hooks, Object()
    if "ready" in hooks:
        why = f"The application has {START} s to start, periodSeconds times failureThreshold; then it is restarted."
        found["startupProbe"] = Note(_probe("ready", START_PERIOD, START // START_PERIOD), f"{why}\n{OWN_LIMIT}")
        found["readinessProbe"] = Note(_probe("ready", PERIOD, FAILURES), _offer(plan))
    if "alive" in hooks:
        failures, why = FAILURES, f"Restarted where the alive hook fails {FAILURES} times; nothing else restarts it."
        if "ready" not in hooks:
            failures = START // PERIOD
            why = f"There is no ready hook, so no startupProbe waits for the start: this one has to, for {START} s."
        found["livenessProbe"] = Note(_probe("alive", PERIOD, failures), why)
    return found


def _probe(hook: str, period: int, failures: int) -> Object:
    return {
        "exec": {"command": ["s2itasks", hook, "--timeout", str(LIMIT)]},
        "failureThreshold": failures,
        "periodSeconds": period,
        "timeoutSeconds": TIMEOUT,
    }


def _offer(plan: Plan) -> str:
    """Return the comment that offers a probe without any process, where the hook only asks for a page."""
    asks = plan.application.asks
    if not plan.asked.ports:
        return f"Not ready after {FAILURES} failures, and ready again after one success. A roll-out waits for it."
    why = f"No requests come after {FAILURES} failures, and again after one success."
    if asks is None:
        return why
    handler = textwrap.indent(document({"httpGet": _http_get(asks, plan)}), "  ")
    return (
        f"{why}\nThe ready hook does no more than to ask for {asks.path}. Instead of exec, here and in startupProbe, "
        f"this asks for it without starting a process, and with the hook's headers:\n{handler}"
    )


def _http_get(asks: LocalRequest, plan: Plan) -> Object:
    names = {port.number: port.name for port in plan.asked.ports}
    return {
        "httpHeaders": [{"name": name, "value": value} for name, value in asks.headers],
        "path": asks.path,
        "port": plan.asked.ports[0].name if asks.port is None else names.get(asks.port, asks.port),
        **({"scheme": "HTTPS"} if asks.scheme == "https" else {}),
    }
