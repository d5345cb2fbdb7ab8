"""`rsu`: one program, noun and verb. Data on stdout, talk on stderr, exit codes by `rsu.core.exits`."""

from __future__ import annotations

from importlib.metadata import version as package_version
from typing import Annotated

import typer
import typer.main

from rsu.cli import (
    audit,
    backup,
    calibrate,
    check,
    city,
    compare,
    config,
    corridor,
    demo,
    doctor,
    drill,
    export,
    init,
    log,
    map,
    model,
    msg,
    page,
    rec,
    reload,
    replay,
    restore,
    run,
    score,
    selftest,
    signal,
    status,
    support_bundle,
    top,
    trace,
    tune,
    upgrade,
    watch,
    why,
)
from rsu.cli.common import ends, language
from rsu.cli.common.options import Language
from rsu.cli.common.shape import group
from rsu.core.exits import Exit

# in the order of use: try it, bring a site up, watch it, look closer, work with its recordings
COMMANDS = (
    demo,
    init,
    check,
    map,
    calibrate,
    config,
    selftest,
    run,
    reload,
    page,
    status,
    doctor,
    top,
    watch,
    why,
    trace,
    log,
    signal,
    corridor,
    audit,
    support_bundle,
    upgrade,
    backup,
    restore,
    msg,
    rec,
    replay,
    score,
    compare,
    tune,
    export,
    city,
    model,
    drill,
)
HELP = """Roadside edge software: sensors in, C-V2X messages out, records up.

Data are printed on stdout, everything else on stderr. Without a terminal, or with NO_COLOR, there is neither colour nor
progress. `rsu --install-completion` lets the shell complete commands and options.

Exit codes: 0 fine, 1 the check found something, 2 usage, 3 invalid site file, 4 not reachable, 5 no permission, 6
conflict or already running, 7 works but degraded, 8 data damaged, 70 mistake in rsu itself, 130 interrupted."""

app = group(HELP, COMMANDS, add_completion=True)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="print the version; with -v those of its parts")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="say more")] = False,
) -> None:
    if version:
        from rsu.cli.common.versions import versions

        print(f"rsu {package_version('rsu-edge')}")
        for name, value in versions().items() if verbose else ():
            print(f"{name} {value}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit(Exit.USAGE)


def main() -> None:
    """Entry point of the `rsu` command."""
    command = typer.main.get_command(app)
    if language.spoken() is Language.ZH:
        language.translate(command)
    ends.run(command)


if __name__ == "__main__":
    main()
