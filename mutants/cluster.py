"""Faults in what an application is on a cluster: what it requires, waits for and is described as."""

from __future__ import annotations

from .mutant import Mutant

MUTANTS = (
    Mutant(
        "an empty value is a missing one",
        "s2itasks/environment/required.py",
        "if not environ.get(each.name)]",
        "if each.name not in environ]",
        ("test_required.py::test_an_empty_value_is_a_missing_one",),
    ),
    Mutant(
        "the deploy hook does not begin without what is required",
        "s2itasks/deployment/deploying.py",
        '    demand(session, "deploy")\n',
        "",
        ("test_required_variables.py::test_the_deploy_hook_is_not_run",),
    ),
    Mutant(
        "a server that is starting up is not there yet",
        "s2itasks/deployment/targets.py",
        'if answer[:1] == b"E" and STARTING in',
        'if answer[:1] == b"X" and STARTING in',
        ("test_wait.py::test_a_database",),
    ),
    Mutant(
        "an address that cannot be read may hold a password",
        "s2itasks/deployment/targets.py",
        'if "@" in text else repr(text)',
        'if "@" not in text else repr(text)',
        ("test_wait.py::test_what_is_no_address",),
    ),
    Mutant(
        "a run of jobs is over before the next one",
        "s2itasks/manifests/cron_jobs.py",
        "min(period * 3 // 4, LONGEST)",
        "min(period * 2, LONGEST)",
        ("test_manifests.py::test_what_is_written", "test_manifests_valid.py::test_some_combinations_of_options"),
    ),
    Mutant(
        "a probe ends by itself before the kubelet gives it up",
        "s2itasks/manifests/probes.py",
        '"--timeout", str(LIMIT)]',
        '"--timeout", str(TIMEOUT)]',
        ("test_manifests.py::test_what_is_written", "test_manifests_valid.py::test_some_combinations_of_options"),
    ),
    Mutant(
        "doctor ends with a status where something fails",
        "s2itasks/doctor/diagnosing.py",
        "    if failing:\n",
        "    if failing > 99:\n",
        ("test_doctor.py::test_a_planted_fault",),
    ),
    Mutant(
        "doctor knows how long a probe may take",
        "s2itasks/doctor/usable.py",
        "elif took > seconds:",
        "elif took > PATIENCE:",
        ("test_doctor.py::test_a_planted_fault",),
    ),
    Mutant(
        "doctor sees that a file has changed",
        "s2itasks/launcher/record.py",
        "            while part := file.read(1 << 20):\n                digest.update(part)\n",
        "",
        ("test_doctor.py::test_a_planted_fault",),
    ),
    Mutant(
        "a rehearsal asks for what is required",
        "s2itasks/rehearse/demanded.py",
        "    if certain and not (script and reads_elsewhere(script)):\n        raise failure\n",
        "",
        ("test_rehearse_foresight.py::test_required_variables",),
    ),
)
