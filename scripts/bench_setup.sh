#!/usr/bin/env bash
# Makes .venv-bench: all that .venv has, and the peers of the benchmarks beside it, so that the product's own
# environment stays as it is (some of what they bring would change how it serves).
set -euo pipefail
cd "$(dirname "$0")/.."
VENV=.venv-bench
stamp=$(cat requirements-bench.lock scripts/bench_setup.sh | sha256sum | cut -d' ' -f1)
if [ "$(cat "$VENV/.stamp" 2>/dev/null)" = "$stamp" ]; then exit 0; fi

printf '==> installing %s packages of the benchmarks into %s\n' "$(grep -c == requirements-bench.lock)" "$VENV"
rm -rf "$VENV"
.venv/bin/python -m venv --without-pip "$VENV"
own=$("$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
product=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
echo "import site; site.addsitedir('$product')" > "$own/product.pth"
.venv/bin/uv pip install --quiet --python "$VENV/bin/python" --no-deps -r requirements-bench.lock || {
  echo "installing requirements-bench.lock failed: read the package named above; after a change of pyproject.toml run make lock." >&2
  exit 1
}
echo "$stamp" > "$VENV/.stamp"
