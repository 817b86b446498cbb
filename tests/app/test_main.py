"""The web process: what it is made of, and what it leaves to the worker."""

from __future__ import annotations

import subprocess
import sys


def test_the_web_process_loads_neither_the_parsers_nor_the_queue_nor_a_model_client() -> None:
    code = "import sys, app.main; print(sorted({'ingestion', 'dbos', 'torch', 'openai', 'eval'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
