"""A reader following the page "A new site from nothing" gets a site that runs: its blocks, as they stand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.rsu.manual.steps import Block, blocks

ROOT = Path(__file__).parents[3]
UNTIL_FINE = "for _ in $(seq 30); do {0} > status.txt && break; sleep 1; done; {0} > status.txt"  # it needs a moment
PAGE = blocks("en", "new-site")


def script(folder: Path, address: str) -> str:
    """Return the page as one shell script; files are written where the page tells of them."""
    lines = ["set -e", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"]
    for step, block in enumerate(PAGE):
        text = block.text.replace("127.0.0.1", address)
        if block.language != "sh":
            (folder / f"step{step}").write_text(text, encoding="utf-8")
            lines.append(f"cp {folder}/step{step} {block.name}")
        elif block.name == "status":
            lines.append(UNTIL_FINE.format(text.strip()))
        else:
            lines.append(text)
    return "\n".join(lines)


@pytest.mark.timeout(150)
def test_the_steps_bring_up_a_site(tmp_path: Path) -> None:
    address = f"127.{os.getpid() >> 8 & 0xFF}.{os.getpid() & 0xFF}.9"  # beside any other bench
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "CONFIGS": str(ROOT / "configs"),
    }
    said = tmp_path / "said"
    with said.open("wb") as output:
        command = ["bash", "-c", script(tmp_path, address)]
        code = subprocess.run(command, cwd=tmp_path, env=environment, stdout=output, stderr=output).returncode
    text = said.read_text(encoding="utf-8")
    assert code == 0, text[-2000:]
    assert "site.yaml: fine" in text
    assert "no trouble" in (tmp_path / "my-site" / "status.txt").read_text(encoding="utf-8")
    assert "verified: every output" in text
    assert {"map", "rsm", "spat"} <= set(text.split())


def meaning(block: Block) -> Any:
    """Return the commands of a block, without its comments."""
    if block.language == "json":
        return json.loads(block.text)
    return YAML(typ="safe").load(block.text) if block.language == "yaml" else block.text


def test_both_languages_have_the_same_steps() -> None:
    chinese = blocks("zh", "new-site")
    assert [block[:2] for block in PAGE] == [block[:2] for block in chinese]
    assert [meaning(block) for block in PAGE] == [meaning(block) for block in chinese]
