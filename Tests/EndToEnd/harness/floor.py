"""nginx alone, passing on to the benchmark's provider: what a gateway is measured against."""

from __future__ import annotations

import subprocess
from pathlib import Path

from . import processes
from .instance import free_port
from .waiting import until

CONFIG = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 1000000;
    upstream provider {{ server 127.0.0.1:{provider}; keepalive 64; keepalive_requests 1000000; }}
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


class Floor:
    def __init__(self, folder: Path, program: Path) -> None:
        self.port, provider = free_port(), free_port()
        self.provider_url = f"http://127.0.0.1:{provider}"
        config = folder / "nginx.conf"
        config.write_text(CONFIG.format(folder=folder, port=self.port, provider=provider))
        self._running = [
            subprocess.Popen([program, "--port", str(provider)], stdout=subprocess.DEVNULL),
            subprocess.Popen(["nginx", "-e", folder / "error.log", "-c", config]),
        ]

    def __enter__(self) -> Floor:
        import httpx

        def answers() -> bool:
            try:
                return httpx.get(f"http://127.0.0.1:{self.port}/", timeout=2).status_code < 500
            except httpx.TransportError:
                return False

        until(answers, "nginx passes on to the provider")
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running:
            children = [child.pid for child in processes.children(process.pid)]
            process.terminate()
            process.wait(10)
            processes.end(children)
