#!/usr/bin/env bash
# Makes .venv with the locked dependencies; does nothing when it is already right.
set -euo pipefail
cd "$(dirname "$0")/.."
TORCH="torch==2.13.0" # kept out of the lock: a machine may offer a build of its own (CPU, CUDA) under this version
VENV=.venv
say() { printf '==> %s\n' "$*"; }
fail() { printf '\nsetup failed while %s.\n  %s\n' "$1" "$2" >&2; exit 1; }

find_python() {
  for name in "${CANDOUR_PYTHON:-}" python3.11 python3; do
    [ -n "$name" ] && command -v "$name" >/dev/null || continue
    "$name" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' && { echo "$name"; return; }
  done
  fail "looking for Python 3.11" "Install python3.11 with its venv module, or set CANDOUR_PYTHON to it, then run make again."
}

stamp=$(cat requirements.lock pyproject.toml scripts/setup.sh | sha256sum | cut -d' ' -f1)
if [ -x "$VENV/bin/candour" ] && [ "$(cat "$VENV/.stamp" 2>/dev/null)" = "$stamp" ]; then exit 0; fi

python=$(find_python)
if [ ! -x "$VENV/bin/python" ]; then
  say "making the virtual environment in $VENV ($("$python" --version))"
  "$python" -m venv "$VENV" || fail "making $VENV" "On Debian: apt-get install python3-venv."
fi
say "installing the installer (uv)"
"$VENV/bin/python" -m pip install --quiet --disable-pip-version-check uv \
  || fail "installing uv" "Is a package index reachable? pip reads PIP_INDEX_URL and pip.conf."
if ! "$VENV/bin/python" -c 'import torch, sys; sys.exit(torch.__version__.split("+")[0] != "2.13.0")' 2>/dev/null; then
  say "installing $TORCH (the largest part; a few minutes on a slow line)"
  "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps "$TORCH" \
    || fail "installing $TORCH" "Check free disk space (6 GB) and the package index."
fi
say "installing $(grep -c == requirements.lock) locked packages"
"$VENV/bin/uv" pip install --quiet --python "$VENV/bin/python" --no-deps -r requirements.lock \
  || fail "installing requirements.lock" "Read the package named above; after a change of pyproject.toml run make lock."
say "installing the candour command"
"$VENV/bin/uv" pip install --quiet --python "$VENV/bin/python" --no-deps --editable . \
  || fail "installing candour" "Run make clean, then make again."
echo "$stamp" > "$VENV/.stamp"
say "ready"
