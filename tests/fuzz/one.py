"""One target in a process of its own: `python -m tests.fuzz.one guided|timed NAME SECONDS INPUTS SEED`.

`guided` lets atheris search for inputs that reach new code, and keeps them in build/fuzz/corpus; it never returns.
`timed` runs the corpus and mutations of it without any instrumentation, and prints one JSON object.
"""

from __future__ import annotations

import faulthandler
import json
import sys
import time
from itertools import islice

from tests.fuzz.folders import BUILD, CORPUS, found, inputs_of
from tests.fuzz.judge import Judge
from tests.fuzz.mutation import inputs

MOST_GROWTH_MIB = 24.0
_INSTRUMENTED = ["v2x", "hw", "rsu", "perception", "asn1tools"]
_HANGS_S = 10
_LOOK = 256  # inputs between two looks at the time
_STUCK_S = 60  # for so many inputs: one of them hangs


def guided(name: str, seconds: int, seed: int) -> None:
    """Search with atheris until the time is over; ends the process."""
    import atheris

    with atheris.instrument_imports(include=_INSTRUMENTED):
        from tests.fuzz.targets import TARGETS

        target = TARGETS[name]
        parser = target.make()
        parser(b"")  # late imports
    folder = BUILD / name
    corpora = [found(target.corpus), CORPUS / target.corpus]
    corpora[0].mkdir(parents=True, exist_ok=True)
    options = {
        "max_total_time": seconds,
        "seed": seed,
        "max_len": target.longest,
        "timeout": _HANGS_S,
        "rss_limit_mb": 2048,
        "artifact_prefix": f"{folder}/",
        "print_final_stats": 1,
    }
    flags = [f"-{option}={value}" for option, value in options.items()]
    judge = Judge(target._replace(limit_ms=float("inf")), parser, folder)
    atheris.Setup([name, *flags, *(str(one) for one in corpora if one.is_dir())], judge.take)
    atheris.Fuzz()


def timed(name: str, seconds: float, count: int, seed: int) -> dict[str, object]:
    """Run the corpus and mutations of it; return the finds."""
    from tests.fuzz.targets import TARGETS

    target = TARGETS[name]
    known = inputs_of(target.corpus, target.longest)
    parser = target.make()
    parser(b"")  # objects made at first use do not count
    judge = Judge(target, parser, BUILD / name)
    for data in known:
        judge.take(data)
    mutated, end = inputs(seed, known, target.longest), time.monotonic() + seconds
    while judge.inputs < count if count else time.monotonic() < end:
        faulthandler.dump_traceback_later(_STUCK_S, exit=True)
        for data in islice(mutated, _LOOK):
            judge.take(data)
    faulthandler.cancel_dump_traceback_later()
    growth = judge.growth_mib()
    return {
        "inputs": judge.inputs,
        "worst_ms": round(judge.worst_ms, 3),
        "growth_mib": round(growth, 1),
        "failures": judge.failures,
        "slow": judge.slow(),
        "grew": growth > MOST_GROWTH_MIB,
    }


def main() -> None:
    """Run the command."""
    mode, name, seconds, count, seed = sys.argv[1:]
    if mode == "guided":
        guided(name, max(1, int(float(seconds))), int(seed))
    else:
        print(json.dumps(timed(name, float(seconds), int(count), int(seed))))


if __name__ == "__main__":
    main()
