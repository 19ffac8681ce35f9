"""The program's commands."""

from __future__ import annotations

import json
import os
import re
import subprocess

import httpx
import pytest

from harness.instance import binary

COMMANDS = ["serve", "migrate", "key create", "key list", "doctor", "check-config", "version"]


def brook(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {n: v for n, v in os.environ.items() if not n.startswith(("BROOK_", "AWS_"))}
    return subprocess.run(
        [binary(), *arguments],
        env={**inherited, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
    )


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_each_command_has_help(command):
    helped = brook(*command.split(), "--help")
    assert helped.returncode == 0
    assert "USAGE" in helped.stdout.upper()


def test_the_version_is_one_line():
    shown = brook("version")
    assert shown.returncode == 0
    assert re.search(r"\d+\.\d+\.\d+", shown.stdout) and len(shown.stdout.splitlines()) == 1


def test_a_key_made_on_the_command_line_holds_at_once(instance):
    state = {"BROOK_STATE_DIR": str(instance.database.parent)}
    made = brook("key", "create", "--name", "from the command line", "--role", "admin", **state)
    assert made.returncode == 0, made.stderr
    key = re.search(r"br-[A-Za-z0-9]{43}", made.stdout).group()
    answer = httpx.get(f"{instance.url}/admin/api-key/list", headers={"x-api-key": key})
    assert answer.status_code == 200
    listed = brook("key", "list", **state)
    assert "from the command line" in listed.stdout and key not in listed.stdout


def test_a_migrated_database_is_left_as_it_is(instance):
    before = instance.ledger.rows("SELECT * FROM schema_version")
    assert brook("migrate", BROOK_STATE_DIR=str(instance.database.parent)).returncode == 0
    assert instance.ledger.rows("SELECT * FROM schema_version") == before


def test_the_doctor_finds_a_running_instance_sound(instance):
    examined = brook("doctor", BROOK_STATE_DIR=str(instance.database.parent))
    assert examined.returncode == 0, examined.stdout + examined.stderr


def test_a_wrong_setting_is_refused_with_its_name_its_value_and_the_remedy(tmp_path):
    config = tmp_path / "brook.json"
    config.write_text(json.dumps({"log_levle": "info"}))
    refused = brook("check-config", "--config", str(config))
    assert refused.returncode != 0
    assert "log_levle" in refused.stdout + refused.stderr and "log_level" in refused.stdout + refused.stderr
    config.write_text(json.dumps({"log_level": "loud"}))
    refused = brook("check-config", "--config", str(config))
    assert refused.returncode != 0
    assert "log_level" in refused.stdout + refused.stderr and "loud" in refused.stdout + refused.stderr


def test_a_right_configuration_is_found_right(instance):
    checked = brook("check-config", "--config", str(instance.folder / "brook.json"))
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_an_unknown_command_is_refused():
    refused = brook("sevre")
    assert refused.returncode != 0 and "sevre" in refused.stderr
