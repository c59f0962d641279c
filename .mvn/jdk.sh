# Finds Java for ./mvnw and ./meridian. POSIX sh; sourced, so it only defines functions.

# Major version of the Java at home $1, from its `release` file; nothing if there is none to run.
jdk_major() {
    [ -x "$1/bin/java" ] || return 0
    if [ -r "$1/release" ]; then
        sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
    else
        "$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p'
    fi
}

# Home of the `java` on PATH, links followed; nothing if there is none.
jdk_on_path() {
    java_link=$(command -v java 2>/dev/null) || return 0
    while [ -L "$java_link" ]; do
        java_target=$(readlink "$java_link")
        case $java_target in
            /*) java_link=$java_target ;;
            *) java_link=$(dirname "$java_link")/$java_target ;;
        esac
    done
    java_bin=$(cd "$(dirname "$java_link")" 2>/dev/null && pwd -P) || return 0
    dirname "$java_bin"
}

# Homes where a JDK may be, one a line; homes from environment variables come first.
jdk_candidates() {
    for chosen in "${JAVA_HOME-}" "${JDK_HOME-}" "${JAVA25_HOME-}"; do
        if [ -n "$chosen" ]; then echo "$chosen"; fi
    done
    jdk_on_path
    for home in /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/* /opt/java/* \
        "${SDKMAN_DIR:-${HOME-}/.sdkman}"/candidates/java/* "${HOME-}"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if [ -d "$home" ]; then echo "$home"; fi
    done
    if [ -x /usr/libexec/java_home ]; then /usr/libexec/java_home -v 25 2>/dev/null || :; fi
}

# Prints the home of a Java 25 that has the program $1; fails with nothing printed if there is none. Without $1 it must have
# a compiler. MERIDIAN_JAVA_HOME goes before all others.
find_jdk25() {
    { echo "${MERIDIAN_JAVA_HOME-}"; jdk_candidates; } | {
        while IFS= read -r home; do
            if [ -x "$home/bin/${1-javac}" ] && [ "$(jdk_major "$home")" = 25 ]; then
                echo "$home"
                exit 0
            fi
        done
        exit 1
    }
}

# Prints on standard error how to install a JDK 25. $1: name of the calling script.
say_no_jdk25() {
    cat >&2 <<END
$1: no JDK 25 found. Looked at MERIDIAN_JAVA_HOME, JAVA_HOME, java on PATH, /usr/lib/jvm, /opt and ~/.sdkman.
Install one and try again:
  Debian, Ubuntu   apt install openjdk-25-jdk     (where the release has none: https://adoptium.net/installation/linux/)
  Fedora, RHEL     dnf install java-25-openjdk-devel
  SDKMAN           sdk install java 25-tem
  macOS            brew install --cask temurin@25
or name an existing one:  MERIDIAN_JAVA_HOME=/path/to/jdk-25 $1
END
}
