"""Faults in the env-script protocol, in the compiled programs, and in what compiles them."""

from __future__ import annotations

from .mutant import Mutant

PROTOCOL = "s2itasks/environment/environment.bash"
SCRIPT = "s2itasks/environment/script.bash"
LAUNCHER = "s2itasks/launcher/bash/launcher.bash"
COMMAND = "s2itasks/launcher/bash/command.bash"
INTERPRETED = "s2itasks/launcher/bash/interpreted.bash"
WATCH = "s2itasks/launcher/bash/watch.bash"
ENDING = "s2itasks/launcher/bash/ending.bash"
FORWARD = "s2itasks/launcher/bash/forward.bash"
COMPILER = "s2itasks/launcher/compiler.py"
FAST_COMMAND = "s2itasks/launcher/command_program.py"
TEXT = "s2itasks/launcher/env_script_text.py"
INHERITED = "s2itasks/process/inherited.py"
ENV_SCRIPT = "s2itasks/environment/env_script.py"
ENVIRONMENT = "s2itasks/environment/layers.py"

MUTANTS = (
    Mutant(
        "an env script runs under set -e",
        SCRIPT,
        "\\builtin set -a -e -o pipefail",
        "\\builtin set -a -o pipefail",
        ("test_differential.py", "test_exactness.py"),
    ),
    Mutant(
        "no option of ours is visible",
        SCRIPT,
        "\\builtin set -a -e -o pipefail",
        "\\builtin set -a -e -E -o pipefail",
        ("test_differential.py",),
    ),
    Mutant(
        "IFS is bash's own at the start",
        PROTOCOL,
        "[[ $IFS == $' \\t\\n' ]] || IFS=$' \\t\\n'",
        "\\builtin unset -v IFS",
        ("test_variables.py", "test_differential.py"),
    ),
    Mutant(
        "half an activation goes again",
        PROTOCOL,
        "\\builtin unset -v LD_PRELOAD NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP",
        "\\builtin unset -v NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP",
        ("test_environment.py",),
    ),
    Mutant(
        "nothing activates a second time",
        PROTOCOL,
        "s2itasks_variables BASH_ENV ENV PROMPT_COMMAND",
        "s2itasks_variables ENV PROMPT_COMMAND",
        ("test_environment.py", "test_compiled.py"),
    ),
    Mutant(
        "what an env script prints is no output",
        SCRIPT,
        '\\builtin . "$S2ITASKS_SCRIPT" >&2',
        '\\builtin . "$S2ITASKS_SCRIPT"',
        ("test_compiled.py", "test_differential.py", "test_exactness.py"),
    ),
    Mutant(
        "a changed deploy_env is noticed",
        LAUNCHER,
        '${s2itasks_text[*]-} == "$S2ITASKS_SCRIPT_CONTENT"',
        "-n $$",
        ("test_launcher.py",),
    ),
    Mutant(
        "no program runs in a build",
        LAUNCHER,
        "@(build|sourcing)*",
        "sourcing*",
        ("test_environment.py::test_nothing_in_a_build_evaluates_deploy_env",),
    ),
    Mutant(
        "bash's options of the caller are Python's",
        LAUNCHER,
        "            ${SHELLOPTS@a}${BASHOPTS@a}${POSIXLY_CORRECT@a} != *x* &&\n",
        "",
        ("test_launcher.py",),
    ),
    Mutant(
        "a closed stderr stays closed",
        LAUNCHER,
        "|| \\exec 2>&-",
        "|| :",
        ("test_compiled.py",),
    ),
    Mutant(
        "exported functions of the caller are Python's",
        COMMAND,
        "[[ \" ${s2itasks_text[*]}\" != *' BASH_FUNC_'* ]] || \\builtin return",
        ":",
        ("test_variables.py",),
    ),
    Mutant(
        "the environment is evaluated once",
        COMMAND,
        "# The application environment, unless this process tree has it.\nif [[ ${S2ITASKS_ENVIRONMENT-} != ",
        "if [[ 1 || '' != ",
        ("test_compiled.py", "test_launcher.py"),
    ),
    Mutant(
        "OLDPWD is the caller's",
        COMMAND,
        "if [[ -n $2 ]]; then OLDPWD=$2; else \\builtin unset -v OLDPWD; fi",
        ":",
        ("test_compiled.py", "test_variables.py"),
    ),
    Mutant(
        "a waiting shell is not the first process of a container",
        COMMAND,
        "    [[ $$ -ne 1 ]] || \\builtin return",
        "    : || \\builtin return",
        ("test_launcher.py",),
    ),
    Mutant(
        "a shebang that has changed is Python's",
        COMMAND,
        '[[ $s2itasks_line == "$S2ITASKS_SHEBANG" && -x "$S2ITASKS_HOOK_INTERPRETER" ]] || \\builtin return',
        ":",
        ("test_launcher.py", "test_compiled.py"),
    ),
    Mutant(
        "a script keeps the name that it is called by",
        INTERPRETED,
        "if [[ $s2itasks_file != /* ]]; then # bash's exec",
        "if false; then # bash's exec",
        ("test_variables.py",),
    ),
    Mutant(
        "a watched child has no job control",
        WATCH,
        "{\n    \\builtin set +m\n",
        "{\n",
        ("test_differential.py", "test_compiled.py"),
    ),
    Mutant(
        "bash says nothing of a killed hook",
        WATCH,
        "{s2itasks_stderr}>&2 2>/dev/null",
        "{s2itasks_stderr}>&2",
        ("test_compiled.py", "test_timeout.py"),
    ),
    Mutant(
        "a hook that does not end is killed",
        ENDING,
        's2itasks_wait "$S2ITASKS_GRACE" || \\builtin kill -s KILL -- "-$s2itasks_group"',
        's2itasks_wait "$S2ITASKS_GRACE"',
        ("test_compiled.py",),
    ),
    Mutant(
        "a signal is forwarded",
        FORWARD,
        '    \\builtin kill -s "$1" -- "-$s2itasks_group"\n    [[ $1',
        "    [[ $1",
        ("test_compiled.py",),
    ),
    Mutant(
        "a line of .s2i/environment fills in, and no more",
        COMPILER,
        'f"[[ -v {name} ]] || \\\\builtin export',
        'f"\\\\builtin export',
        ("test_compiled.py",),
    ),
    Mutant(
        "names that bash sets itself are filled in all the same",
        FAST_COMMAND,
        '        yield f"${{{name}@a}} == *x*"\n',
        "        continue\n",
        ("test_variables.py",),
    ),
    Mutant(
        "a deploy hook is run",
        FAST_COMMAND,
        "        if present:\n",
        "        if False:\n",
        ("test_launcher.py",),
    ),
    Mutant(
        "the first process of a container sources no command",
        TEXT,
        'return bool(STARTS_NO_PROCESS.fullmatch(text.decode("latin-1") + "\\n"))',
        'return bool(STARTS_NO_PROCESS.match(text.decode("latin-1") + "\\n"))',
        ("test_env_script_text.py",),
    ),
    Mutant(
        "umask reaches hooks and commands",
        INHERITED,
        "            os.umask(self.umask)",
        "            pass",
        ("test_umask_and_limits.py", "test_compiled.py", "test_differential.py"),
    ),
    Mutant(
        "limits reach hooks and commands",
        INHERITED,
        "            resource.setrlimit(number, limit)",
        "            pass",
        ("test_umask_and_limits.py",),
    ),
    Mutant(
        "bash's books are not the application's",
        ENV_SCRIPT,
        "            environment[name] = base[name]\n",
        "            pass\n",
        ("test_environment.py",),
    ),
    Mutant(
        "a deploy_env that is gone is an error",
        ENVIRONMENT,
        '    built.require_not_gone(layout, "deploy_env", scripts)',
        "    pass",
        ("test_environment.py",),
    ),
    Mutant(
        "an env script of the image leaves nothing of the shell's state",
        SCRIPT,
        "    { \\builtin set +aefkuvxC +o pipefail; } 2>/dev/null\n",
        "",
        ("test_image_hooks.py", "test_variables.py", "test_differential.py"),
    ),
    Mutant(
        "each env script begins in the source directory",
        SCRIPT,
        '[[ $PWD == "$S2ITASKS_DIRECTORY" ]] || \\builtin cd "$S2ITASKS_DIRECTORY" || \\builtin return\n',
        "",
        ("test_image_hooks.py",),
    ),
    Mutant(
        "the env script that failed is named",
        ENV_SCRIPT,
        'scripts[records.count("sourcing") - 1]',
        "scripts[-1]",
        ("test_image_hooks.py",),
    ),
    Mutant(
        "a hook of the image is no hook of the application",
        FAST_COMMAND,
        "        if len(found) > 1 and not phase.becomes:\n",
        "        if len(found) > 2:\n",
        ("test_image_hooks.py",),
    ),
    Mutant(
        "an env script of the image that has changed is noticed",
        LAUNCHER,
        '                ${s2itasks_image[*]-} == "$S2ITASKS_IMAGE_SCRIPT_CONTENT" &&\n',
        "",
        ("test_image_hooks.py",),
    ),
    Mutant(
        "hooks that the image gets after the build are noticed",
        COMPILER,
        "        unchanged.append(command_program.there(layout.image))\n",
        "",
        ("test_image_hooks.py",),
    ),
)
