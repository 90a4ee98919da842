#!/usr/bin/env bash
# A cluster on this machine, for trying one by hand: ZooKeeper, two coordinators and three shard nodes, each a process of its own.
#
#   scripts/cluster.sh start     starts what does not run, and waits until the cluster serves
#   scripts/cluster.sh stop      stops everything in good order; the data stays
#   scripts/cluster.sh status    which processes run, and the cluster as a coordinator sees it
#   scripts/cluster.sh start NAME | stop NAME | kill NAME
#                                one process, without waiting until it serves: zookeeper, coordinator-1, coordinator-2, node-1, node-2 or node-3
#
# Everything lies in the folder VORONODE_CLUSTER_DIR (default: ./data/cluster): a folder a process, logs, and settings in
# settings/NAME.yaml, which are written once and are yours to change. Clients use --server 127.0.0.1:7700,127.0.0.1:7720.
set -euo pipefail
root="$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
folder="${VORONODE_CLUSTER_DIR:-$root/data/cluster}"
servers=(zookeeper node-1 node-2 node-3 coordinator-1 coordinator-2)
addresses=127.0.0.1:7700,127.0.0.1:7720
zookeeper_port=7790
patience_seconds=120

usage() {
  sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" >&2
  exit 2
}

build_if_needed() {
  [ -r "$root/cli/target/classpath" ] && [ -d "$root/cli/target/classes" ] && return
  "$root/scripts/build.sh"
}

# Writes a file unless it is there: it may hold changes of the user's.
write_once() {
  [ -e "$1" ] || cat >"$1"
}

write_settings() {
  mkdir -p "$folder/settings" "$folder/logs" "$folder/run" "$folder/zookeeper"
  write_once "$folder/settings/zookeeper.cfg" <<END
tickTime=1000
dataDir=$folder/zookeeper
clientPort=$zookeeper_port
clientPortAddress=127.0.0.1
admin.enableServer=false
END
  local number
  for number in 1 2; do
    write_once "$folder/settings/coordinator-$number.yaml" <<END
name: coordinator-$number
zookeeper: [127.0.0.1:$zookeeper_port]
data: $folder/coordinator-$number
port: $((7680 + 20 * number))
http-port: $((7681 + 20 * number))
initial-nodes: 3
partitions: 6
END
  done
  for number in 1 2 3; do
    write_once "$folder/settings/node-$number.yaml" <<END
name: node-$number
zone: zone-$number
zookeeper: [127.0.0.1:$zookeeper_port]
data: $folder/node-$number
port: $((7720 + 10 * number))
raft-port: $((7721 + 10 * number))
http-port: $((7722 + 10 * number))
END
  done
}

require_known() {
  local server
  for server in "${servers[@]}"; do
    [ "$server" = "$1" ] && return
  done
  echo "there is no $1; there are ${servers[*]}" >&2
  exit 2
}

# The process of a server, if it runs: an old pid may be another program's by now.
pid_of() {
  local pid
  pid="$(cat "$folder/run/$1.pid" 2>/dev/null)" || return 1
  tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -q "settings/$1\." && echo "$pid"
}

ports_of() {
  sed -nE 's/^(port|raft-port|http-port|clientPort)[:=] *([0-9]+).*/\2/p' "$folder/settings/$1".*
}

# Asked before anything is started, so that nothing is left running when something is in the way.
require_free_ports() {
  local name port
  for name in "$@"; do
    pid_of "$name" >/dev/null && continue
    for port in $(ports_of "$name"); do
      (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || continue
      echo "port $port, which $name needs, is in use: end what listens there (a 'voronode dev', perhaps)," \
        "or name another in $folder/settings" >&2
      exit 1
    done
  done
}

start_one() {
  local name="$1"
  pid_of "$name" >/dev/null && return
  local command=("$root/scripts/zookeeper" "$folder/settings/zookeeper.cfg")
  case "$name" in
    coordinator-*) command=("$root/scripts/voronode" coordinator --config "$folder/settings/$name.yaml") ;;
    node-*) command=("$root/scripts/voronode" shard-node --config "$folder/settings/$name.yaml") ;;
  esac
  setsid "${command[@]}" >>"$folder/logs/$name.log" 2>&1 </dev/null &
  local pid=$! waited
  echo "$pid" >"$folder/run/$name.pid"
  # Until it is the server's program, the process is known by the command line of this script.
  for ((waited = 0; waited < 100; waited++)); do
    { pid_of "$name" >/dev/null || ! kill -0 "$pid" 2>/dev/null; } && break
    sleep 0.05
  done
  echo "started $name, log in $folder/logs/$name.log"
}

