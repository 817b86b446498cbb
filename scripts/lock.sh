#!/usr/bin/env bash
# Resolves pyproject.toml into requirements.lock, without host names, torch or the CUDA libraries it may bring.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/uv pip compile pyproject.toml --extra cpu --extra milvus --extra dev --python-version 3.11 --quiet \
  --no-emit-index-url --no-emit-find-links --no-header --no-annotate --output-file requirements.lock
sed -i -E '/^(nvidia-|cuda-|triton==|torch==)/d' requirements.lock
echo "requirements.lock: $(grep -c == requirements.lock) packages"
