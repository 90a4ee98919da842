#!/usr/bin/env bash
# Builds Voronode, starts it in one process, loads real text and searches it by meaning.
#
#   scripts/quickstart.sh [options of 'voronode demo', such as --data DIR or --all]
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
. "$root/scripts/lib/jdk.sh"
use_jdk25
need_command mvn maven

echo "building Voronode (the first time Maven also fetches its dependencies)" >&2
mvn -f "$root/pom.xml" -q -B -T 2 -Dquick -Dmaven.test.skip=true -pl cli -am package >&2
exec "$root/scripts/voronode" demo "$@"