stop_one() {
  local pid
  pid="$(pid_of "$1")" || return 0
  kill "$2" "$pid"
  local waited
  for ((waited = 0; waited < 300; waited++)); do
    kill -0 "$pid" 2>/dev/null || {
      rm -f "$folder/run/$1.pid"
      if [ "$2" = -KILL ]; then echo "killed $1"; else echo "stopped $1"; fi
      return
    }
    sleep 0.1
  done
  echo "$1 (pid $pid) has not ended after 30 s" >&2
  return 1
}

# A process that ended again at once says why in its log.
require_running() {
  local name
  for name in "${servers[@]}"; do
    pid_of "$name" >/dev/null || {
      echo "$name has ended; its last words:" >&2
      tail -n 5 "$folder/logs/$name.log" >&2
      echo "the others still run: scripts/cluster.sh stop ends them" >&2
      return 1
    }
  done
}

# Whether both coordinators hold an image of a formed cluster, by their HTTP ports.
ready() {
  local number line
  for number in 1 2; do
    {
      exec 3<>"/dev/tcp/127.0.0.1/$((7681 + 20 * number))" &&
        printf 'GET /health/ready HTTP/1.0\r\n\r\n' >&3 && read -r line <&3
    } 2>/dev/null || return 1
    exec 3>&-
    case "$line" in *" 200 "*) ;; *) return 1 ;; esac
  done
}

# Whether every node answers and every partition has a leader.
whole() {
  local shown
  shown="$("$root/scripts/voronode" cluster --server "$addresses" --timeout 5s 2>/dev/null)" || return 1
  ! grep -Eq '^ *[0-9]+  none |^node-[0-9]+ +[^ ]+ +[^ ]+ +no ' <<<"$shown"
}

await_serving() {
  local end=$((SECONDS + patience_seconds))
  echo "waiting until the cluster serves" >&2
  until ready && whole; do
    require_running
    [ "$SECONDS" -lt "$end" ] || {
      echo "the cluster does not serve after $patience_seconds s: see $folder/logs" >&2
      return 1
    }
    sleep 0.5
  done
}

status() {
  local name pid
  for name in "${servers[@]}"; do
    if pid="$(pid_of "$name")"; then
      echo "$name runs (pid $pid, $(awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$pid/status") MiB)"
    else
      echo "$name does not run"
    fi
  done
  echo
  # Somebody else may listen at these ports.
  pid_of coordinator-1 >/dev/null || pid_of coordinator-2 >/dev/null || {
    echo "no coordinator runs" >&2
    return 1
  }
  "$root/scripts/voronode" cluster --server "$addresses" --timeout 5s
}

[ $# -ge 1 ] && [ $# -le 2 ] || usage
[ $# = 1 ] || require_known "$2"
case "$1" in
  start)
    build_if_needed
    write_settings
    if [ $# = 2 ]; then
      require_free_ports "$2"
      start_one "$2"
    else
      require_free_ports "${servers[@]}"
      for name in "${servers[@]}"; do start_one "$name"; done
      await_serving
      echo "the cluster serves at $addresses"
    fi
    ;;
  stop)
    if [ $# = 2 ]; then
      stop_one "$2" -TERM
    else
      for ((i = ${#servers[@]} - 1; i >= 0; i--)); do stop_one "${servers[i]}" -TERM; done
    fi
    ;;
  kill)
    [ $# = 2 ] || usage
    stop_one "$2" -KILL
    ;;
  status)
    [ $# = 1 ] || usage
    status
    ;;
  *) usage ;;
esac
