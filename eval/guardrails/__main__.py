"""``python -m eval.guardrails``: the same as ``candour eval guardrails``."""

from eval.guardrails.command import guardrails

if __name__ == "__main__":
    import typer

    typer.run(guardrails)
