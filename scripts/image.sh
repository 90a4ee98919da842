#!/usr/bin/env bash
# Builds the container image voronode:latest.
#
#   scripts/image.sh [BASE_IMAGE]
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
. "$root/scripts/lib/jdk.sh"
use_jdk25
need_command mvn maven
need_command docker docker.io

mvn -f "$root/pom.xml" -q -B -T 2 -Dquick -Dmaven.test.skip=true -Pimage -pl cli -am package
docker build ${1:+--build-arg "BASE_IMAGE=$1"} -t voronode:latest -f "$root/deploy/docker/Dockerfile" "$root"
