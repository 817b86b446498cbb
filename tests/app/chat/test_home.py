from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_chainlit_writes_nothing_into_the_working_directory_and_cleans_up(tmp_path: Path) -> None:
    script = "from app.chat import chainlit_home as h; print(h._home.name)"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert list(tmp_path.iterdir()) == []
    assert not Path(run.stdout.strip().splitlines()[-1]).exists()
