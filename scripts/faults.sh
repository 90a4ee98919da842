#!/usr/bin/env bash
# Lets things go wrong in a cluster of processes under load, and checks that nothing acknowledged is lost, doubled, stale or back from the dead.
#
#   scripts/faults.sh                 all faults, one after the other
#   scripts/faults.sh F1 F5-15s       some of them; F5 means every F5-…
#   scripts/faults.sh growth          a cluster from one node to five under load; one is drained, one dies for good
#   scripts/faults.sh --cycles 20 F1  one of them again and again: processes must not hold a tenth more than after half of the times
#   scripts/faults.sh --list          what there is
#   scripts/faults.sh --check FILE    judges a history that a failed run kept
#   scripts/faults.sh --prove [NAME]  takes one guard out of a copy of the source, or one after the other, by the patches in
#                                     system-tests/mutations, and shows that the guard's test then fails
#
# VORONODE_SEED=N repeats a run. Prints a line for each fault; ends with 1 where one was not survived. A full disk (F7) and a power cut (F13)
# need the right to mount, cut links (F6) that to make network namespaces, other clocks (F9) libfaketime: without, these are skipped, and the
# line says so.
set -euo pipefail
root="$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
. "$root/scripts/lib/jdk.sh"
use_jdk25
need_command mvn maven

run_faults() {
  echo "building Voronode and its tests" >&2
  mvn -f "$root/pom.xml" -q -B -Dquick -DskipTests -pl system-tests -am package >&2
  cd "$root/system-tests"
  exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Xmx1g \
    ${VORONODE_SEED:+"-Dvoronode.seed=$VORONODE_SEED"} -Dbasedir="$root/system-tests" \
    -cp "target/test-classes:$(<target/classpath)" io.voronode.systemtests.faults.Faults "$@"
}

# A line of the head of a patch: "Test: NAME#METHOD".
head_of() {
  sed -n "s/^$1: //p;/^---/q" "$2"
}

# Runs the tests of a module in the copy; answers 0 where they pass, 1 where one fails, 2 where they did not run.
run_tests() {
  local module="$1" tests="$2"
  rm -rf "$copy/$module/target/surefire-reports"
  mvn -f "$copy/pom.xml" -q -B -Dquick -pl "$module" -am -Dtest="$tests" -Dsurefire.failIfNoSpecifiedTests=false test \
    >"$copy/prove.log" 2>&1 && return 0
  grep -qsE '<(failure|error)' "$copy/$module"/target/surefire-reports/TEST-*.xml && return 1
  return 2
}

prove_one() {
  local patch="$1" name module test
  name="$(basename "$patch" .patch)"
  module="$(head_of Module "$patch")"
  test="$(head_of Test "$patch")"
  git -C "$copy" apply -C1 "$patch" || {
    echo "$name FAILED: the patch no longer fits the source; make it anew"
    return 1
  }
  local outcome=0
  run_tests "$module" "$test" || outcome=$?
  git -C "$copy" apply -C1 -R "$patch"
  case "$outcome" in
    1) echo "$name ok: $test fails without the guard" ;;
    0)
      echo "$name FAILED: $test passes without the guard"
      return 1
      ;;
    *)
      echo "$name FAILED: it does not compile, or no test ran:"
      tail -n 20 "$copy/prove.log"
      return 1
      ;;
  esac
}

prove() {
  need_command git git
  local patches=("$root"/system-tests/mutations/${1:-*}.patch) patch module tests failed=0
  [ -r "${patches[0]}" ] || {
    echo "there is no mutation ${1:-}; there are: $(cd "$root/system-tests/mutations" && ls)" >&2
    exit 2
  }
  copy="$(mktemp -d)"
  trap 'rm -rf "$copy"' EXIT
  git -C "$root" ls-files -z --cached --others --exclude-standard |
    (cd "$root" && tar -c --null --ignore-failed-read -T - 2>/dev/null) | tar -x -C "$copy"
  # With the guards in place every test must pass, or its failure proves nothing.
  for module in $(for patch in "${patches[@]}"; do head_of Module "$patch"; done | sort -u); do
    tests="$(for patch in "${patches[@]}"; do
      [ "$(head_of Module "$patch")" != "$module" ] || head_of Test "$patch"
    done | paste -sd,)"
    run_tests "$module" "$tests" || {
      echo "the tests of $module fail with all guards in place:" >&2
      tail -n 20 "$copy/prove.log" >&2
      exit 1
    }
  done
  for patch in "${patches[@]}"; do
    prove_one "$patch" || failed=$((failed + 1))
  done
  echo "$((${#patches[@]} - failed)) guards proven, $failed not"
  [ "$failed" = 0 ]
}

case "${1:-}" in
  --prove)
    shift
    prove "$@"
    ;;
  -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" ;;
  *) run_faults "$@" ;;
esac
