"""nginx with `proxy_pass` straight to the scripted provider: the least that anything behind nginx can cost."""

import os
import pwd
import socket
import subprocess
import time
from pathlib import Path

from . import processes
from .failure import Failure

# The same as Brook's own server where it matters: kept connections to the other side, no buffering of answers, as many
# workers. No access log: the floor shall not be made slower than it has to be.
CONFIGURATION = """\
{user}worker_processes {workers};
worker_rlimit_nofile {descriptors};
pid {folder}/nginx.pid;
error_log {folder}/error.log;
daemon off;
events {{ worker_connections {connections}; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream provider {{ server {provider}; keepalive 256; }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location / {{
            proxy_pass http://provider;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
        }}
    }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.02)
    return False


def nginx_binary() -> str:
    for candidate in ("/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"):
        if os.access(candidate, os.X_OK):
            return candidate
    raise Failure("nginx is missing; install it with: apt-get install nginx")


class Floor:
    def __init__(self, folder: Path, provider: str, descriptors: int, workers: int):
        self._folder = folder
        self._provider = provider
        self._descriptors = descriptors
        self._workers = workers

    def __enter__(self):
        self._folder.mkdir()
        self.port = free_port()
        # The folder is below one that only the caller may enter, so workers must not change to another user.
        user = f"user {pwd.getpwuid(0).pw_name};\n" if os.geteuid() == 0 else ""
        configuration = self._folder / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(
            user=user, workers=self._workers, folder=self._folder, provider=self._provider, port=self.port,
            descriptors=self._descriptors, connections=max(512, self._descriptors - 200)))
        self._process = subprocess.Popen(
            [nginx_binary(), "-c", str(configuration), "-e", str(self._folder / "error.log")],
            stdin=subprocess.DEVNULL)
        if not wait_for_port(self.port, 5):
            processes.stop(self._process)
            raise Failure("nginx did not start:\n" + (self._folder / "error.log").read_text())
        return self

    def __exit__(self, *_):
        processes.stop(self._process)

    @property
    def pids(self) -> tuple[int, ...]:
        return tuple(pid for pid in processes.all_pids() if processes.parent(pid) == self._process.pid)
