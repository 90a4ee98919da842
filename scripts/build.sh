#!/usr/bin/env bash
# Builds what scripts/voronode runs, without checks and tests.
#
#   scripts/build.sh
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
. "$root/scripts/lib/jdk.sh"
use_jdk25
need_command mvn maven

echo "building Voronode (the first time Maven also fetches its dependencies)" >&2
# In batch mode Maven still resets the terminal's colour, in front of what is printed next.
mvn -f "$root/pom.xml" -q -B -T 2 -Dstyle.color=never -Dquick -Dmaven.test.skip=true -pl cli -am package >&2
"$root/scripts/lib/archive.sh" || echo "no archive of the classes could be made: servers take twice as long to start" >&2
