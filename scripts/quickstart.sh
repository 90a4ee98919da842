#!/usr/bin/env bash
# Builds Voronode, starts it in one process, loads real text and searches it by meaning.
#
#   scripts/quickstart.sh [options of 'voronode demo', such as --data DIR or --all]
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

"$root/scripts/build.sh"
exec "$root/scripts/voronode" demo "$@"
