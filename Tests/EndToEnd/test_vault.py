"""Backup, restore and verification of the ledger, with the program and beside running workers."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from harness.fleet import Fleet
from harness.instance import binary
from scripted import openai, signature
from test_commands import brook

HELLO = (["text", "x"], ["finish", "end_turn"], ["usage", {"inputTokens": 1, "outputTokens": 1}])


@pytest.mark.parametrize("command", ["backup", "restore", "ledger", "ledger verify"])
def test_each_command_has_help(command):
    helped = brook(*command.split(), "--help")
    assert helped.returncode == 0 and "USAGE" in helped.stdout.upper()


def state(folder: Path) -> dict[str, str]:
    return {"BROOK_STATE_DIR": str(folder)}


def test_a_backup_while_streams_run_restores_to_a_ledger_that_adds_up(provider, make_instance, make_caller, tmp_path):
    instance = make_instance(workers=2)
    script = provider.script(
        ["repeat", 5, [["text", "x"], ["pause", 0.02]]],
        ["finish", "end_turn"],
        ["usage", {"inputTokens": 5, "outputTokens": 5}],
    )
    # Soon past its quota, so that the balance moves too.
    caller = make_caller(script, instance=instance, key={"month_quota": 0.01, "balance": 100})
    serving = instance.database.parent
    made: list[Path] = []
    with Fleet(caller, 1200, per_second=300) as fleet:
        for ended in range(100, 1100, 200):
            fleet.wait_until("ended", ended)
            file = tmp_path / f"at-{ended}.db"
            backed_up = brook("backup", str(file), **state(serving))
            assert backed_up.returncode == 0, backed_up.stderr
            assert "secret.key" in backed_up.stdout
            verified = brook("ledger", "verify", **state(serving))
            assert verified.returncode == 0, verified.stdout + verified.stderr
            made.append(file)
        outcomes = fleet.finish()
    assert all(outcome.done for outcome in outcomes)

    counts = []
    for number, file in enumerate(made):
        assert file.stat().st_mode & 0o777 == 0o600
        checked = subprocess.run(["sha256sum", "-c", file.name + ".sha256"], cwd=tmp_path, capture_output=True)
        assert checked.returncode == 0, checked.stderr
        folder = tmp_path / f"restored-{number}"
        folder.mkdir()
        restored = brook("restore", str(file), **state(folder))
        assert restored.returncode == 0, restored.stderr
        assert "no key file" in restored.stderr
        verified = brook("ledger", "verify", **state(folder))
        assert verified.returncode == 0, verified.stdout + verified.stderr
        with sqlite3.connect(folder / "brook.db") as database:
            counts.append(database.execute("SELECT COUNT(*) FROM threads").fetchone()[0])
    assert counts == sorted(set(counts)) and counts[0] >= 100 and counts[-1] < 1200, counts


def test_a_restored_instance_serves_with_the_keys_and_secrets_of_the_backup(
    provider, make_instance, make_caller, tmp_path
):
    instance = make_instance(workers=2)
    caller = make_caller(provider.script(*HELLO), "openai", instance=instance, key={"month_quota": 1})
    caller.ask()
    folder = instance.database.parent
    file = tmp_path / "brook.db"
    backed_up = brook("backup", str(file), "--with-secret-key", **state(folder))
    assert backed_up.returncode == 0, backed_up.stderr
    caller.ask()

    refused = brook("restore", str(file), **state(folder))
    assert refused.returncode == 69 and "2 processes have" in refused.stderr and "--force" in refused.stderr
    assert len(instance.ledger.threads(caller.key_id)) == 2
    instance.stop()
    (folder / "secret.key").unlink()
    restored = brook("restore", str(file), "--with-secret-key", **state(folder))
    assert restored.returncode == 0 and not restored.stderr, restored.stderr
    (kept,) = folder.glob("brook.db.before-restore-*Z")
    with sqlite3.connect(kept) as database:
        assert database.execute("SELECT COUNT(*) FROM threads").fetchone()[0] == 2
    instance.start()
    assert len(instance.ledger.threads(caller.key_id)) == 1
    assert caller.ask().choices[0].message.content == "x"
    verified = brook("ledger", "verify", **state(folder))
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_differences_are_named_and_have_an_exit_status_of_their_own(provider, make_instance, make_caller, tmp_path):
    instance = make_instance(workers=1)
    caller = make_caller(provider.script(*HELLO), instance=instance, key={"month_quota": 1})
    caller.ask()
    name = caller.key_row["name"]
    copy = tmp_path / "brook.db"
    assert brook("backup", str(copy), **state(instance.database.parent)).returncode == 0
    with sqlite3.connect(copy) as database:
        database.execute("UPDATE api_keys SET balance = 5000000000 WHERE id = ?", (caller.key_id,))
    found = brook("ledger", "verify", **state(tmp_path))
    assert found.returncode == 3
    assert found.stdout == f"key {caller.key_id} ({name}): balance is stored as 5, its rows say 0\n"
    assert "1 difference" in found.stderr
    missing = brook("ledger", "verify", BROOK_DATABASE=str(tmp_path / "none.db"), **state(tmp_path))
    assert missing.returncode == 69 and "none.db" in missing.stderr
    assert not (tmp_path / "none.db").exists()


def test_what_every_test_is_asked_at_its_end_finds_a_wrong_sum(provider, make_instance, make_caller):
    instance = make_instance(workers=1)
    make_caller(provider.script(*HELLO), instance=instance).ask()
    assert instance.ledger_differences() == ""
    with sqlite3.connect(instance.database) as database:
        database.execute("UPDATE key_months SET fee = fee + 1")
    assert "month_fee of" in instance.ledger_differences()
    instance.stop()
    assert "month_fee of" in instance.ledger_differences()
    instance.has_foreign_rows = True


def test_no_key_and_no_provider_secret_stands_in_a_backup(provider, make_instance, make_caller, tmp_path):
    instance = make_instance(workers=1)
    callers = [
        make_caller(provider.script(*HELLO), "openai", instance=instance),
        make_caller(provider.script(*HELLO), instance=instance),
    ]
    for caller in callers:
        caller.ask(messages=[{"role": "user", "content": "a needle that is there"}])
    folder = instance.database.parent
    assert brook("backup", str(tmp_path / "brook.db"), **state(folder)).returncode == 0
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(files) == ["brook.db", "brook.db.sha256"]
    assert b"a needle that is there" in files["brook.db"], "the search must be able to find something"
    secrets = [instance.admin_key, openai.API_KEY, signature.SECRET_KEY, (folder / "secret.key").read_text().strip()]
    for text in secrets + [caller.key for caller in callers]:
        assert not [name for name, data in files.items() if text.encode() in data]


def test_files_that_are_there_stay_unless_forced(instance, tmp_path):
    file = tmp_path / "brook.db"
    file.write_text("mine")
    refused = brook("backup", str(file), **state(instance.database.parent))
    assert refused.returncode == 73 and str(file) in refused.stderr and "--force" in refused.stderr
    assert file.read_text() == "mine" and list(tmp_path.iterdir()) == [file]
    assert brook("backup", str(file), "--force", **state(instance.database.parent)).returncode == 0


def test_a_cut_backup_is_refused(instance, tmp_path):
    file = tmp_path / "brook.db"
    assert brook("backup", str(file), **state(instance.database.parent)).returncode == 0
    os.truncate(file, file.stat().st_size // 2)
    new = tmp_path / "new"
    new.mkdir()
    refused = brook("restore", str(file), **state(new))
    assert refused.returncode == 69 and "SHA-256" in refused.stderr
    assert list(new.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="only root can make a small disk")
def test_a_backup_on_a_full_disk_says_so_and_leaves_nothing(instance, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    script = 'mount -t tmpfs -o size=64k none "$1" || exit 99; "$2" backup "$1/a.db"; code=$?; ls -A "$1"; exit $code'
    tried = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", str(disk), str(binary())],
        env={**os.environ, **state(instance.database.parent)},
        capture_output=True,
        text=True,
        timeout=30,
    )
    if tried.returncode == 99:
        pytest.skip("no mounts here")
    assert tried.returncode == 73 and "not enough room" in tried.stderr, tried.stderr
    assert tried.stdout == ""
