#!/usr/bin/env bash
# Resolves pyproject.toml into requirements.lock, without host names, torch or the CUDA libraries it may bring, and what
# the extra bench adds to it into requirements-bench.lock.
set -euo pipefail
cd "$(dirname "$0")/.."
resolve() { # the lock to write, then more options
  .venv/bin/uv pip compile pyproject.toml --extra cpu --extra milvus --extra dev --python-version 3.11 --quiet \
    --no-emit-index-url --no-emit-find-links --no-header --no-annotate --output-file "$@"
  sed -i -E '/^(nvidia-|cuda-|triton==|torch==)/d' "$1"
}
resolve requirements.lock
whole=$(mktemp)
trap 'rm -f "$whole"' EXIT
resolve "$whole" --extra bench --constraint requirements.lock
grep -vxFf requirements.lock "$whole" > requirements-bench.lock
echo "requirements.lock: $(grep -c == requirements.lock) packages"
echo "requirements-bench.lock: $(grep -c == requirements-bench.lock) packages more"
