"""How long a command of a pod takes to start, and what probes cost a node."""

from __future__ import annotations

from .applications import Application
from .measure import Command, Cost, interleaved, medians, runs
from .report import Row, Table, Target

COLUMNS = {
    "wall_ms": ("time", "{:.1f} ms"),
    "cpu_ms": ("CPU", "{:.1f} ms"),
    "ratio": ("× bash", "{:.2f}"),
    "launcher_ratio": ("× launcher", "{:.1f}"),
}
WAYS = {
    "hand": "by hand in bash",
    "launcher": "s2itasks, launcher",
    "powershift-stand-in": "called as `powershift image alive`",
    "warpdrive-stand-in": "called as `warpdrive alive`",
    "python": "s2itasks, Python behind it",
    "unpinned": "s2itasks before pinning",
    "invoke": "plain invoke",
    "powershift": "powershift-image",
    "timeout": "by hand, coreutils' timeout",
}
LIMITS = {"exec": 1.3, "alive": 1.3, "alive-timeout": 2.0, "run": 1.5}  # of the launcher, times the bash
# Of the launcher behind a stand-in, likewise. One bash more takes half as long as all that the one by hand does (1.7 in
# all, measured), and there is no room for yet another one, or for an interpreter.
STAND_IN_LIMIT = 2.0
SLOW = ("/python", "/unpinned", "/invoke", "/powershift")
# Slow, and no different with a user script but for its own time.
ONLY_PLAIN = (
    *("exec/python", "alive/python", "alive-timeout/python", "run/python", "exec/invoke", "alive/invoke", "run/invoke"),
    *("alive-timeout/unpinned", "run/unpinned", "run/powershift"),
)
PROCESSES_LIMIT = 1.3  # likewise, where deploy_env starts processes
AHEAD = 8.0  # times that powershift-image takes longer than the launcher, at least
SHOWN = {
    "exec": "exec -- true",
    "alive": "alive",
    "alive-timeout": "alive --timeout 5",
    "run": "run",
    "shell": "shell </dev/null",
}

PODS, PROBES, PERIOD = 110, 2, 10  # a node's pods, probes of each, seconds between two


def commands(application: Application, powershift: str | None) -> dict[str, Command]:
    """Give every command that is measured, by ``COMMAND/WAY``.

    :param powershift: powershift-image's program, where it could be installed.
    """
    alive, run = application.hooks / "alive", application.root / "builder" / "run"
    found = {
        "true": application.command("/bin/true"),
        "exec/hand": application.by_hand("true"),
        "exec/launcher": application.launcher("exec", "--", "true"),
        "exec/python": application.runtime("exec", "--", "true"),
        "exec/unpinned": application.unpinned("exec", "--", "true"),
        "exec/invoke": application.invoke("exec", "--", "true"),
        "alive/hand": application.by_hand(alive),
        "alive/launcher": application.launcher("alive"),
        "alive/powershift-stand-in": application.stand_in("powershift", "image", "alive"),
        "alive/warpdrive-stand-in": application.stand_in("warpdrive", "alive"),
        "alive/python": application.runtime("alive"),
        "alive/unpinned": application.unpinned("alive"),
        "alive/invoke": application.invoke("alive"),
        "alive-timeout/timeout": application.by_hand("timeout", "5", alive),
        "alive-timeout/launcher": application.launcher("alive", "--timeout", "5"),
        "alive-timeout/python": application.runtime("alive", "--timeout", "5"),
        "alive-timeout/unpinned": application.unpinned("alive", "--timeout", "5"),
        "run/hand": application.by_hand(run),
        "run/launcher": application.launcher("run"),
        "run/python": application.runtime("run"),
        "run/unpinned": application.unpinned("run"),
        "run/invoke": application.invoke("run"),
    }
    if powershift:
        for command in ("exec", "alive", "run"):
            words = ["exec", "true"] if command == "exec" else [command]
            found[f"{command}/powershift"] = application.command(powershift, "image", *words)
    return found


