#!/usr/bin/env bash
# Makes the archives (class data sharing) from which scripts/voronode takes its classes, parsed and linked already: with them a server starts in
# half the time. What goes in is what a rehearsal loads: a server in one process, a few records, a search. Needs a build; does nothing while the
# archives are newer than all that they were made of.
#
#   scripts/lib/archive.sh
set -euo pipefail
root="$(cd -P "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
voronode="$root/scripts/voronode"
target="$root/cli/target"
server_archive="$target/server.jsa"
client_archive="$target/client.jsa"

entries() {
  printf '%s\n' "$target"/voronode-cli-*.jar
  tr ':' '\n' <"$target/classpath"
}

is_fresh() {
  [ -r "$server_archive" ] && [ -r "$client_archive" ] || return 1
  local entry
  while IFS= read -r entry; do
    [ "$entry" -nt "$server_archive" ] && return 1
  done < <(entries)
  return 0
}

# Folders of classes, as 'mvn test' leaves them, cannot be archived.
is_packaged() {
  local entry
  while IFS= read -r entry; do
    [ -f "$entry" ] || return 1
  done < <(entries)
}

if is_fresh || ! is_packaged; then
  exit 0
fi
echo "making archives of the classes, for a quick start" >&2
rm -f "$server_archive" "$client_archive"

work="$(mktemp -d)"
server=""
clean_up() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  wait
  rm -rf "$work"
}
trap clean_up EXIT

# Before the server is started: what makes it otherwise is another process, which may come to it after the first look into it.
: >"$work/server.log"
VORONODE_JAVA_OPTS="-XX:ArchiveClassesAtExit=$work/server.jsa -Xlog:cds*=off -Xlog:aot*=off" \
  "$voronode" dev --port 0 --http-port 0 --nodes 3 --data "$work/data" >"$work/server.log" 2>&1 &
server=$!
address=""
for _ in $(seq 600); do
  address="$(sed -n 's/^Voronode serves at \([^,]*\),.*/\1/p' "$work/server.log")"
  [ -z "$address" ] && kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
[ -n "$address" ] || {
  cat "$work/server.log" >&2
  exit 1
}
client() {
  "$voronode" "$@" --server "$address" >>"$work/client.log" 2>&1 || {
    cat "$work/client.log" >&2
    exit 1
  }
}
client collection create rehearsal --dimension 2 --metric euclidean --train-at 100
for ((i = 0; i < 200; i++)); do
  printf '{"key":"%d","vector":[%d,%d],"payload":{"odd":%d}}\n' "$i" $((i % 20)) $((i / 20)) $((i % 2))
done | client load rehearsal -
VORONODE_JAVA_OPTS="-XX:ArchiveClassesAtExit=$work/client.jsa -Xlog:cds*=off -Xlog:aot*=off" \
  client search rehearsal --vector 3,4 --filter 'odd == 1' --with-payload
kill "$server"
wait "$server" || true
server=""
mv "$work/client.jsa" "$client_archive"
mv "$work/server.jsa" "$server_archive"
