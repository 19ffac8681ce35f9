"""nginx alone, passing on to a provider: what a gateway is measured against."""

from __future__ import annotations

import subprocess
from pathlib import Path

import httpx

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
    def __init__(self, folder: Path, provider_port: int) -> None:
        self.port = free_port()
        config = folder / "nginx.conf"
        config.write_text(CONFIG.format(folder=folder, port=self.port, provider=provider_port))
        self._nginx = subprocess.Popen(["nginx", "-e", folder / "error.log", "-c", config])

    def __enter__(self) -> Floor:
        until(self._answers, "nginx passes on to the provider")
        return self

    def __exit__(self, *_: object) -> None:
        children = [child.pid for child in processes.children(self._nginx.pid)]
        self._nginx.terminate()
        self._nginx.wait(10)
        processes.end(children)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/", timeout=2).status_code < 500
        except httpx.TransportError:
            return False
