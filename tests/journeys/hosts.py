"""Two hosts behind nginx on one PostgreSQL, all on this machine: `make hosts` starts them to be looked at.

Each host has an address of its own (127.0.0.2 and 127.0.0.3), a server and a worker, started as the units of systemd
do; they share database, DATA_DIR and keys. nginx runs docs/deployment/nginx/passlist.conf, of which ports, folders and
the certificate alone are others.
"""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPSConnection
from http.cookiejar import CookieJar
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests import postgres
from tests.journeys.running import ROOT, SERVER, WORKER
from tests.journeys.test_kill import Person, parents
from webapp import configure_core, database, schema
from webapp.cli import start
from webapp.processes import die_with_parent
from webapp.settings import from_environment

CONFIGURATION = ROOT / "docs" / "deployment" / "nginx" / "passlist.conf"
PATIENCE = 60.0


def _started(command: Sequence[object], log: Path, **more: Any) -> subprocess.Popen[bytes]:
    """A process that leads a group of its own and ends with us."""
    parent = os.getpid()
    with open(log, "ab") as said:
        return subprocess.Popen(
            [str(part) for part in command],
            stdout=said,
            stderr=said,
            process_group=0,
            preexec_fn=lambda: die_with_parent(parent, signal.SIGTERM),
            **more,
        )


def _stopped(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class Host:
    """One machine: its server and its worker, of the version whose code lies in `code`."""

    def __init__(self, number: int, environment: dict[str, str], folder: Path) -> None:
        self.listens = f"127.0.0.{number + 1}:{postgres.free_port()}"
        self.address = f"http://{self.listens}"
        listen, _, port = self.listens.partition(":")
        self.environment = environment | {"LISTEN": listen, "PORT": port}
        self.log = folder / f"host-{number}.log"
        self.server: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None

    def start(self, code: Path = ROOT) -> None:
        self.start_worker(code)
        self.start_server(code)

    def start_server(self, code: Path = ROOT) -> None:
        self.server = _started(SERVER, self.log, cwd=code, env=self.environment)

    def start_worker(self, code: Path = ROOT) -> None:
        self.worker = _started(WORKER, self.log, cwd=code, env=self.environment)

    def wait(self) -> None:
        """Until it may take traffic."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(self.address + "/readyz", timeout=5).close()  # noqa: S310 - our own server
                return
            except OSError:
                if time.monotonic() > until or self.server is None or self.server.poll() is not None:
                    raise RuntimeError("the server does not answer:\n" + self.log.read_text()) from None
                time.sleep(0.1)

    def kill(self) -> None:
        """As if its power were gone: every process at once, without a word."""
        for process in self._processes():
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.server = self.worker = None

    def stop_worker(self) -> None:
        if self.worker is not None:
            _stopped([self.worker])
        self.worker = None

    def stop(self) -> None:
        """As systemd does: what is under way ends first."""
        _stopped(self._processes())
        self.server = self.worker = None

    def _processes(self) -> list[subprocess.Popen[bytes]]:
        return [process for process in (self.server, self.worker) if process is not None]


class Front:
    """nginx with the project's own configuration."""

    def __init__(self, hosts: Sequence[Host], folder: Path, port: int) -> None:
        self.hosts, self.folder, self.port = list(hosts), folder, port
        self.address, self.open_port = f"https://127.0.0.1:{port}", postgres.free_port()
        self.certificate = _certificate(folder)
        self._write(hosts)
        self.process = _started(["nginx", "-c", folder / "nginx.conf", "-p", folder], folder / "nginx.log")
        self.wait()

    def wait(self) -> None:
        until = time.monotonic() + PATIENCE
        trusting = ssl.create_default_context(cafile=str(self.certificate))
        while True:
            try:
                urllib.request.urlopen(self.address + "/healthz", timeout=5, context=trusting).close()  # noqa: S310
                return
            except OSError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise RuntimeError("nginx does not answer:\n" + (self.folder / "nginx.log").read_text()) from None
                time.sleep(0.1)

    def send_to(self, *hosts: Host) -> None:
        """People reach these hosts alone from now on; what the others are answering ends first."""
        before = self._workers()
        self._write(hosts)
        self.process.send_signal(signal.SIGHUP)
        until = time.monotonic() + PATIENCE
        while self._workers() & before or not self._workers():
            if time.monotonic() > until:
                raise RuntimeError("nginx did not take its configuration:\n" + (self.folder / "nginx.log").read_text())
            time.sleep(0.05)

    def stop(self) -> None:
        _stopped([self.process])

    def _workers(self) -> set[int]:
        return {process for process, parent in parents().items() if parent == self.process.pid}

    def _write(self, open_to: Sequence[Host]) -> None:
        (self.folder / "passlist.conf").write_text(self._rendered(open_to), encoding="utf-8")
        (self.folder / "nginx.conf").write_text(
            f"daemon off;\nworker_processes 1;\n{'user root;' if os.geteuid() == 0 else ''}\n"
            f"pid {self.folder}/nginx.pid;\nerror_log stderr error;\nevents {{ worker_connections 512; }}\nhttp {{\n"
            + "".join(
                f"    {name}_temp_path {self.folder}/temp-{name};\n"
                for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
            + "    include passlist.conf;\n}\n",
            encoding="utf-8",
        )

    def _rendered(self, open_to: Sequence[Host]) -> str:
        """The project's configuration on this machine's ports; each line that is another must be there."""
        said = CONFIGURATION.read_text(encoding="utf-8")
        servers = "".join(
            f"    server {host.listens} max_fails=2 fail_timeout=5s{'' if host in open_to else ' down'};\n"
            for host in self.hosts
        )
        secured = f"listen 127.0.0.1:{self.port} ssl http2;"
        for of_life, here in (
            ("    server 127.0.0.1:8000 max_fails=2 fail_timeout=5s;\n", servers),
            ("    listen 80;\n    listen [::]:80;\n", f"    listen 127.0.0.1:{self.open_port};\n"),
            ("    listen 443 ssl http2;\n    listen [::]:443 ssl http2;\n", f"    {secured}\n"),
            ("/etc/ssl/passlist/", f"{self.folder}/"),
            ("/var/log/nginx/", f"{self.folder}/"),
        ):
            if of_life not in said:
                raise RuntimeError(f"not in {CONFIGURATION.name}: {of_life}")
            said = said.replace(of_life, here)
        return said


def _certificate(folder: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    path = folder / "fullchain.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return path


class _FromAddress(urllib.request.HTTPSHandler):
    """Connections that come from an address of their own, as people's do."""

    def __init__(self, source: str, trusting: ssl.SSLContext) -> None:
        super().__init__(context=trusting)
        self._connection = partial(HTTPSConnection, source_address=(source, 0), context=trusting)

    def https_open(self, request: urllib.request.Request) -> Any:
        return self.do_open(self._connection, request)  # type: ignore[arg-type]


class Visitor(Person):
    """Somebody who reaches the hosts through nginx, from an address of his own."""

    def __init__(self, front: Front, number: int, until: float) -> None:
        super().__init__(front.address, until)
        trusting = ssl.create_default_context(cafile=str(front.certificate))
        source = f"127.1.{number // 250}.{number % 250 + 1}"
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()), _FromAddress(source, trusting)
        )


class Hosts:
    """Everything that runs. `front.address` is where people go."""

    def __init__(self, environment: dict[str, str], folder: Path, count: int = 2) -> None:
        self.folder, self.port = folder, postgres.free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
            "WEBAPP_ENV": "demo",
            "FRONT_SERVERS": "1",
            "PUBLIC_URL": f"https://127.0.0.1:{self.port}",
            **environment,
        }
        self.hosts = [Host(number, self.environment, folder) for number in range(1, count + 1)]

    def start(self) -> None:
        for host in self.hosts:
            host.start()
        for host in self.hosts:
            host.wait()
        self.front = Front(self.hosts, self.folder, self.port)

    def stop(self) -> None:
        if hasattr(self, "front"):
            self.front.stop()
        for host in self.hosts:
            host.stop()


