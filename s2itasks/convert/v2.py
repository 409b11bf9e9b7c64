"""Converting an application of OpenShift V2: ``.openshift`` becomes ``.s2i``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from s2itasks.check.file import File

from . import builder_images, v2_application, v2_cron, v2_environment, v2_helpers, v2_sourced, v2_variables
from .conversion import Conversion, Origin
from .draft import MARK, Draft
from .entry import Entry, Fate
from .originals import below, no_text, runs, say_what_is_passed_over
from .unit import is_code
from .v2_helpers import ACTION_HOOKS, DIRECTORY
from .v2_hooks import Hooks, converted, insert, with_migrate
from .v2_joining import join

PHASES = ("pre_build", "build", "deploy", "post_deploy")  # whose hooks have kept their names
CARTRIDGE = re.compile(r"(pre|post)_(\w+?)_[a-z]+(?:-[\d.]+)?$")  # pre_start_python-2.7
BECOMES = {
    "pre_build": "pre_build",
    "post_build": "build",
    "pre_deploy": "deploy",
    "post_deploy": "post_deploy",
    "pre_start": "deploy",
    "post_start": "post_deploy",
}
OF_SERVERS = {
    "start": "the container is the application: let this hook become the server, in the foreground, with exec",
    "stop": "nothing runs at the end: the application gets SIGTERM, and should end by itself",
    "restart": "a container is never restarted: a new one begins",
    "pre_stop": "nothing runs at the end: use a preStop lifecycle hook, or trap SIGTERM in the application",
    "post_stop": "nothing runs at the end: trap SIGTERM in the application",
    "pre_restart": "a container is never restarted: a new one begins, with the deploy hook",
    "post_restart": "a container is never restarted: a new one begins, with the deploy hook",
}
CALLED = "nothing calls post_deploy by itself; let the deployment do it: lifecycle: {postStart: {exec: {command: "
CALLED += '[s2itasks, post_deploy, --wait, "120"]}}}'
BUILDER = 'exec "$S2I_SCRIPTS_PATH/run"\n'
MAKE_DATA = [f"{MARK} for what a deployment keeps, which mounts a volume there", 'mkdir -p "$OPENSHIFT_DATA_DIR"']
NOTHING = "it has comments only, as V2 made it"
NOT_RUN = "it has no run bit, and V2 did not run it; give it one, and run this again, if it was meant to run"


def convert(root: Path, environ: Mapping[str, str]) -> Conversion:
    """Convert a repository; nothing is written yet."""
    made = Conversion(Origin.V2)
    files = below(root, environ, DIRECTORY)
    hooks = Hooks(places=v2_helpers.places(files))
    drafts = _hooks(made, files, hooks)
    jobs = v2_cron.jobs(made, files, hooks)
    helpers = [
        v2_helpers.copied_or_told(made, path, file, hooks, is_hook=_is_hook(file.name)) for path, file in files.items()
    ]
    lifted = [line for lines in hooks.lifted.values() for line in lines]
    text = "\n".join([*(draft.text for draft in drafts.values()), *jobs, *helpers, *lifted])
    everywhere = f"{text}\n{v2_application.text(root)}"
    names = v2_variables.named_in(everywhere)
    if "pre_build" in drafts:
        own = [drafts["pre_build"].text, *helpers]
        v2_environment.set_before_build(made, drafts["pre_build"], v2_variables.named_in("\n".join(own)))
    _write_hooks(made, drafts, hooks, names)
    v2_environment.write_env_scripts(made, names, hooks.lifted)
    v2_environment.say_what_variables_need(made, names, everywhere)
    v2_application.prepare(made, root)
    if hooks.collects:
        made.add(
            ".s2i/environment", "DISABLE_COLLECTSTATIC=1", "a hook collects static files, and the builder would, too"
        )
    if hooks.migrates:
        made.add(".s2i/environment", "DISABLE_MIGRATE=1", "a hook migrates the database, and the builder would, too")
    say_what_is_passed_over(made, root, DIRECTORY)
    builder_images.name(made, root)
    v2_helpers.say_what_can_go(made, root)
    return made


def _hooks(made: Conversion, files: Mapping[str, File], hooks: Hooks) -> dict[str, Draft]:
    """Convert the hooks, and return the drafts by their phases; what belongs to one phase makes one draft."""
    drafts: dict[str, Draft] = {}
    others: list[tuple[str, File]] = []
    for path, file in files.items():
        directory, _, name = path.rpartition("/")
        if directory != ACTION_HOOKS:
            continue
        if name in PHASES and _is_to_convert(made, file, must_run=True):
            drafts[name] = converted(file, hooks, phase=name)
        elif name not in PHASES:
            others.append((name, file))
    for name, file in others:
        cartridge = CARTRIDGE.fullmatch(name)
        around = f"{cartridge[1]}_{cartridge[2]}" if cartridge else name
        phase = BECOMES.get(around, "") if cartridge else ""
        if phase and _is_to_convert(made, file, must_run=False):
            draft = converted(file, hooks, phase=phase, executed=False)
            hooks.lifted.setdefault(v2_sourced.ENV_SCRIPTS.get(around, ""), []).extend(v2_sourced.lift(draft, around))
            if draft.readable and not any(is_code(each) for line in draft.lines for each in line.now):
                made.entries += draft.entries
                made.say(file.path, Fate.WRITTEN, f"what it set is in {v2_sourced.ENV_SCRIPTS[around]} now")
                continue
            join(made, drafts, phase, draft, first=around in ("pre_build", "pre_deploy"))
        elif around in OF_SERVERS and _is_to_convert(made, file, must_run=not cartridge):
            _keep_for_run(made, file, OF_SERVERS[around])
    for draft in drafts.values():
        made.entries += draft.entries
    return drafts


def _is_hook(name: str) -> bool:
    return name in PHASES or name in OF_SERVERS or CARTRIDGE.fullmatch(name) is not None


def _is_to_convert(made: Conversion, file: File, *, must_run: bool) -> bool:
    """Whether there is something to convert in a hook; else the report says why not."""
    problem = no_text(file)
    if problem:
        made.say(file.path, Fate.LEFT, f"{problem}; copy it by hand")
    elif not file.has_code:
        made.say(file.path, Fate.DROPPED, NOTHING)
    elif must_run and not runs(file):
        made.say(file.path, Fate.LEFT, NOT_RUN)
    else:
        return True
    return False


def _keep_for_run(made: Conversion, file: File, why: str) -> None:
    """Keep a hook as comments in ``run``, which then becomes what the builder starts, as without it."""
    path = ".s2i/action_hooks/run"
    before = made.files[path].content.decode("utf-8", "surrogateescape") if path in made.files else "#!/bin/bash\n"
    before = before.replace(BUILDER, "")
    comments = "".join(f"# {line}".rstrip() + "\n" for line in file.lines if line.strip() and not line.startswith("#!"))
    made.write(path, f"{before}{MARK} from {file.path}: {why}\n{comments}{BUILDER}", executable=True)
    made.say(file.path, Fate.COMMENTED, f"{why}; its lines are comments in {path}")
    for number, line in enumerate(file.lines, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            made.entries.append(Entry(file.path, number, Fate.MOVED, f"a comment in {path}", line, f"# {line.strip()}"))


def _write_hooks(made: Conversion, drafts: dict[str, Draft], hooks: Hooks, names: set[str]) -> None:
    deploy = drafts.get("deploy")
    known = len(deploy.entries) if deploy else 0
    migrate = with_migrate(hooks, deploy)
    made.entries += deploy.entries[known:] if deploy else []
    if hooks.links:
        insert(made, drafts.setdefault("deploy", Draft("", "#!/bin/bash\n")), hooks.links)
    if migrate:
        made.write(".s2i/action_hooks/migrate", migrate, executable=True)
        made.say(".s2i/action_hooks/migrate", Fate.WRITTEN, "new: it has the command of deploy, which calls it")
    if "OPENSHIFT_DATA_DIR" in names:
        build = drafts.setdefault("build", Draft("", "#!/bin/bash\n"))
        insert(made, build, MAKE_DATA, "it makes the data directory, which was there in a gear")
    for phase, draft in drafts.items():
        made.write(f".s2i/action_hooks/{phase}", f"{draft.text.rstrip()}\n", executable=True)
        if draft.path.startswith(DIRECTORY):
            made.say(draft.path, Fate.WRITTEN, f"it is now .s2i/action_hooks/{phase}")
        else:
            why = "it makes the data directory" if phase == "build" else "it has what moved there from build"
            made.say(f".s2i/action_hooks/{phase}", Fate.WRITTEN, f"new: {why}")
    if "post_deploy" in drafts:
        made.say(drafts["post_deploy"].path, Fate.LEFT, CALLED)
