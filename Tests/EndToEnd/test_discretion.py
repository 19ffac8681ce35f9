"""What must not stand in any log."""

from __future__ import annotations

import signal

import pytest

from acceptance import Line, covers
from harness.caller import Caller
from harness.instance import Instance
from scripted import bedrock, openai, signature

PROMPT = "the-prompt-that-no-log-may-hold"
SYSTEM = "the-system-text-that-no-log-may-hold"
ANSWER = "the-answer-that-no-log-may-hold"
UNKNOWN = "br-" + "Z9" * 21 + "Z"
HELLO = (["text", ANSWER], ["finish", "end_turn"], ["usage", {"inputTokens": 1, "outputTokens": 1}])


def written(instance: Instance) -> dict[str, bytes]:
    """Every file beneath the instance's folder that is neither the database nor a key."""
    database = instance.database
    return {
        str(path.relative_to(instance.folder)): path.read_bytes()
        for path in instance.folder.rglob("*")
        if path.is_file() and not path.name.startswith(database.name) and path.suffix != ".key"
    }


@covers(Line.DISCRETION)
@pytest.mark.parametrize("said", ["scripted trouble", PROMPT], ids=["plain errors", "errors that quote the prompt"])
def test_no_key_secret_prompt_or_answer_stands_in_any_file_but_the_database(provider, make_instance, make_caller, said):
    """Providers do quote what they refuse: their words are no safer for a log than the prompt itself."""
    instance = make_instance(workers=1)
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": PROMPT}]
    callers: list[Caller] = []
    for kind, refusal in (
        ("bedrock", bedrock.refusal("AccessDeniedException", f"{said} arn:aws:bedrock:us-west-2:123456789012:x/y")),
        ("openai", openai.refusal(400, said, "invalid_request_error")),
    ):
        script = provider.script(*HELLO)
        caller = make_caller(script, kind, instance=instance)
        callers.append(caller)
        for stream in (False, True):
            caller.ask(messages=messages, stream=stream, extra_headers={"Session-Id": "a session"})
        raw(caller, messages=messages, temperature=PROMPT)
        raw(caller, messages=PROMPT)
        raw(caller, messages=messages, model=PROMPT)
        for steps in (
            {"steps": [["text", ANSWER], ["exception", "throttlingException", said]]},
            {"steps": [["text", ANSWER], ["cut", "rst"]]},
            {"refuse": refusal, "steps": []},
        ):
            provider.put(script.model, steps)
            raw(caller, messages=messages, stream=True)
    with instance.connect() as connection:
        unknown = {"Authorization": f"Bearer {UNKNOWN}", "Content-Type": "application/json"}
        connection.send("POST", "/v1/chat/completions", unknown, b"{}")
        assert connection.head().status == 401
    with instance.connect() as connection:
        connection.send("GET", f"/v1/models?key={UNKNOWN}", {"x-api-key": callers[0].key})
        assert connection.head().status in (200, 400)
    instance.worker().send(signal.SIGKILL)
    instance.wait_for_workers(1)

    forbidden = {
        "the admin key": instance.admin_key,
        "a user key": callers[0].key,
        "another user key": callers[1].key,
        "an unknown key": UNKNOWN,
        "an AWS secret": signature.SECRET_KEY,
        "a provider's key": openai.API_KEY,
        "a prompt": PROMPT,
        "a system text": SYSTEM,
        "an answer": ANSWER,
        "an account id": "123456789012",
    }
    files = written(instance)
    assert sum(map(len, files.values())) > 1000, f"There is hardly anything to search: {files.keys()}"
    found = [(name, what) for name, data in files.items() for what, text in forbidden.items() if text.encode() in data]
    assert not found


def raw(caller: Caller, **members: object) -> None:
    with caller.instance.connect() as connection:
        caller.send(connection, **members)
        connection.head()
        connection.body()


@covers(Line.DISCRETION)
def test_secrets_are_unreadable_in_the_database_and_keys_are_not_in_it(provider, make_caller):
    caller = make_caller(provider.script(*HELLO), "openai")
    other = make_caller(provider.script(*HELLO))
    caller.ask()
    database = caller.instance.database
    for path in database.parent.glob(database.name + "*"):
        data = path.read_bytes()
        for text in (caller.key, other.key, openai.API_KEY, signature.SECRET_KEY, caller.instance.admin_key):
            assert text.encode() not in data, path.name


@covers(Line.DISCRETION)
@pytest.mark.parametrize("name", ["admin.key"])
def test_files_that_hold_secrets_are_readable_for_their_owner_alone(instance, name):
    assert (instance.folder / name).stat().st_mode & 0o777 == 0o600
    for path in instance.folder.rglob("*.key"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_processes_show_no_key_in_their_arguments(instance):
    for process in instance.processes():
        assert instance.admin_key not in process.command