@contextmanager
def prepared(folder: Path, *, durable: bool = False) -> Iterator[dict[str, str]]:
    """A database of its own for hosts to share, migrated, and connected in this thread too: their settings."""
    with postgres.server(durable=durable) as url:
        with psycopg.connect(url + "/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE passlist")
        data = folder / "data"
        data.mkdir()
        settings = {"DATA_DIR": str(data), "DATABASE_URL": f"{url}/passlist"}
        configure_core(from_environment({"WEBAPP_ENV": "demo", **settings}))
        database.connect()
        schema.upgrade()
        start.seed()
        try:
            yield settings
        finally:
            database.disconnect()


@contextmanager
def running(settings: dict[str, str], folder: Path) -> Iterator[Hosts]:
    hosts = Hosts(settings, folder)
    try:
        hosts.start()
        yield hosts
    finally:
        hosts.stop()


def main() -> None:
    """Until Ctrl-C, with the demo's world."""
    from webapp.cli.demo import story

    with tempfile.TemporaryDirectory(prefix="passlist-hosts-") as name, prepared(Path(name)) as settings:
        story.tell()
        with running(settings, Path(name)) as hosts:
            for host in hosts.hosts:
                print(f"  host {host.address}, log {host.log}")
            print(f"  people {hosts.front.address} (its certificate is its own), Ctrl-C stops", flush=True)
            signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