def with_processes(application: Application) -> dict[str, Command]:
    """Give what is measured where ``deploy_env`` starts processes."""
    return {
        "exec/hand": application.by_hand("true"),
        "exec/launcher": application.launcher("exec", "--", "true"),
        "alive/hand": application.by_hand(application.hooks / "alive"),
        "alive/launcher": application.launcher("alive"),
        "shell/hand": application.by_hand("bash"),
        "shell/launcher": application.launcher("shell"),
    }


def tables(
    applications: dict[str, Application], processes: Application, powershift: str | None, rounds: int
) -> list[Table]:
    """Measure all commands of the application without and with a ``generate_container_user``, and what probes cost.

    :param applications: ``plain`` and ``user``.
    :param processes: one whose ``deploy_env`` starts processes.
    """
    every = {
        f"{kind}:{name}": command
        for kind, application in applications.items()
        for name, command in commands(application, powershift).items()
        if kind == "plain" or name not in ONLY_PLAIN
    }
    often = [name for name in every if not name.endswith(SLOW)]
    costs = medians(interleaved(runs(every), rounds, often=often))
    of = {
        kind: {name.partition(":")[2]: cost for name, cost in costs.items() if name.startswith(f"{kind}:")}
        for kind in applications
    }
    return [
        _table("start", "without generate_container_user", of["plain"], LIMITS),
        _table("start-user", "with generate_container_user", of["user"], LIMITS),
        _node(of),
        _processes(processes, rounds),
    ]


def _processes(application: Application, rounds: int) -> Table:
    commands = with_processes(application)
    costs = medians(interleaved(runs(commands), rounds, often=commands))
    limits = dict.fromkeys(("exec", "alive", "shell"), PROCESSES_LIMIT)
    return _table("start-processes", "with a `deploy_env` that starts three processes", costs, limits)


def _table(key: str, title: str, costs: dict[str, Cost], limits: dict[str, float]) -> Table:
    rows = []
    if "true" in costs:
        values = {"wall_ms": 1000 * costs["true"].wall, "cpu_ms": 1000 * costs["true"].cpu}
        rows.append(Row("true", "bare true", values))
    for command, limit in limits.items():
        hand = costs.get(f"{command}/hand") or costs["alive/hand"]
        launcher = costs[f"{command}/launcher"]
        for way, label in WAYS.items():
            cost = costs.get(f"{command}/{way}")
            if cost is None:
                continue
            values = {
                "wall_ms": 1000 * cost.wall,
                "cpu_ms": 1000 * cost.cpu,
                "ratio": cost.wall / hand.wall,
                "launcher_ratio": cost.wall / launcher.wall,
            }
            target = {
                "launcher": Target("ratio", at_most=limit),
                "powershift-stand-in": Target("ratio", at_most=STAND_IN_LIMIT),
                "warpdrive-stand-in": Target("ratio", at_most=STAND_IN_LIMIT),
                "powershift": Target("launcher_ratio", at_least=AHEAD),
            }
            rows.append(Row(f"{command}/{way}", f"`{SHOWN[command]}`, {label}", values, target.get(way)))
    return Table(key, title, COLUMNS, rows)


def _node(of: dict[str, dict[str, Cost]]) -> Table:
    """Say what the CPU time of a probe comes to on a full node."""
    rate = PODS * PROBES / PERIOD
    rows = [
        Row(
            name,
            f"`{SHOWN[name.partition('/')[0]]}`, {WAYS[name.partition('/')[2]]}",
            {
                "plain_ms": 1000 * cost.cpu,
                "plain_millicores": 1000 * cost.cpu * rate,
                "user_ms": 1000 * of["user"][name].cpu if name in of["user"] else None,
                "user_millicores": 1000 * of["user"][name].cpu * rate if name in of["user"] else None,
            },
        )
        for name, cost in of["plain"].items()
        if name.startswith("alive")
    ]
    columns = {
        "plain_ms": ("CPU", "{:.1f} ms"),
        "plain_millicores": ("node", "{:.0f}m"),
        "user_ms": ("CPU with user script", "{:.1f} ms"),
        "user_millicores": ("node with user script", "{:.0f}m"),
    }
    note = (
        f"CPU time of one probe, and of a node of {PODS} pods with {PROBES} probes every {PERIOD} s, in thousandths of "
        "a core. What the container runtime takes to start it comes on top."
    )
    return Table("node", "one probe, and a node of them", columns, rows, note)
