# Sourced by the other scripts: finds a JDK 25 and exports JAVA_HOME.

is_jdk25() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] && grep -q '^JAVA_VERSION="25[."]' "$1/release"
}

use_jdk25() {
  if [ -n "${JAVA_HOME:-}" ]; then
    is_jdk25 "$JAVA_HOME" && return 0
    echo "JAVA_HOME=$JAVA_HOME is not a JDK 25; looking further" >&2
  fi
  local home
  for home in /usr/lib/jvm/* /opt/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/.sdkman/candidates/java/*; do
    if is_jdk25 "$home"; then
      export JAVA_HOME="$home"
      return 0
    fi
  done
  echo "Voronode needs a JDK 25, and there is none in JAVA_HOME or the system's JVM folder: install one (https://adoptium.net)." >&2
  return 1
}

# Installs a Debian package by name where that is possible, else says what is missing.
need_command() {
  local command="$1" package="$2"
  command -v "$command" >/dev/null 2>&1 && return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing $package" >&2
    { apt-get install -y -qq --no-install-recommends "$package" || {
      apt-get update -qq && apt-get install -y -qq --no-install-recommends "$package"
    }; } >&2
  fi
  command -v "$command" >/dev/null 2>&1 || {
    echo "$command is needed: install $package" >&2
    return 1
  }
}
