"""The ready proxy file before two nodes; needs nginx and openssl; see `make drill`."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from desk import Visitor
from faulty_city import City
from residents import gather
from servers import free_port, wait_until

from dev.settings import ROOT

MAIN = """
pid {folder}/nginx.pid;
error_log {folder}/error.log;
daemon off;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/citizen.conf;
}}
"""
CLOSED = ("/web/database/manager", "/xmlrpc/2/common", "/jsonrpc", "/json/2/x/y")


@dataclass
class Front:
    """The proxy, and the certificate by which it is known."""

    url: str
    certificate: Path
    log: Path

    def lead(self, visitor: Visitor) -> None:
        """Let somebody come through the proxy, with the session they have."""
        for name in ("X-Forwarded-For", "X-Forwarded-Host"):
            visitor.session.headers.pop(name)
        visitor.session.trust_env = False
        visitor.session.verify = str(self.certificate)
        visitor.url = self.url

    def answers(self) -> bool:
        with requests.Session() as session:
            session.trust_env = False
            session.verify = str(self.certificate)
            try:
                session.get(f"{self.url}/citizen/health", timeout=60)
            except requests.ConnectionError:
                return False
        return True


@pytest.fixture(scope="module")
def front(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Return where nginx listens, with the ready file and both nodes."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert program, "nginx is not installed: apt-get install nginx-light"
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
        + ["-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    nodes = [url.partition("//")[2] for url in map(city.desk.servers.url, range(2))]
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for old, new in {
        "/etc/ssl/desk.city.example.pem": str(certificate),
        "/etc/ssl/private/desk.city.example.key": str(key),
        "/usr/share/citizen-desk": str(ROOT / "deploy"),
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "server 127.0.0.1:8069": f"server {nodes[0]}",
        "# server 10.0.0.2:8069": f"server {nodes[1]}",
        # All people of the drill come from one address.
        "rate=20r/s": "rate=500r/s",
        "limit_conn connections 40": "limit_conn connections 400",
    }.items():
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "citizen.conf").write_text(text)
    (folder / "main.conf").write_text(MAIN.format(folder=folder))
    command = [program, "-p", folder, "-c", folder / "main.conf"]
    nginx = subprocess.Popen(command)
    front = Front(f"https://127.0.0.1:{port}", certificate, folder / "error.log")
    try:
        wait_until(front.answers)
        yield front
    finally:
        nginx.terminate()
        nginx.wait(20)


def test_proxy(city: City, front: Front) -> None:
    """What is closed is closed, what is told is told, and a node that dies is not
    noticed by people who file.
    """
    desk = city.desk
    visitor = desk.visitor()
    front.lead(visitor)
    for path in CLOSED:
        assert visitor.get(path).status_code == 404, path
    page = visitor.get("/services")
    assert page.status_code == 200
    assert "max-age" in page.headers["Strict-Transport-Security"]
    cookie = page.headers["Set-Cookie"].lower()
    assert "samesite=lax" in cookie and "secure" in cookie
    assert visitor.get("/citizen/health").json() == {"status": "pass"}
    residents = gather(desk, 4)
    for person in residents.people:
        front.lead(person)
    residents.pinned = front.url
    with residents.filing():
        time.sleep(2)
        desk.servers.kill(0)
        time.sleep(20)
    residents.check()
    residents.say("a node killed behind nginx")
    assert set(residents.answers) == {200}
    # Refused by the port, or cut off in the middle.
    assert " upstream" in front.log.read_text(), "nobody met it"
    desk.servers.kill(1)
    gone = visitor.get("/services")
    assert gone.status_code == 503
    assert gone.headers["Retry-After"] == "30"
    assert "your text is still there" in gone.text
    desk.servers.start(*desk.servers.ports)
