"""Taking .s2i out of the upload."""

from __future__ import annotations

import os
from pathlib import Path

from application import Application


def tree(root: Path) -> dict[str, str]:
    """Return every file below a directory with its content, and every link with its target."""
    return {
        str(path.relative_to(root)): f"-> {os.readlink(path)}" if path.is_symlink() else path.read_text()  # noqa: PTH115
        for path in sorted(root.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def test_it_is_merged_over_an_older_one(application: Application) -> None:
    """A chained build: what the earlier application had stays, what both have is the upload's."""
    for name, text in {"action_hooks/build": "old", "action_hooks/deploy": "old", "jobs": "a file"}.items():
        application.write(application.source / ".s2i" / name, text)
    for name, text in {"action_hooks/build": "new", "action_hooks/migrate": "new", "jobs/hourly/a": "new"}.items():
        application.write(application.upload / ".s2i" / name, text)
    (application.upload / ".s2i" / "link").symlink_to("action_hooks/build")
    application.write(application.upload / "app.py", "app")
    application.s2itasks("upload").succeeded()
    assert tree(application.source / ".s2i") == {
        "action_hooks/build": "new",
        "action_hooks/deploy": "old",
        "action_hooks/migrate": "new",
        "jobs/hourly/a": "new",
        "link": "-> action_hooks/build",
    }
    assert tree(application.upload) == {"app.py": "app"}


def test_what_becomes_of_an_older_one_is_said(application: Application) -> None:
    """Hooks, jobs and tasks that are replaced, and those that nobody may know of; not what is the same, or not run."""
    for name in ("deploy", "ready", "alive"):
        application.hook(name, "old")
    application.hook("alive", "old", uploaded=True)
    application.hook("ready", "new", uploaded=True)
    application.write(application.source / ".s2i/action_hooks/helper.sh", "old")
    application.job("hourly", "a", "old")
    application.job("hourly", "README", "old")
    application.env_script("build_env", "A=1", uploaded=True)
    said = [
        "---> upload: .s2i/action_hooks/deploy is the base image's, and goes on running; the source has none",
        "---> upload: .s2i/action_hooks/ready of the base image is replaced",
        "---> upload: .s2i/jobs/hourly/a is the base image's, and goes on running; the source has none",
    ]
    told = application.s2itasks("--dry", "upload").succeeded().out.splitlines()
    assert [line for line in told if "base image" in line] == said
    done = application.s2itasks("upload").succeeded().err.splitlines()
    assert [line for line in done if "base image" in line] == said


def test_an_older_one_whose_directory_is_replaced(application: Application) -> None:
    """It does not go on running."""
    application.job("hourly", "a", "old")
    application.hook("alive", "old")
    application.write(application.upload / ".s2i/jobs/hourly", "a file")
    (application.upload / ".s2i/action_hooks").symlink_to("nowhere")
    done = application.s2itasks("upload").succeeded().err.splitlines()
    assert [line for line in done if "base image" in line] == [
        "---> upload: .s2i/action_hooks/alive of the base image is replaced",
        "---> upload: .s2i/jobs/hourly/a of the base image is replaced",
    ]


def test_modes_are_kept(application: Application) -> None:
    """Run bits are what the hooks live by."""
    application.hook("build", "true", mode=0o750, uploaded=True)
    application.s2itasks("upload").succeeded()
    assert (application.source / ".s2i/action_hooks/build").stat().st_mode & 0o777 == 0o750


def test_a_repository_of_hooks_only_leaves_the_builder_something_to_move(application: Application) -> None:
    """The images' ``mv UPLOAD/* SOURCE`` fails on an empty directory; the placeholder is gone afterwards."""
    application.hook("build", 'ls -A . "$S2I_UPLOAD_PATH" >>"$LOG"', uploaded=True)
    application.builder("assemble", 'shopt -s dotglob\nmv "$S2I_UPLOAD_PATH"/* "$S2I_SOURCE_PATH"')
    application.s2itasks("assemble").succeeded()
    assert application.logged == [".:", ".s2i", "", f"{application.upload}:"]


def test_a_link_in_its_place(application: Application) -> None:
    """``.s2i -> deploy/s2i``: what it leads to is copied, because it belongs to the source."""
    application.write(application.upload / "deploy" / "s2i" / "action_hooks" / "build", "hook", 0o755)
    (application.upload / ".s2i").symlink_to("deploy/s2i")
    application.s2itasks("upload").succeeded()
    assert tree(application.source / ".s2i") == {"action_hooks/build": "hook"}
    assert tree(application.upload) == {"deploy/s2i/action_hooks/build": "hook"}


def test_without_any_s2i_it_warns_and_builds(application: Application) -> None:
    """Somebody called s2itasks, so hooks were expected; the builder can still do its part."""
    application.write(application.upload / "app.py", "")
    application.builder("assemble", "echo built")
    done = application.s2itasks("assemble").succeeded()
    assert done.out == "built\n"
    assert f"there is no .s2i, neither in {application.upload} nor in {application.source}" in done.err


def test_a_source_directory_is_made_where_there_is_none(application: Application) -> None:
    """A plain Dockerfile has none yet."""
    application.hook("pre_build", "pwd", uploaded=True)
    application.source.rmdir()
    assert application.s2itasks("pre_build", cwd=Path("/")).succeeded().out == f"{application.source}\n"
