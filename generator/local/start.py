"""Start the emulator (ministack) as a process of its own, and end it with everything that it holds."""

from __future__ import annotations

import errno
import importlib.util
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from generator.errors import INSTALL_LOCAL, GeneratorError
from generator.files import temporary
from generator.local.certificate import write_certificate
from generator.local.emulator import REGION, Emulator, KeyPair

START_SECONDS, STOP_SECONDS, POLL_SECONDS = 30, 1, 0.05
# The emulator inherits nothing else: no AWS settings or credentials, no proxies, none of its own switches.
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "PYTHONUSERBASE", "LD_LIBRARY_PATH")
PROGRAM = Path(__file__).with_name("emulator_process.py")


@contextmanager
def run_emulator(
    port: int = 4566, *, iam: bool = False, extra_environment: Mapping[str, str] | None = None
) -> Iterator[Emulator]:
    """Run an emulator on 127.0.0.1; with iam it enforces IAM, over TLS because policies demand SecureTransport.

    Only clients with its keys, which are new each time, get an answer: see request_guard.py. Its process, and so its
    Lambda functions, get the `extra_environment`.
    """
    if not all(importlib.util.find_spec(name) for name in ("ministack", "cryptography")):
        raise GeneratorError(f"the local emulator is not installed; install it with: {INSTALL_LOCAL}")
    with temporary.temporary_folder("emulator") as folder:
        ca_bundle = write_certificate(folder.path) if iam else None
        endpoint = f"{'https' if iam else 'http'}://127.0.0.1:{port}"
        running = Emulator(endpoint, REGION, ca_bundle, folder.path / "emulator.log", KeyPair.random())
        with _process(running, port, extra_environment or {}, folder.lock) as process:
            _wait_until_ready(running, process)
            yield running


@contextmanager
def _process(
    running: Emulator, port: int, extra_environment: Mapping[str, str], lock: int
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the emulator and, whatever happens, end it and its Lambda workers, which share its process group."""
    command = [sys.executable, "-P", str(PROGRAM), "ministack.app:app", "--workers", "0", "--keep-alive", "75"]
    command += ["--graceful-timeout", "0"]
    if running.ca_bundle:
        command += ["--certfile", str(running.ca_bundle), "--keyfile", str(running.ca_bundle.with_suffix(".key"))]
    # This process binds the port and hands it over, so that no other server can be taken for our emulator.
    with socket.socket() as listener, running.log.open("wb") as log:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            problem = f"port {port} is in use" if error.errno == errno.EADDRINUSE else f"port {port}: {error.strerror}"
            another = f"choose another, such as --port {free_port()}"
            raise GeneratorError(f"{problem}: end what listens there, or {another}") from error
        process = subprocess.Popen(  # noqa: S603
            [*command, "--bind", f"fd://{listener.fileno()}"],
            cwd=running.log.parent,
            env={**_environment(running, port), **extra_environment},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=[listener.fileno(), lock],
            start_new_session=True,  # Ctrl-C reaches this process alone, which then ends the group
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # it has nothing to save
        process.wait()
        assert process.stdin  # noqa: S101 - a pipe
        process.stdin.close()
        _wait_until_gone(process.pid)


def free_port() -> int:
    """Return a port of this machine on which nothing listens now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_until_gone(group: int) -> None:
    """Return once no worker is left: they write to the folder that is about to be deleted."""
    deadline = time.monotonic() + STOP_SECONDS
    with suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(group, 0)
            time.sleep(POLL_SECONDS / 5)


def _environment(running: Emulator, port: int) -> dict[str, str]:
    """Return the environment of the emulator, which its Lambdas inherit."""
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ} | {
        "TMPDIR": str(running.log.parent),
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": running.region,
        "AWS_DEFAULT_REGION": running.region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        **running.keys.variables,  # the emulator's own: ministack gives each function a session of its role
        "NO_PROXY": "*",
        "DOCKER_HOST": f"unix://{running.log.parent}/none",  # else it removes others' containers
        "IOT_MTLS_ENABLED": "0",  # else it listens on 0.0.0.0:8883
        "SFTP_ENABLED": "0",
    }
    if running.ca_bundle:
        environment |= {
            "AUTH": "true",
            "USE_SSL": "1",
            "MINISTACK_SSL_CERT": str(running.ca_bundle),
            "MINISTACK_SSL_KEY": str(running.ca_bundle.with_suffix(".key")),
            "AWS_CA_BUNDLE": str(running.ca_bundle),
        }
    return environment


def _wait_until_ready(running: Emulator, process: subprocess.Popen[bytes]) -> None:
    """Return once the emulator refuses an unsigned request; GeneratorError when it ends, is too slow, or answers."""
    tls = ssl.create_default_context(cafile=running.ca_bundle)
    handlers = urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls)
    opener = urllib.request.build_opener(*handlers)
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            opener.open(running.endpoint, timeout=1).close()
        except urllib.error.HTTPError as refusal:
            return refusal.close()
        except OSError:
            time.sleep(POLL_SECONDS)
        else:
            raise GeneratorError("the local emulator answers a request that is not signed, so it is not guarded")
    raise GeneratorError(f"the local emulator did not start: {running.log_tail()}")
