"""The golden recordings by processes of this machine and by a Dask cluster with a worker killed: `make bench-cluster`.

A scheduler and two workers run as their users start them and speak TLS over sockets. When the first recording is
finished, one worker is killed (SIGKILL) while it computes another. Prints one JSON object; exit code 1: a digest is not
that of the pool or not the recorded one, or a recording has no result.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench_file import keep
from tests.rsu.web.serving import free_port

GOLDEN = Path(__file__).parents[1] / "recording" / "golden"
REPLAY = (sys.executable, "-m", "rsu.cli.main", "replay", "--verify", "--json")
DASK = (sys.executable, "-m", "dask")
BEGIN_S = 30.0


def settings(folder: Path) -> dict[str, str]:
    """Make certificates and Dask's settings with them; return the environment in which Dask reads these."""
    key, pem = str(folder / "node.key"), str(folder / "node.pem")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    names = ["-subj", "/CN=cluster", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", pem]
    subprocess.run([*command, *names], check=True, stderr=subprocess.DEVNULL)
    own = {role: {"cert": pem, "key": key} for role in ("scheduler", "worker", "client")}
    told = {"distributed": {"comm": {"require-encryption": True, "tls": {"ca-file": pem, **own}}}}
    (folder / "tls.yaml").write_text(json.dumps(told), encoding="utf-8")  # JSON is YAML too
    return os.environ | {"DASK_CONFIG": str(folder)}


@contextmanager
def cluster(folder: Path, environment: dict[str, str]) -> Iterator[tuple[int, list[subprocess.Popen[bytes]]]]:
    """Give the port of a scheduler with two workers, and the workers."""
    port = free_port()
    place = [f"tls://127.0.0.1:{port}", "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    with (folder / "dask.log").open("wb") as log:
        serve = ["scheduler", "--protocol", "tls", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
        worker = ["worker", *place, "--local-directory", str(folder)]
        started = [subprocess.Popen([*DASK, *each], stderr=log, env=environment) for each in (serve, worker, worker)]
        try:
            _await_workers(folder / "dask.log")
            yield port, started[1:]
        finally:
            for process in started:
                process.kill()
                process.wait()


def _await_workers(log: Path) -> None:
    end = time.monotonic() + BEGIN_S
    while log.read_text(encoding="utf-8").count("Starting established connection") < 4:  # both ends of two
        if time.monotonic() > end:
            raise TimeoutError(log.read_text(encoding="utf-8"))
        time.sleep(0.1)


def replayed(
    options: list[str], environment: dict[str, str] | None = None, victim: subprocess.Popen[bytes] | None = None
) -> dict[str, str]:
    """Replay the golden recordings; return the digest of each. `victim`: killed after the first result."""
    digests: dict[str, str] = {}
    with subprocess.Popen([*REPLAY, str(GOLDEN), *options], stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        for line in process.stdout:
            told = json.loads(line)
            digests[Path(told["recordings"][0]).name] = told["sha256"] if told["verified"] else "not as recorded"
            if victim is not None and victim.poll() is None:
                victim.kill()
    return digests


def run() -> dict[str, object]:
    """Return the figures."""
    begin = time.monotonic()
    pool = replayed(["--workers", "2"])
    pool_s = time.monotonic() - begin
    with tempfile.TemporaryDirectory() as name:
        environment = settings(Path(name))
        with cluster(Path(name), environment) as (port, workers):
            begin = time.monotonic()
            there = replayed(["--cluster", f"dask://127.0.0.1:{port}"], environment, workers[0])
            cluster_s = time.monotonic() - begin
            killed = workers[0].poll() is not None
    names = [path.name for path in GOLDEN.glob("*.mcap")]
    fine = [name for name in names if pool.get(name) == there.get(name) not in (None, "not as recorded")]
    return {
        "recordings": len(names),
        "different": len(names) - len(fine),
        "worker_killed": killed,
        "pool_s": round(pool_s, 1),
        "cluster_s": round(cluster_s, 1),
    }


if __name__ == "__main__":
    figures = run()
    keep("cluster", figures)
    print(json.dumps(figures))
    sys.exit(bool(figures["different"]) or not figures["worker_killed"])
