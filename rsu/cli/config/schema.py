"""`rsu config schema`: the JSON Schema of a site file."""

from __future__ import annotations

EXAMPLES = ("rsu config schema > site.schema.json    # and as first line of site.yaml: see the manual",)


def command() -> None:
    """Print the JSON Schema of a site file, for editors.

    With the line `# yaml-language-server: $schema=site.schema.json` at the top of a site file, an editor completes keys
    and marks mistakes without a network.
    """
    from rsu.site.keys import schema

    print(schema.text(), end="")
