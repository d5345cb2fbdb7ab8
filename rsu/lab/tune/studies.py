"""Studies: trials and their costs, in memory or in a database that several processes and machines share."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from hw.detail import Detail
from rsu.lab.errors import MissingError, ParameterError, StorageError

if TYPE_CHECKING:
    from optuna.samplers import BaseSampler
    from optuna.study import Study

_RETRIES, _AGAIN_S = 4, 1.0
_MEANWHILE = ("already exists", "duplicate key", "UNIQUE constraint", "locked")  # another makes the tables now
_OF = "of"  # attribute of a study: the inputs of its trials

_NO_OPTUNA = Detail(
    "tuning needs optuna: pip install 'rsu-edge[lab]'",
    "调参需要 optuna：pip install 'rsu-edge[lab]'",
)
_NO_DATABASE = Detail(
    "{place}: no database, as in sqlite:///tune.db or postgresql://HOST/NAME: {error}",
    "{place}：不是数据库，应形如 sqlite:///tune.db 或 postgresql://HOST/NAME：{error}",
)
_NO_DRIVER = Detail(
    "{place}: its driver is not installed: {error}",
    "{place}：未安装其驱动：{error}",
)
_OTHER_STUDY = Detail(
    'study "{name}" there is not of the same {told}: choose another --study',
    '已有的研究 "{name}" 与此次的 {told} 不同：请另选 --study',
)


def opened(storage: str | None, name: str, seed: int | None, of: str) -> Study:
    """Begin a study, or join it where it is in the database. `of`: the common inputs of all joined runs.

    MissingError: optuna or the database's driver is not installed; ParameterError: no URL of a database, or a study of
    something else; StorageError: the database does not answer.
    """
    try:
        import optuna
    except ImportError as error:
        raise MissingError(_NO_OPTUNA) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    chosen = 0 if seed is None and storage is None else seed  # runs that share a study must not all try the same
    sampler = optuna.samplers.TPESampler(seed=chosen, constant_liar=True)
    with reached(storage):
        study = _created(storage, name, sampler)
        known = study.user_attrs.get(_OF)
        if known is None:
            study.set_user_attr(_OF, of)
        elif known != of:
            told = [key for key, value in json.loads(of).items() if json.loads(known).get(key) != value]
            raise ParameterError(_OTHER_STUDY.of(name=name, told=" and ".join(told)))
    return study


def _created(storage: str | None, name: str, sampler: BaseSampler) -> Study:
    import optuna
    from sqlalchemy.exc import DBAPIError

    joined = storage is not None
    create = partial(optuna.create_study, storage=storage, study_name=name, sampler=sampler, load_if_exists=joined)
    for _ in range(_RETRIES):
        try:
            return create()
        except DBAPIError as error:
            if not any(word in str(error) for word in _MEANWHILE):
                raise
        time.sleep(_AGAIN_S)
    return create()


@contextmanager
def reached(storage: str | None) -> Iterator[None]:
    """Translate errors of a database and its driver; see `opened`."""
    if storage is None:
        yield
        return
    from optuna.exceptions import StorageInternalError
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    place = f"--storage {storage.partition(':')[0]}"  # the rest may have a password in it
    try:
        yield
    except ArgumentError as error:
        raise ParameterError(_NO_DATABASE.of(place=place, error=error)) from error
    except ImportError as error:
        raise MissingError(_NO_DRIVER.of(place=place, error=_first(error))) from error
    except (SQLAlchemyError, StorageInternalError) as error:
        raise StorageError(f"{place}: {_first(error)}") from error


def _first(error: Exception) -> str:
    cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
    return (str(cause).splitlines() or [type(cause).__name__])[0]
