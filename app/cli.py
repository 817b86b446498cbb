"""``candour``: one command for operators, auditors and tests.

Exit status: 0 done, 1 refused or failed, 2 usage, 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import os
import signal
import sys

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # models lie in packages or local folders
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

from app.commands import STOPPED

try:
    import typer

    from app.commands import (
        changes,
        checks,
        documents,
        keys,
        knowledge,
        measures,
        questions,
        reembedding,
        rule_checks,
        rulebook,
        serving,
        staff,
        switches,
        webhooks,
    )
except KeyboardInterrupt:  # loading takes a second or two, and nothing has begun
    sys.exit(STOPPED)

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
cli.add_typer(documents.institutions, name="institution")
cli.add_typer(checks.audit, name="audit")
cli.add_typer(knowledge.knowledge, name="knowledge")
cli.add_typer(switches.switches, name="switches")
cli.add_typer(staff.staff, name="staff")
cli.add_typer(keys.keys, name="keys")
cli.add_typer(webhooks.webhooks, name="webhooks")
cli.add_typer(rule_checks.rules, name="rules")
rule_checks.rules.command("list")(rulebook.listed)
for step in rulebook.STEPS:
    rule_checks.rules.command()(step)
for change in (changes.diff, changes.impact, reembedding.reembed):
    knowledge.knowledge.command()(change)
cli.command("eval", context_settings=measures.PASS_ON)(measures.evaluate)
for command in (
    serving.serve,
    serving.worker,
    documents.ingest,
    questions.ask,
    questions.search,
    questions.replay,
    checks.guard,
    checks.doctor,
):
    cli.command()(command)


def main() -> None:
    """The entry point of the ``candour`` command; Ctrl-C ends it at any moment without a traceback."""
    try:
        cli()
    except KeyboardInterrupt:
        sys.exit(STOPPED)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # once more, while threads are waited for, ends it at once


if __name__ == "__main__":
    main()
