"""The place where many recordings are computed: processes of this machine, or a Dask cluster of several.

Both are executors (`concurrent.futures`); the same function with the same arguments gives the same result on either. A
task of a worker that ends is given to another one. Paths must be the same everywhere: a folder that all machines mount.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import AbstractContextManager, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from hw.detail import Detail
from rsu.core.addresses import is_loopback
from rsu.core.collector import settle
from rsu.core.errors import NotReachableError
from rsu.lab import workers
from rsu.lab.errors import MissingError, ParameterError

_SCHEME = "dask"
_CONNECT_S = 10.0
_NO_DASK = Detail(
    "--cluster needs Dask: pip install 'rsu-edge[cluster]'",
    "--cluster 需要 Dask：pip install 'rsu-edge[cluster]'",
)
_NO_ADDRESS = Detail("--cluster {}: expected dask://HOST:PORT", "--cluster {}：应为 dask://HOST:PORT")
_NO_CERTIFICATES = Detail(
    "{}: between machines TLS is demanded; name certificates in ~/.config/dask/tls.yaml (manual: bench): {}",
    "{}：机器之间必须使用 TLS；请在 ~/.config/dask/tls.yaml 中给出证书（手册 bench 页）：{}",
)
_NO_SCHEDULER = Detail(
    "{}: no Dask scheduler answers ({}); start one: dask scheduler",
    "{}：Dask 调度器无应答（{}）；请启动：dask scheduler",
)
_NO_WORKER = Detail(
    "{}: the scheduler has no worker; start some: dask worker ADDRESS --nthreads 1",
    "{}：调度器没有工作节点；请启动：dask worker ADDRESS --nthreads 1",
)
_LOST = Detail(
    "{}: the scheduler ended before the work did; start it and run again",
    "{}：调度器在工作完成前终止；请重新启动后再运行",
)
_KILLED = Detail(
    "{}: a task ended several workers one after the other: give them memory, or leave its recording out ({})",
    "{}：某任务接连使多个工作节点终止：请增加内存，或去掉该录制（{}）",
)
_OTHER_VERSION = Detail(
    "worker {} has rsu-edge {}, this machine {}: install the same version on all",
    "工作节点 {} 的 rsu-edge 为 {}，本机为 {}：请在所有机器上安装同一版本",
)
_NO_FILE = Detail(
    "worker {} does not find {}: mount the folder under the same path on every worker",
    "工作节点 {} 找不到 {}：请在每个工作节点上以相同路径挂载该文件夹",
)


class ComputingPlace(NamedTuple):
    """The caller's choice."""

    workers: int  # processes here; on a cluster tasks of a search at a time
    cluster: str | None = None  # dask://HOST:PORT

    def there(self, path: Path) -> Path:
        """Return a path as workers can use it."""
        return path.resolve() if self.cluster else path


def name_there(place: ComputingPlace, name: str) -> str:
    """Return a name that may be a file, as workers can use it."""
    return str(place.there(Path(name))) if name and Path(name).is_file() else name


def executor(place: ComputingPlace, most: int) -> AbstractContextManager[Executor]:
    """Give an executor for at most so many tasks at a time. For the main thread.

    ParameterError: not an address, or no certificates; MissingError: no Dask; NotReachableError.
    """
    if place.cluster is not None:
        return _cluster(place.cluster)
    return workers.pool(min(place.workers, most))


def address(cluster: str, encrypted: bool) -> str:
    """Return the address of a scheduler as Dask writes it; beyond this machine always encrypted. ParameterError."""
    parts = urlsplit(cluster)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ParameterError(_NO_ADDRESS.of(cluster)) from None
    if parts.scheme != _SCHEME or host is None or port is None or parts.path:
        raise ParameterError(_NO_ADDRESS.of(cluster))
    return f"{'tls' if encrypted or not is_loopback(host) else 'tcp'}://{f'[{host}]' if ':' in host else host}:{port}"


@contextmanager
def _cluster(cluster: str) -> Iterator[Executor]:
    try:
        import dask.config
        from distributed.scheduler import KilledWorker  # now Dask knows its settings
    except ImportError:
        raise MissingError(_NO_DASK) from None
    place = address(cluster, dask.config.get("distributed.comm.require-encryption") or False)
    client = _client(place)

    try:
        if not client.scheduler_info()["workers"]:
            raise NotReachableError(_NO_WORKER.of(place))
        tasks = _ClusterExecutor(client.get_executor(pure=False))
        try:
            yield tasks
        finally:
            tasks.shutdown(wait=False)
    except KilledWorker as error:
        raise NotReachableError(_KILLED.of(place, error)) from None
    except CancelledError:
        raise NotReachableError(_LOST.of(place)) from None
    finally:
        client.close()


def _client(place: str) -> Any:
    """Return the connection to a scheduler; certificates are those of Dask's own settings."""
    from distributed import Client

    try:
        return Client(place, timeout=_CONNECT_S, set_as_default=False)
    except (TypeError, RuntimeError) as error:
        raise ParameterError(_NO_CERTIFICATES.of(place, error)) from None
    except OSError as error:
        raise NotReachableError(_NO_SCHEDULER.of(place, error)) from None


class _ClusterExecutor(Executor):
    """Dask's own executor, with every task checked where it runs."""

    def __init__(self, inner: Executor) -> None:
        self._inner = inner

    def submit(self, function: Callable[..., Any], /, *values: Any, **named: Any) -> Future[Any]:
        """Have a worker call it."""
        return self._inner.submit(_checked, version("rsu-edge"), function, values, named)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for the tasks, or cancel them."""
        self._inner.shutdown(wait and not cancel_futures)


def _checked(wanted: str, function: Callable[..., Any], values: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """Call a function on a worker, whose files and software must be those of the caller."""
    from distributed import get_worker

    settle()
    if (here := version("rsu-edge")) != wanted:
        raise NotReachableError(_OTHER_VERSION.of(get_worker().address, here, wanted))
    try:
        return function(*values, **named)
    except FileNotFoundError as error:
        raise NotReachableError(_NO_FILE.of(get_worker().address, error.filename)) from None
