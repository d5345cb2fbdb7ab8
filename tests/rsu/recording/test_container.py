"""Recordings on disk: written records come back, changes are found, cut files are recovered."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from mcap.reader import make_reader

from rsu.bus.tape import Tape
from rsu.recording import reader
from rsu.recording.errors import NotARecordingError
from rsu.recording.recover import WHOLE, copy, recover, unfinished
from rsu.recording.verify import continuity, integrity
from rsu.recording.writer import SEAL, SELF, RecordingWriter, seal_digest
from tests.rsu.recording.virtual import EPOCH_NS, S, record

STEP = 997


@pytest.fixture(scope="module")
def tapes() -> list[Tape]:
    return list(record(2.0))


def write(path: Path, tapes: list[Tape]) -> Path:
    writer = RecordingWriter(path, {"site": "demo"}, {"demo.yaml": b"version: 1\n"}, EPOCH_NS)
    for tape in tapes:
        writer.add(tape)
        if tape.seq % 5 == 4:
            writer.flush()
    writer.close()
    return path


@pytest.fixture(scope="module")
def path(tapes: list[Tape], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("whole") / "one.mcap", tapes)


def test_ticks_come_back_as_they_were(path: Path, tapes: list[Tape]) -> None:
    assert list(reader.ticks(path)) == tapes
    assert reader.start(path) == ({"site": "demo"}, {"demo.yaml": b"version: 1\n"})
    assert integrity(path) == [] and list(continuity(reader.ticks(path))) == []


def test_an_independent_reader_finds_every_message(path: Path, tapes: list[Tape]) -> None:
    with path.open("rb") as file:
        found = make_reader(file, validate_crcs=True)
        summary = found.get_summary()
        assert summary is not None and summary.statistics is not None
        raw = [message.data for _, channel, message in found.iter_messages() if channel.topic.startswith("/raw/")]
        assert summary.statistics.message_count == sum(1 for _ in found.iter_messages())
    assert sorted(raw) == sorted(read.data for tape in tapes for each in tape.rounds for read in each.reads)


def test_every_changed_byte_is_found_with_its_place(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    changed = tmp_path / "changed.mcap"
    for at in [*range(0, len(data), STEP), *range(len(data) - 60, len(data))]:
        changed.write_bytes(data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :])
        (problem, *more) = integrity(changed)
        assert not more, at
        first, last = problem.place.removeprefix("bytes ").split(",")[0].split(" to ")
        assert problem.kind == "changed" and int(first) <= at <= int(last)


def test_removed_and_exchanged_bytes_are_found(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    other = tmp_path / "other.mcap"
    half = len(data) // 2
    for altered in (data[:half] + data[half + 1 :], data[:half] + data[half + 5000 :], data[:-1], data + b"\0"):
        other.write_bytes(altered)
        assert integrity(other)


def sealed_sections(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        (seal,) = (each for each in make_reader(file).iter_metadata() if each.name == SEAL)
    return seal.metadata


def test_a_seal_whose_places_lie_behind_the_end_is_no_crash(path: Path, tmp_path: Path) -> None:
    """Chunks were taken out and the part after the seal is gone: its places are those of the longer file."""
    data, other = path.read_bytes(), tmp_path / "other.mcap"
    places = [tuple(map(int, name.split("+"))) for name in sealed_sections(path) if name != SELF]
    (first, _), (last, length) = places[1], places[-1]
    other.write_bytes(data[:first] + data[last + length : data.rindex(SELF.encode() + b"@\0\0\0") + 73])
    assert "changed" in {problem.kind for problem in integrity(other)}


def test_a_seal_that_names_no_places_is_not_as_recorded(path: Path, tmp_path: Path) -> None:
    data, other = path.read_bytes(), tmp_path / "other.mcap"
    sections = sealed_sections(path)
    own = sections.pop(SELF)
    name = next(name for name in sections if len(name) > 4)
    told = {name[:-1] + "'" if each == name else each: digest for each, digest in sections.items()}
    forged = data.replace(name.encode(), name[:-1].encode() + b"'").replace(own.encode(), seal_digest(told).encode())
    other.write_bytes(forged)
    assert [(problem.kind, problem.text) for problem in integrity(other)][:1] == [
        ("changed", "the seal is not as recorded")
    ]


def test_a_recording_cut_anywhere_is_recovered(path: Path, tapes: list[Tape], tmp_path: Path) -> None:
    """A cut at any byte costs at most the section that was open there: half a second."""
    data = path.read_bytes()
    recovered_to = 0
    for at in range(0, len(data), STEP):
        (tmp_path / "cut.mcap.part").write_bytes(data[:at])
        (left,) = unfinished(tmp_path)
        result = recover(left)
        assert unfinished(tmp_path) == []
        if result.path is None:
            assert at == 0 and list(tmp_path.iterdir()) == []
            continue
        back = list(reader.ticks(result.path))
        assert back == tapes[: len(back)] and result.ticks == len(back) >= recovered_to
        recovered_to = len(back)
        if at % 10 == 0:
            assert integrity(result.path) == []
        result.path.unlink()
    assert recovered_to == len(tapes)


def test_at_most_the_last_second_is_lost(path: Path, tapes: list[Tape], tmp_path: Path) -> None:
    """Bytes that stand on the disk after a flush hold every tick before it."""
    part = tmp_path / "a.mcap"
    writer = RecordingWriter(part, {"site": "demo"}, {}, EPOCH_NS)
    for tape in tapes:
        writer.add(tape)
        if tape.seq % 5 == 4:
            writer.flush()
            shutil.copy(f"{part}.part", tmp_path / "b.mcap.part")
            assert recover(tmp_path / "b.mcap.part").ticks == tape.seq + 1
    writer.abandon()


def test_a_recovery_that_was_cut_is_done_again(path: Path, tapes: list[Tape], tmp_path: Path) -> None:
    (tmp_path / "x.mcap.broken").write_bytes(path.read_bytes()[:-100])
    (tmp_path / "x.mcap.part").write_bytes(path.read_bytes()[:5000])
    (left,) = unfinished(tmp_path)
    assert recover(left).ticks == len(tapes)
    assert [each.name for each in tmp_path.iterdir()] == ["x.mcap"]


def test_a_file_that_no_recorder_left_stays_as_it_is(tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("not a recording", encoding="utf-8")
    with pytest.raises(NotARecordingError):
        recover(other)
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]
    assert other.read_text(encoding="utf-8") == "not a recording"


def test_a_piece_tells_where_it_begins(path: Path, tapes: list[Tape], tmp_path: Path) -> None:
    piece = copy(path, tmp_path / "piece.mcap", EPOCH_NS + S, EPOCH_NS + 2 * S).path
    assert piece is not None
    back = list(reader.ticks(piece))
    assert back == tapes[10:21]
    assert [problem.kind for problem in continuity(back)] == ["mid-run"]


def test_missing_ticks_are_told_with_their_place(tapes: list[Tape], tmp_path: Path) -> None:
    holed = write(tmp_path / "holed.mcap", tapes[:7] + tapes[9:])
    (problem,) = continuity(reader.ticks(holed))
    assert problem.kind == "missing" and "ticks 7 to 8" in problem.text and problem.place.endswith(".900Z")


@pytest.mark.parametrize("content", [b"", b"\x89MCAP0\r\n", b"hello", bytes(5000)])
def test_other_files_are_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "other.mcap").write_bytes(content)
    with pytest.raises(NotARecordingError):
        reader.start(tmp_path / "other.mcap")
    assert integrity(tmp_path / "other.mcap")


def test_a_changed_chunk_costs_only_its_own_ticks_and_the_old_file_stays(
    path: Path, tapes: list[Tape], tmp_path: Path
) -> None:
    data = path.read_bytes()
    changed = tmp_path / "x.mcap"
    changed.write_bytes(data)
    assert recover(changed).why == WHOLE and changed.read_bytes() == data
    altered = data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 4]) + data[len(data) // 2 + 1 :]
    changed.write_bytes(altered)
    result = recover(changed)
    back = list(reader.ticks(changed))
    assert integrity(changed) == [] and back == [tape for tape in tapes if tape in back]
    assert len(tapes) > len(back) == result.ticks > 0 and back[-1] == tapes[-1] and "bytes" in result.why
    assert (tmp_path / "x.mcap.damaged").read_bytes() == altered
