from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from harness.browser import MakeVisit, Visit, launch
from harness.caller import Caller
from harness.feishu import ANSWER, Bot
from harness.instance import Instance, binary
from harness.provider import Provider, Script


@pytest.fixture(scope="session")
def provider_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    provider = Provider(tmp_path_factory.mktemp("provider") / "stderr.log")
    yield provider
    provider.stop()


@pytest.fixture
def provider(provider_process: Provider, request: pytest.FixtureRequest) -> Iterator[Provider]:
    """The scripted provider; a call that AWS or OpenAI would refuse fails the test unless it is marked `faults`."""
    before = provider_process.last_call()
    yield provider_process
    faults = [fault for call in provider_process.calls(brief=True, after=before) for fault in call.faults]
    if request.node.get_closest_marker("faults") is None:
        assert not faults, f"The provider would have refused what it was sent: {faults}"


@pytest.fixture
def quiet_provider(tmp_path: Path) -> Iterator[Provider]:
    """A second process of the scripted provider, for streams whose times must not depend on what the first one does."""
    provider = Provider(tmp_path / "quiet-provider.log")
    yield provider
    provider.stop()


MakeInstance = Callable[..., Instance]


@contextmanager
def _instances(made: list[Instance]) -> Iterator[MakeInstance]:
    """Gives a function that makes instances; ends them, and leaves a list of them in `made`.

    Whatever was done to an instance, its ledger adds up in the end: so every test of load and of faults shows that.
    """
    if not binary().is_file():
        pytest.fail(f"No release binary at {binary()}: `swift build -c release`, or set BROOK_BIN", pytrace=False)

    def make(*, workers: int = 2, start: bool = True, **environment: str) -> Instance:
        # A short path: the name of a Unix socket holds 107 bytes.
        instance = Instance(Path(tempfile.mkdtemp(prefix="brook-")), workers, **environment)
        made.append(instance)
        if start:
            instance.start()
        return instance

    try:
        yield make
    finally:
        differences = [found for instance in made if (found := instance.destroy())]
        assert not differences, "The ledger does not add up:\n" + "\n".join(differences)


@pytest.fixture(scope="session")
def shared_maker() -> Iterator[MakeInstance]:
    """Makes instances that live as long as the run."""
    with _instances([]) as make:
        yield make


@pytest.fixture
def make_instance(request: pytest.FixtureRequest) -> Iterator[MakeInstance]:
    """Makes instances that only this test uses, for what would disturb others."""
    request.node.brook_instances = []
    with _instances(request.node.brook_instances) as make:
        yield make


@pytest.fixture(scope="session")
def shared_instance(shared_maker: MakeInstance) -> Instance:
    return shared_maker(workers=2)


@pytest.fixture
def instance(shared_instance: Instance, request: pytest.FixtureRequest) -> Instance:
    """The instance of all tests that leave it as they found it: two workers."""
    request.node.brook_instances = [shared_instance]
    return shared_instance


MakeCaller = Callable[..., Caller]


@pytest.fixture
def make_caller(request: pytest.FixtureRequest) -> Iterator[MakeCaller]:
    """`make_caller(script, kind)`: a fresh key and model in front of a script, on the shared instance unless told."""
    made: list[Caller] = []

    def make(script: Script, kind: str = "bedrock", *, instance: Instance | None = None, **options: object) -> Caller:
        caller = Caller(instance or request.getfixturevalue("instance"), script, kind, **options)
        made.append(caller)
        return caller

    yield make
    for caller in made:
        caller.close()


MakeBot = Callable[..., Bot]


@pytest.fixture
def make_bot(make_caller: MakeCaller, provider: Provider) -> Iterator[MakeBot]:
    """`make_bot(*steps)`: a bot whose model does these steps. Its test fails when it breaks a rule of the platform."""
    made: list[Bot] = []

    def make(
        *steps: list,
        instance: Instance | None = None,
        encrypted: bool = True,
        key: dict | None = None,
        model: dict | None = None,
        expire: int = 7200,
        **config: object,
    ) -> Bot:
        caller = make_caller(provider.script(*(steps or ANSWER)), instance=instance, key=key, model=model)
        made.append(Bot(caller, encrypted=encrypted, expire=expire, **config))
        return made[-1]

    yield make
    for bot in made:
        bot.close()
    faults = [fault for bot in made for fault in bot.faults()]
    assert not faults, f"The platform would have refused what it was sent: {faults}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of the page; each visit has a context of its own."""
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def make_visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[MakeVisit]:
    """`make_visit(**options of the context)`: a visitor of the shared instance's page, unless told."""
    made: list[Visit] = []

    def make(*, instance: Instance | None = None, **options: object) -> Visit:
        made.append(Visit(browser, instance or request.getfixturevalue("instance"), **options))
        return made[-1]

    yield make
    for visit in made:
        visit.end()


@pytest.fixture
def visit(make_visit: MakeVisit) -> Visit:
    return make_visit()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Shows the ends of the instance's logs with a failed test."""
    report = yield
    if report.failed:
        for instance in getattr(item, "brook_instances", []):
            report.sections.append((f"logs of {instance.folder}", instance.logs()))
    return report
