"""A throw-away Brook, started as a user starts one, with keys and models that lead to the scripted provider."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from . import processes
from .failure import Failure
from .floor import free_port

PRICE_IN = 3  # dollars per 1,000,000 tokens
PRICE_OUT = 15
# Large enough that no run is refused; but a limit, so that each call takes and settles a hold.
MONTH_QUOTA = 1000000


@dataclass(frozen=True)
class Key:
    id: int
    secret: str

    @property
    def header(self) -> str:
        return "Authorization: Bearer " + self.secret


class Brook:
    def __init__(self, root: Path, folder: Path, workers: int):
        self._root = root
        self._folder = folder
        self._workers = workers

    def __enter__(self):
        self.port = free_port()
        before = set(self._serving())
        self._install("--no-build", "--port", str(self.port), "--workers", str(self._workers))
        mine = [pid for pid in self._serving() if pid not in before]
        # Others may start a Brook at the same time; ours are those that were told of our folder.
        told = [pid for pid in mine if str(self._folder) in processes.environment_and_arguments(pid)]
        self._managers = {processes.parent(pid) for pid in told or mine}
        try:
            self._admin_key = (self._folder / "admin.key").read_text().strip()
            if len(self.workers) != self._workers:
                raise Failure(f"{self._workers} workers were asked for, {len(self.workers)} run")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # The manager first: it would start the workers again.
        pids = sorted(self._managers) + self.workers + self.nginx
        try:
            self._install("--stop")
        except Failure as failure:
            # What has been measured stands; but nobody should have to look for what was left running.
            print(f"bench: {failure}", file=sys.stderr)
        if processes.kill_left_over(pids):
            print("bench: install.sh --local --stop left processes behind; they were killed", file=sys.stderr)

    def _install(self, *options: str) -> None:
        command = [str(self._root / "install.sh"), "--local", "--dir", str(self._folder), *options]
        log = self._folder.with_suffix(".log")
        # Into a file: a pipe would be held open if anything started here kept it.
        with open(log, "a", encoding="utf-8") as output:
            try:
                result = subprocess.run(
                    command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, timeout=90, cwd=self._root)
            except (OSError, subprocess.TimeoutExpired) as error:
                raise Failure(f"install.sh: {error}\n{log.read_text()}") from error
        if result.returncode != 0:
            raise Failure(f"install.sh {' '.join(options)} ended with {result.returncode}:\n{log.read_text()}")

    @staticmethod
    def _serving() -> list[int]:
        found = []
        for pid in processes.all_pids():
            words = processes.arguments(pid)
            if len(words) > 1 and os.path.basename(words[0]) == "brook" and words[1] == "serve":
                found.append(pid)
        return found

    @property
    def workers(self) -> list[int]:
        return [pid for pid in self._serving() if processes.parent(pid) in self._managers]

    @property
    def nginx(self) -> list[int]:
        """The workers of this instance's own nginx; its master names our folder in its arguments."""
        masters = [
            pid for pid in processes.all_pids()
            if any("nginx" in word for word in processes.arguments(pid)[:1])
            and str(self._folder) in " ".join(processes.arguments(pid))]
        return masters + [pid for pid in processes.all_pids() if processes.parent(pid) in masters]

    @property
    def admin_headers(self) -> dict[str, str]:
        return {"Authorization": "Bearer " + self._admin_key}

    def request(self, method: str, path: str, body: dict | None = None, timeout: float = 10) -> tuple[int, dict]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            headers = dict(self.admin_headers)
            text = None
            if body is not None:
                headers["Content-Type"] = "application/json"
                text = json.dumps(body)
            connection.request(method, path, body=text, headers=headers)
            answer = connection.getresponse()
            content = answer.read()
            try:
                # Money must not pass through a floating-point number.
                return answer.status, json.loads(content, parse_float=Decimal)
            except ValueError:
                return answer.status, {}
        finally:
            connection.close()

    def manage(self, method: str, path: str, body: dict | None = None):
        try:
            status, answer = self.request(method, path, body)
        except (OSError, http.client.HTTPException) as error:
            raise Failure(f"{method} {path}: {error}") from error
        if status != 200 or answer.get("success") is not True:
            raise Failure(f"{method} {path} was answered with {status}: {answer}")
        return answer["data"]

    def add_key(self, name: str) -> Key:
        row = self.manage("POST", "/admin/api-key/apply", {"name": name, "role": "user", "month_quota": MONTH_QUOTA})
        return Key(row["id"], row["api_key"])

    def add_model(self, key: Key, name: str, provider: str, config: dict) -> None:
        model = self.manage("POST", "/admin/model/save", {
            "name": name, "provider": provider, "config": config, "price_in": PRICE_IN, "price_out": PRICE_OUT})
        self.manage("POST", "/admin/api-key/bind-model", {"key_id": key.id, "model_id": model["id"]})

    def add_openai_model(self, key: Key, name: str, provider: str, script: str) -> None:
        self.add_model(key, name, "openai-compatible", {
            "baseURL": f"http://{provider}/v1", "apiKey": "bench", "model": script})

    def add_bedrock_model(self, key: Key, name: str, provider: str, script: str) -> None:
        self.add_model(key, name, "bedrock-converse", {
            "modelId": script, "region": "us-east-1", "endpoint": f"http://{provider}",
            "credentials": [{"accessKeyId": "BENCHMARK", "secretAccessKey": "benchmark"}]})

    @property
    def database(self) -> Path:
        found = sorted(self._folder.rglob("brook.db"))
        if len(found) != 1:
            raise Failure(f"not one database beneath {self._folder}: {found}")
        return found[0]

    def month_fee(self, key: Key) -> Decimal:
        rows = self.manage("GET", "/admin/api-key/list?limit=1000")["items"]
        return next(Decimal(row["month_fee"]) for row in rows if row["id"] == key.id)

    def recorded(self, key: Key) -> int:
        return self.manage("GET", f"/admin/thread/list?limit=1&key_id={key.id}")["total"]

    def seconds_to_first_answer(self) -> float:
        """Kills a lone worker; its process manager starts the next at once. The time runs until that one answers."""
        [old] = self.workers
        started = time.perf_counter()
        os.kill(old, signal.SIGKILL)
        while time.perf_counter() - started < 10:
            try:
                status, _ = self.request("GET", "/v1/models", timeout=10)
            except (OSError, http.client.HTTPException):
                status = 0
            # nginx answers 502 for what the killed process had accepted.
            if status == 200:
                return time.perf_counter() - started
            time.sleep(0.001)
        raise Failure("no answer within 10 s of a worker's death")
