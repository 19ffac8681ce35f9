"""install.sh --local: what it starts, leaves, keeps and ends."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from acceptance import Line, covers
from harness import processes
from harness.host import Host, missing
from harness.instance import REPOSITORY, STOP_LIMIT, binary, free_port, install
from harness.raw import Broken
from harness.waiting import until


def printed_curl(text: str) -> str:
    """The command that install.sh prints, with the lines that a backslash joins."""
    lines = text.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("curl "))
    last = next(number for number in range(first, len(lines)) if not lines[number].endswith("\\"))
    return "\n".join(lines[first : last + 1])


@covers(Line.FRESH)
def test_the_printed_curl_streams_an_answer_as_it_stands(instance):
    assert instance.url in instance.printed
    command = printed_curl(instance.printed)
    answer = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=30, cwd="/")
    assert answer.returncode == 0, answer.stderr
    events = [line for line in answer.stdout.splitlines() if line.startswith("data: ")]
    assert len(events) > 3 and events[-1] == "data: [DONE]"


def test_workers_show_as_brook_serve_in_the_process_list(instance):
    workers = instance.workers()
    assert len(workers) == 2
    assert all(worker.parent == instance.multiwatch().pid for worker in workers)
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    for worker in workers:
        (line,) = [line for line in listed.splitlines() if line.split()[0] == str(worker.pid)]
        assert "/brook serve" in line


def test_everything_listens_on_loopback_only(instance):
    inodes = {s[8:-1] for p in instance.processes() for s in p.sockets()}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                assert fields[1].startswith("0100007F:"), f"{table}: {line}"


def test_a_second_start_keeps_the_key_the_data_and_the_running_workers(make_instance):
    instance = make_instance(workers=1)
    key, workers = instance.admin_key, instance.workers()
    made = instance.admin.create_key(name="kept")
    instance.start()
    assert instance.admin_key == key
    assert instance.workers() == workers, "nothing has changed: nothing is restarted"
    assert instance.admin.key(made["id"])["name"] == "kept"
    rows = instance.admin.get("/admin/api-key/list", limit=1000)
    assert sum(row["role"] == "admin" for row in rows["items"]) == 1
    assert [m["name"] for m in instance.admin.get("/admin/model/list")["items"]] == ["demo"]
    assert instance.admin.get("/admin/group/list")["total"] == 1


def test_after_stop_and_start_the_key_and_the_data_are_there(make_instance):
    instance = make_instance(workers=1)
    key = instance.admin_key
    made = instance.admin.create_key(name="kept")
    assert instance.stop().returncode == 0
    instance.start()
    assert instance.admin_key == key
    assert instance.admin.key(made["id"])["name"] == "kept"


def test_another_number_of_workers_holds_after_another_start(make_instance):
    instance = make_instance(workers=1)
    instance.workers_wanted = 3
    instance.start()
    instance.wait_for_workers(3)
    assert httpx.get(f"{instance.url}/readyz").status_code == 200


def test_stop_leaves_no_process_and_no_listener_and_may_be_said_twice(make_instance):
    instance = make_instance(workers=2)
    pids = [process.pid for process in instance.processes()]
    assert len(pids) >= 5, "two workers, multiwatch, nginx and its workers"
    assert instance.stop().returncode == 0
    assert instance.processes() == []
    assert all(processes.state(pid) in (None, "Z") for pid in pids)
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", instance.port), timeout=1)
    assert instance.stop().returncode == 0


def test_stop_ends_this_instance_and_no_other(make_instance):
    one, other = make_instance(workers=1), make_instance(workers=1)
    assert one.stop().returncode == 0
    assert one.processes() == []
    assert httpx.get(f"{other.url}/readyz").status_code == 200


@pytest.mark.timeout(180)
def test_stop_ends_within_45_s_whatever_streams_run(provider, make_instance, make_caller):
    instance = make_instance(workers=2)
    script = provider.script(["repeat", 100_000, [["text", "endless "], ["pause", 0.05]]])
    caller = make_caller(script, instance=instance)
    streams = [caller.stream() for _ in range(5)]
    for stream in streams:
        stream.event()
    begin = time.monotonic()
    with subprocess.Popen(["true"]):
        stopped = instance.stop()
    assert stopped.returncode == 0, stopped.stdout
    assert time.monotonic() - begin < STOP_LIMIT
    assert instance.processes() == []
    for stream in streams:
        with stream, contextlib.suppress(Broken):
            assert not stream.events()[-1].is_done
    until(lambda: script.state()["open"] == 0, "the provider's connections are closed")
    rows = instance.ledger.threads(caller.key_id)
    assert len(rows) == 5, "a worker that is told to end records what it cuts off"
    assert all(row["status"] != "ok" and row["fee"] > 0 for row in rows)
    caller.assert_released()


def test_nothing_that_is_started_holds_a_descriptor_of_the_caller(make_instance):
    """A pipe that stays open would keep `./install.sh --local | tee log`, or a test runner, waiting for ever."""
    instance = make_instance(start=False)
    reading, writing = os.pipe()
    os.dup2(writing, 63)
    os.set_inheritable(writing, True)
    try:
        command = [str(REPOSITORY / "install.sh"), "--local", "--no-build", "--dir", str(instance.folder)]
        started = subprocess.run(
            [*command, "--port", str(instance.port), "--workers", "1"],
            env={**os.environ, "BROOK_BIN": str(binary())},
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            pass_fds=(writing, 63),
            timeout=90,
        )
        assert started.returncode == 0
        pipe = os.readlink(f"/proc/self/fd/{writing}")
        for process in instance.processes():
            assert pipe not in process.descriptors().values(), f"{process.command} holds the caller's pipe"
    finally:
        os.close(63)
        os.close(writing)
    # With all writers gone the reader sees the end.
    with os.fdopen(reading, "rb") as pipe_end:
        assert instance.url.encode() in pipe_end.read()


def test_it_returns_when_its_output_is_a_pipe_that_is_read_to_its_end(make_instance):
    instance = make_instance(start=False)
    begin = time.monotonic()
    instance.start()  # Reads stdout to its end.
    assert time.monotonic() - begin < 30


def test_a_folder_of_mode_0700_is_enough(make_instance):
    instance = make_instance(start=False)
    instance.folder.chmod(0o700)
    instance.start()
    answer = httpx.get(f"{instance.url}/v1/models", headers={"x-api-key": instance.admin_key})
    assert [model["id"] for model in answer.json()["data"]] == ["demo"]
    assert instance.folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_with_a_space_and_a_long_name_works_from_any_session(make_instance, tmp_path):
    instance = make_instance(start=False)
    instance.folder = instance.folder / (
        "a folder with a name so long that the path of a socket in it passes the limit" * 1
    )
    instance.start()
    try:
        assert httpx.get(f"{instance.url}/readyz").status_code == 200
        workers = instance.workers()
        # A session's own folder ends with the session, and another session has another.
        again = ("--dir", str(instance.folder), "--port", str(instance.port), "--workers", "2")
        started = install("--local", "--no-build", *again, XDG_RUNTIME_DIR=str(tmp_path))
        assert started.returncode == 0, started.stdout
        assert instance.workers() == workers and list(tmp_path.iterdir()) == []
    finally:
        assert instance.stop().returncode == 0
        assert instance.processes() == []


def test_no_build_without_a_binary_fails_and_says_what_to_do(tmp_path):
    missing = tmp_path / "nowhere" / "brook"
    arguments = ("--local", "--no-build", "--dir", str(tmp_path / "d"), "--port", str(free_port()))
    failed = install(*arguments, BROOK_BIN=str(missing))
    assert failed.returncode != 0
    assert str(missing) in failed.stdout and "--no-build" in failed.stdout
    assert processes.belonging_to(tmp_path / "d") == []


def test_a_port_that_is_taken_fails_and_names_it(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        failed = install("--local", "--no-build", "--dir", str(tmp_path / "d"), "--port", str(port))
    assert failed.returncode != 0 and str(port) in failed.stdout
    assert processes.belonging_to(tmp_path / "d") == []


@pytest.mark.parametrize("arguments", [["--workers", "none"], ["--port", "99999"], ["--nonsense"], []])
def test_wrong_options_are_refused_by_name(tmp_path, arguments):
    before = () if not arguments else ("--local", "--no-build", "--dir", str(tmp_path / "d"))
    failed = install(*before, *arguments)
    assert failed.returncode != 0
    assert all(word in failed.stdout for word in arguments)


def test_help_says_what_it_does_and_what_comes_later():
    helped = install("--help")
    assert helped.returncode == 0
    for word in ("--local", "--dir", "--port", "--workers", "--no-build", "--stop", "later"):
        assert word in helped.stdout


def test_a_dry_run_does_nothing(tmp_path):
    folder = tmp_path / "d"
    ran = install("--local", "--dry-run", "--no-build", "--dir", str(folder), "--port", str(free_port()))
    assert ran.returncode == 0 and not folder.exists()


def test_workers_that_were_left_alone_by_a_dead_manager_are_ended_too(make_instance):
    instance = make_instance(workers=2)
    instance.multiwatch().send(signal.SIGKILL)
    assert instance.stop().returncode == 0
    assert instance.processes() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_needs_no_privileges(make_instance):
    instance = make_instance(start=False)
    os.chown(instance.folder, 65534, 65534)
    command = [str(REPOSITORY / "install.sh"), "--local", "--no-build", "--dir", str(instance.folder)]
    program = instance.folder / "brook"
    program.write_bytes(binary().read_bytes())
    program.chmod(0o755)
    started = subprocess.run(
        [*command, "--port", str(instance.port), "--workers", "1"],
        env={"PATH": os.environ["PATH"], "HOME": str(instance.folder), "BROOK_BIN": str(program)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=90,
        user=65534,
        group=65534,
        extra_groups=[],
        cwd="/",
    )
    if started.returncode == 126 or "Permission denied" in started.stdout and "install.sh" in started.stdout:
        pytest.skip("the repository is not readable for others")
    assert started.returncode == 0, started.stdout
    assert httpx.get(f"{instance.url}/readyz").status_code == 200
    assert {os.stat(f"/proc/{process.pid}").st_uid for process in instance.processes()} == {65534}
    assert instance.stop().returncode == 0, "root may end it"
    assert instance.processes() == []


@pytest.mark.parametrize("name", ["page/index.html", "nginx/nginx.conf", "bin/brook"])
def test_a_folder_with_something_of_its_own_by_a_name_of_ours_is_refused(make_instance, name):
    instance = make_instance(start=False)
    own = instance.folder / name
    own.parent.mkdir()
    own.write_text("somebody else's")
    with pytest.raises(AssertionError, match=f"{own.parent.name} in it would be written over: choose another folder"):
        instance.start()
    assert own.read_text() == "somebody else's"
    assert list(instance.folder.rglob("*")) == [own.parent, own]


def test_an_instance_that_was_put_back_from_a_backup_starts(make_instance):
    instance = make_instance(workers=1)
    key = instance.admin_key
    assert instance.stop().returncode == 0
    shutil.rmtree(instance.folder / "run")
    instance.start()
    assert instance.admin_key == key


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be warned of another's folder")
def test_root_does_not_run_an_instance_in_the_folder_of_somebody_else(make_instance):
    instance = make_instance(start=False)
    os.chown(instance.folder, 65534, 65534)
    with pytest.raises(AssertionError, match="belongs to nobody: run this as that user"):
        instance.start()
    assert list(instance.folder.iterdir()) == []


def test_stop_leaves_an_instance_at_the_same_path_in_a_container_alone(tmp_path):
    if reason := missing():
        pytest.skip(reason)
    folder, port = tmp_path / "d", free_port()
    with Host() as host:
        host.run("mount", "-t", "tmpfs", "tmpfs", tmp_path)
        started = ("--local", "--no-build", "--dir", folder, "--port", port, "--workers", 1)
        host.run(REPOSITORY / "install.sh", *started, BROOK_BIN=str(binary()))
        (folder / "run").mkdir(parents=True)
        stopped = install("--local", "--stop", "--dir", str(folder))
        assert stopped.returncode == 0 and "nothing is running" in stopped.stdout, stopped.stdout
        host.run("curl", "-sf", "--noproxy", "*", f"http://127.0.0.1:{port}/readyz")


def test_a_wrong_setting_leaves_the_program_of_a_running_instance(make_instance, tmp_path):
    instance = make_instance(workers=1)
    program = instance.folder / "bin/brook"
    before = program.stat()
    other = tmp_path / "brook"
    other.write_bytes(binary().read_bytes() + b"another build")
    other.chmod(0o755)
    (instance.folder / "brook.json").write_text('{"log_level": "loud"}')
    again = ("--dir", str(instance.folder), "--port", str(instance.port))
    failed = install("--local", "--no-build", *again, BROOK_BIN=str(other))
    assert failed.returncode == 1 and "loud" in failed.stdout, failed.stdout
    assert (program.stat().st_ino, program.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert httpx.get(f"{instance.url}/readyz").status_code == 200


@pytest.mark.parametrize("character", list('"$\\[*?'))
def test_a_path_that_nginx_does_not_take_is_refused_at_once(make_instance, character):
    instance = make_instance(start=False)
    instance.folder = instance.folder / f"a{character}b"
    with pytest.raises(AssertionError, match="which nginx does not take: choose another"):
        instance.start()
    assert not instance.folder.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_stop_by_somebody_who_may_not_look_into_the_folder_says_so(make_instance):
    instance = make_instance(workers=1)
    stopped = subprocess.run(
        [str(REPOSITORY / "install.sh"), "--local", "--stop", "--dir", str(instance.folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=30,
        user=65534,
        group=65534,
        extra_groups=[],
        cwd="/",
    )
    if stopped.returncode == 126 or "Permission denied" in stopped.stdout and "install.sh" in stopped.stdout:
        pytest.skip("the repository is not readable for others")
    assert stopped.returncode == 1 and "as its owner" in stopped.stdout, stopped.stdout


def test_no_build_needs_nothing_to_build_with(tmp_path):
    if reason := missing():
        pytest.skip(reason)
    with Host() as host:
        host.run("mount", "-t", "tmpfs", "tmpfs", "/usr/include")
        wanted = (REPOSITORY / "install.sh", "--local", "--dry-run", "--dir", tmp_path / "d")
        assert "libfcgi-dev" in host.run(*wanted).stdout
        told = host.run(*wanted, "--no-build", BROOK_BIN=str(binary())).stdout
        assert "would start" in told and "packages" not in told, told
