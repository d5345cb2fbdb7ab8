"""Studies in a database: joined by processes with the same question, refused to others, and faults of the database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rsu.lab.errors import ParameterError, StorageError
from rsu.lab.tune import studies

OF = {"site file": "a", "recordings": ["b"]}


def test_a_study_is_joined_by_those_who_try_the_same_and_nobody_else(tmp_path: Path) -> None:
    storage = f"sqlite:///{tmp_path}/tune.db"
    first = studies.opened(storage, "rsu", None, json.dumps(OF))
    first.tell(first.ask(), 1.5)
    assert studies.opened(storage, "rsu", None, json.dumps(OF)).best_value == 1.5
    with pytest.raises(ParameterError, match="not of the same recordings: choose"):
        studies.opened(storage, "rsu", None, json.dumps(OF | {"recordings": ["c"]}))
    assert not studies.opened(storage, "other", None, json.dumps({})).trials


@pytest.mark.parametrize("storage", ["tune.db", "nosuch://user:secret@host/name"])
def test_what_is_no_database_is_refused_without_its_password(storage: str) -> None:
    with pytest.raises(ParameterError, match="no database, as in sqlite") as refused:
        studies.opened(storage, "rsu", None, "{}")
    assert "secret" not in str(refused.value)


def test_a_database_that_does_not_open_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="--storage sqlite: unable to open"):
        studies.opened(f"sqlite:///{tmp_path}/nowhere/tune.db", "rsu", None, "{}")
