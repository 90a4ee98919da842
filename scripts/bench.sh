#!/usr/bin/env bash
# Measures Voronode beside Lucene and JVector, in one run on this machine; see docs/benchmarks.md.
#
#   scripts/bench.sh             all data sets; hours the first time, since the peers' indexes take so long to build
#   scripts/bench.sh --quick     a part of the data: a minute
#   scripts/bench.sh cluster     what searches cost in clusters of processes, and what clients notice when one dies
#   scripts/bench.sh filters     what filters do to recall and speed
#   scripts/bench.sh ingest      how fast servers take records in, and what it costs them
#   scripts/bench.sh recall      how wanted recalls are met, three draws of queries
#   scripts/bench.sh --help
#
# VORONODE_BENCH_CACHE names the folder for data and peers' indexes, VORONODE_JAVA_OPTS adds options for the JVM.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
. "$root/scripts/lib/jdk.sh"
use_jdk25
need_command mvn maven
need_command npm npm

echo "building Voronode" >&2
mvn -f "$root/pom.xml" -q -B -T 2 -Dquick -Dmaven.test.skip=true -pl benchmarks -am package >&2
"$root/scripts/lib/archive.sh"
classpath="$root/benchmarks/target/classes:$(<"$root/benchmarks/target/classpath")"

# Vectors twice, as rows and as what a peer builds from them; no more than the machine has.
flags=(--add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
  -XX:MaxRAMPercentage=60 -XX:+ExitOnOutOfMemoryError "-Dvoronode.launcher=$root/scripts/voronode")
# shellcheck disable=SC2086 # VORONODE_JAVA_OPTS is a list of words
exec "$JAVA_HOME/bin/java" "${flags[@]}" ${VORONODE_JAVA_OPTS:-} -cp "$classpath" io.voronode.benchmarks.command.Main "$@"
