#!/usr/bin/env bash
# Builds Voronode and runs every check and test; the last line counts the tests.
#
#   scripts/test.sh          everything
#   scripts/test.sh --fast   compile, checks and unit tests: no test that starts processes, and Lucene's suite only for the usual layout
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib/jdk.sh

BUF_VERSION=1.75.0
# The proto files of the newest release that must stay compatible; empty before the first release.
BUF_BREAKING_AGAINST=""

excluded=""
narrow_skipped=false
compiler=""
threads=1
# Most tests of replication wait for clocks and disks.
forks=4
case "${1:-}" in
  "") ;;
  --fast)
    excluded="slow|io.voronode.engine.codec.FurtherLayout"
    # The kernels once more on narrower registers: the whole test does that.
    narrow_skipped=true
    # Most processes of tests end before it pays to compile well.
    compiler="-XX:TieredStopAtLevel=1"
    # Modules side by side, since most of their time is compilation, checks and waiting.
    threads=2
    forks=2
    ;;
  *)
    echo "usage: scripts/test.sh [--fast]" >&2
    exit 2
    ;;
esac

use_jdk25
need_command mvn maven
need_command npm npm

lint_protos() {
  # npm keeps the package in its own cache; nothing is written into the source tree.
  (cd proto/src/main/proto && npx --yes "@bufbuild/buf@$BUF_VERSION" lint)
  if [ -n "$BUF_BREAKING_AGAINST" ]; then
    npx --yes "@bufbuild/buf@$BUF_VERSION" breaking proto/src/main/proto --against "$BUF_BREAKING_AGAINST"
  fi
}

# One number out of the closing attributes of every test report, summed.
sum_reports() {
  find . -path '*/target/surefire-reports/TEST-*.xml' -newer "$started" -exec grep -h -m1 '<testsuite ' {} + 2>/dev/null |
    grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ sum += $1 } END { print sum + 0 }'
}

# Each skipped test with its reason (an assumption without a message is named by its type), each failed one with the first lines of its stack.
print_skips_and_failures() {
  find . -path '*/target/surefire-reports/TEST-*.xml' -newer "$started" -exec awk -v most=20 '
    function attribute(name,   rest) {
      if (!match($0, " " name "=\"")) return ""
      rest = substr($0, RSTART + RLENGTH)
      return substr(rest, 1, index(rest, "\"") - 1)
    }
    /<testcase / { left = 0; test = attribute("classname") "." attribute("name") }
    /<skipped/ {
      reason = attribute("message")
      print "skipped: " test ": " (reason == "" ? attribute("type") : reason)
    }
    /<(failure|error)[ >]/ { print "failed: " test; left = most; sub(/.*<!\[CDATA\[/, "") }
    /^\]\]>/ { left = 0 }
    left > 0 { print "  " $0; left-- }' {} +
}

started="$(mktemp)"
trap 'rm -f "$started"' EXIT
status=0
echo "linting protos"
lint_protos || { echo "fix: see the lines above (buf STANDARD rules)"; status=1; }
mvn -B -fae -T "$threads" "-Dtest.groups.excluded=$excluded" "-Dtest.narrow.skipped=$narrow_skipped" "-Dtest.compiler=$compiler" "-Dtest.forks=$forks" verify || {
  echo "fix: formatting with 'mvn spotless:apply'; tests with the reports in MODULE/target/surefire-reports"
  status=1
}

tests="$(sum_reports tests)"
failed=$(($(sum_reports failures) + $(sum_reports errors)))
skipped="$(sum_reports skipped)"
print_skips_and_failures
if [ "$tests" -eq 0 ]; then
  echo "no test ran" >&2
  status=1
fi
# Maven leaves the terminal's colour reset at the start of the next line.
echo
echo "$((tests - failed - skipped)) passed, $failed failed, $skipped skipped"
exit "$status"
