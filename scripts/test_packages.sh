#!/usr/bin/env bash
# What the tests need from Debian. --install: apt-get what is missing, as root. --requirements: prints, as an
# environment assignment, which parts must not be skipped here (all of them where root and apt are at hand).
set -euo pipefail
PACKAGES=(chromium:chromium postgresql:/usr/lib/postgresql fonts-noto-cjk:/usr/share/fonts/opentype/noto
  tesseract-ocr:tesseract tesseract-ocr-chi-tra:/usr/share/tesseract-ocr/5/tessdata/chi_tra.traineddata
  tesseract-ocr-chi-sim:/usr/share/tesseract-ocr/5/tessdata/chi_sim.traineddata)

missing() {
  for pair in "${PACKAGES[@]}"; do
    local name=${pair%%:*} proof=${pair#*:}
    if [ "$proof" = "${proof#/}" ]; then command -v "$proof" >/dev/null || echo "$name"
    else [ -e "$proof" ] || echo "$name"; fi
  done
}
can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

case "${1:-}" in
  --requirements)
    if can_install; then echo "env CANDOUR_TEST_REQUIRE=browser,postgres,ocr,milvus"; else echo "env"; fi ;;
  --install)
    mapfile -t wanted < <(missing)
    [ "${#wanted[@]}" = 0 ] && exit 0
    if ! can_install; then
      echo "==> not installed: ${wanted[*]}; tests that need them will be skipped (install them with apt-get as root)"
      exit 0
    fi
    echo "==> installing for the tests: ${wanted[*]}"
    apt-get update -qq || echo "apt-get update failed; trying with the lists at hand" >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null \
      || { echo "apt-get could not install ${wanted[*]}: install them by hand, then run make test again" >&2; exit 1; } ;;
  *) echo "usage: $0 --install | --requirements" >&2; exit 2 ;;
esac
