"""Make keys for releases, and sign packages, which a box verifies when it is upgraded (`rsu.upgrade.trust`).

    python -m tests.release.sign keys KEYS                         # three keys and root.json, once, offline
    python -m tests.release.sign release KEYS NUMBER OUT DEB...    # a folder and a tar that `rsu upgrade` takes

Two of the three keys must sign each file, so a stolen key releases nothing. NUMBER grows with each release.
"""

from __future__ import annotations

import sys
import tarfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer

THRESHOLD = 2
_KEYS = 3
_ROLES = ("root", "targets", "snapshot", "timestamp")
_ROOT_DAYS, _DAYS = 3650, 365  # a box stands for years; a package is carried to it within one


def days(count: float) -> datetime:
    """Return the moment so many days from now."""
    return (datetime.now(UTC) + timedelta(days=count)).replace(microsecond=0)


def new_keys(count: int = _KEYS) -> list[CryptoSigner]:
    """Return new keys."""
    return [CryptoSigner.generate_ed25519() for _ in range(count)]


def signed(body: Root | Snapshot | Targets | Timestamp, keys: Sequence[CryptoSigner]) -> bytes:
    """Return a file of metadata with the signatures of keys."""
    metadata: Metadata[Any] = Metadata(body)
    for key in keys:
        metadata.sign(key, append=True)
    return metadata.to_bytes(JSONSerializer(compact=True))


def root(keys: Sequence[CryptoSigner], version: int = 1, signers: Sequence[CryptoSigner] | None = None) -> bytes:
    """Return root.json: two of these keys sign for every role. `signers`: also the keys before, when exchanged."""
    body = Root(version=version, expires=days(_ROOT_DAYS), consistent_snapshot=True)
    for role in _ROLES:
        for key in keys:
            body.add_key(key.public_key, role)
        body.roles[role].threshold = THRESHOLD
    return signed(body, signers or keys)


def release(
    folder: Path, debs: Sequence[Path], number: int, keys: Sequence[CryptoSigner], expires: datetime | None = None
) -> Path:
    """Write a release into a folder; return it. `keys`: those that sign."""
    expires = expires or days(_DAYS)
    metadata, content = folder / "metadata", folder / "targets"
    for each in (metadata, content):
        each.mkdir(parents=True)
    targets = Targets(version=number, expires=expires)
    for deb in debs:
        _, version, architecture = deb.stem.split("_")
        name = f"rsu-edge_{architecture}.deb"
        target = TargetFile.from_file(name, str(deb), ["sha256"])
        target.unrecognized_fields["custom"] = {"version": version}
        targets.targets[name] = target
        (content / f"{target.hashes['sha256']}.{name}").write_bytes(deb.read_bytes())
    body = signed(targets, keys)
    snapshot = Snapshot(
        version=number, expires=expires, meta={"targets.json": MetaFile.from_data(number, body, ["sha256"])}
    )
    above = signed(snapshot, keys)
    top = Timestamp(version=number, expires=expires, snapshot_meta=MetaFile.from_data(number, above, ["sha256"]))
    (metadata / f"{number}.targets.json").write_bytes(body)
    (metadata / f"{number}.snapshot.json").write_bytes(above)
    (metadata / "timestamp.json").write_bytes(signed(top, keys))
    return folder


def packed(folder: Path) -> Path:
    """Write a release's folder as one file beside it; return that."""
    package = folder.with_suffix(".rsu-release")
    with tarfile.open(package, "w") as opened:
        for name in ("metadata", "targets"):
            opened.add(folder / name, name)
    return package


def main() -> None:
    """Run the command."""
    verb, place, *rest = sys.argv[1:]
    folder = Path(place)
    if verb == "keys":
        folder.mkdir(mode=0o700)
        keys = new_keys()
        for index, key in enumerate(keys):
            (folder / f"{index}.pem").write_bytes(key.private_bytes)
        (folder / "root.json").write_bytes(root(keys))
        print(f"{folder}/root.json goes to /etc/rsu/trust/ of each box; keep the keys apart from each other")
        return
    number, out, *debs = rest
    files = sorted(folder.glob("*.pem"))[:THRESHOLD]
    private = [load_pem_private_key(file.read_bytes(), None) for file in files]
    keys = [CryptoSigner(key) for key in private if isinstance(key, Ed25519PrivateKey)]
    print(packed(release(Path(out), [Path(deb) for deb in debs], int(number), keys)))


if __name__ == "__main__":
    main()
