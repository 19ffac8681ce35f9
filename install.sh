#!/bin/sh
# Installs and runs Brook. POSIX sh; safe to run again at any time. `./install.sh --help` says what it does.
set -eu
LC_ALL=C
export LC_ALL
# nginx is in /usr/sbin, which is not on everybody's path.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

ROOT=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
# How long --stop waits before it kills. Workers cut their streams off after DRAIN seconds, so this is for what hangs.
STOP_LIMIT=38
DRAIN=30
READY_LIMIT=30

usage() {
    cat <<'HELP'
Usage: sudo ./install.sh --server-name NAME (--certificate FILE --certificate-key FILE | --self-signed) [OPTION…]
       sudo ./install.sh --snippet [--prefix /PATH] [OPTION…]
       sudo ./install.sh [--prebuilt FILE]                 again: change what differs, upgrade
       sudo ./install.sh --uninstall [--purge]
       ./install.sh --local [--dir D] [--port P] [--workers N] [--no-build] [--dry-run]
       ./install.sh --local --stop [--dir D]
       ./install.sh --build | --dist
       ./install.sh --packages [--test]

For the whole system: brook as a service, in this host's nginx. Sites that are there stay as they are; `nginx -t` is asked
before nginx is reloaded, and when anything fails every file is put back. A file that you have edited is never written over:
the new one is put beside it as FILE.brook-new. The running service is upgraded without a failed request.

  --server-name NAME     a site of its own (/etc/nginx/sites-available/brook) under this name, with TLS
  --certificate FILE, --certificate-key FILE     its certificate with chain, and its key, in PEM form
  --self-signed          make a certificate that no authority signs, for trying out and for closed networks
  --snippet              no site: files to include in a server block of yours (include brook/server.conf;)
  --prefix /PATH         with --snippet: brook's paths begin with it, such as /brook/v1/
  --prebuilt FILE        install what `./install.sh --dist` made elsewhere; this host needs no Swift
  --workers N            of a new installation; later WORKERS in /etc/default/brook
  --service KIND         systemd or init; by itself: systemd where it runs
  --destdir D            put the files under D, and start, make and ask nothing
  --uninstall            end the service and remove the files; data and settings stay
  --purge                with --uninstall: remove data, settings, backups and the user too

For you alone: spawn-fcgi with N workers and an nginx of its own on 127.0.0.1:P, all files in D. Needs no privileges, except
that missing Debian packages are installed when root calls it and named when somebody else does. The nginx of the system
is neither started nor changed.

  --local        run an instance; again: leave it running, or restart it when the program or a setting has changed
  --dir D        its folder (default: .local beside this script), with nothing of other programs in it
  --port P       its port on 127.0.0.1, 1024-65535 (default: 8080)
  --workers N    worker processes, 1-256 (default: one per core)
  --no-build     use the program that is there (.build/release/brook, or $BROOK_BIN)
  --stop         end the instance in D: running streams get 30 s, then are cut off; never longer than 45 s

In D: brook.json (settings, yours to edit), admin.key (the first admin key, kept), state/ (database and key file: back
these up), log/, nginx/, bin/, run/. Environment variables BROOK_… and AWS_… of the caller reach the workers.

  --dry-run      say what would be done, and do nothing
  --build        only build the program (.build/release/brook)
  --dist         build, and make dist/brook-VERSION-linux-ARCH.tar.gz for --prebuilt; with --destdir D: in D
  --packages     only install (or name) the Debian packages; with --test also those of the test suite
  --help         this text

Examples:
  ./install.sh --local
  ./install.sh --local --dir /srv/try --port 9000 --workers 2
  sudo ./install.sh --server-name llm.example.org --self-signed
  sudo ./install.sh --prebuilt brook-0.1.0-linux-x86_64.tar.gz --snippet --prefix /brook
HELP
}

say() { printf '%s\n' "$*"; }
warn() { printf 'install.sh: %s\n' "$*" >&2; }
die() {
    warn "$*"
    exit 1
}
misuse() {
    warn "$*"
    warn "see ./install.sh --help"
    exit 2
}

# The text as one word of a shell command.
quoted() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }

# --- Packages -------------------------------------------------------------------------------------------------------------

has_header() {
    for folder in /usr/include /usr/include/*-linux-gnu /usr/local/include; do
        [ -e "$folder/$1" ] && return 0
    done
    return 1
}

has_command() { command -v "$1" >/dev/null 2>&1; }

# Names what is missing, on one line. `test`: also for the test suite.
missing_packages() {
    if [ -n "$no_build" ]; then
        missing_libraries "$binary"
    else
        has_header fcgiapp.h || printf 'libfcgi-dev '
        has_header sqlite3.h || printf 'libsqlite3-dev '
        has_header curl/curl.h || printf 'libcurl4-openssl-dev '
        has_header stdlib.h || printf 'libc6-dev '
        has_header c++ || printf 'libstdc++-12-dev '
        has_command strip || printf 'binutils '
        has_command git || printf 'git '
        has_command make || printf 'make '
    fi
    has_command curl || printf 'curl '
    [ -s /etc/ssl/certs/ca-certificates.crt ] || printf 'ca-certificates '
    has_command nginx || printf 'nginx '
    has_command spawn-fcgi || printf 'spawn-fcgi '
    has_command multiwatch || printf 'multiwatch '
    if [ "${1-}" = test ]; then
        python3 -c 'import venv, ensurepip' 2>/dev/null || printf 'python3 python3-venv '
        has_command openssl || printf 'openssl '
        has_command gcc || printf 'gcc '
        has_command chromium || printf 'chromium '
    fi
}

POLICY=/usr/sbin/policy-rc.d
made_policy=

remove_policy() {
    [ -z "$made_policy" ] || rm -f "$POLICY"
    made_policy=
}

# Debian starts a service that it installs unless policy-rc.d says no. One that somebody else has put there is left.
forbid_services() {
    [ -e "$POLICY" ] && return 0
    made_policy=1
    trap remove_policy EXIT
    trap 'remove_policy; exit 1' HUP INT TERM
    printf '#!/bin/sh\n# Made by brook/install.sh while it installs packages.\nexit 101\n' >"$POLICY"
    chmod 755 "$POLICY"
}

apt() { DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 "$@" </dev/null >&2; }

install_packages() {
    needed=$(missing_packages "${1-}")
    install_these "$needed"
}

# Packages by their Debian names, with spaces between.
install_these() {
    missing=$1
    [ -n "$missing" ] || return 0
    if [ -n "$dry_run" ]; then
        say "would install the packages: $missing"
        return 0
    fi
    has_command apt-get || die "these are missing, by their Debian names: $missing- install what your system calls them"
    [ "$(id -u)" = 0 ] || die "packages are missing. Run: sudo apt-get install -y $missing"
    say "installing $missing"
    brings_nginx=
    case " $missing" in *" nginx "*) brings_nginx=1 ;; esac
    forbid_services
    # Word splitting is meant.
    # shellcheck disable=SC2086
    apt install --no-install-recommends $missing || {
        apt update && apt install --no-install-recommends $missing
    } || die "the packages cannot be installed: see apt's message above"
    # Not started now, and not at the next boot either: nobody asked for a web server on port 80.
    if [ -n "$brings_nginx" ]; then
        if has_command systemctl; then
            systemctl disable nginx.service >/dev/null 2>&1 || true
        elif has_command update-rc.d; then
            update-rc.d nginx disable >/dev/null 2>&1 || true
        fi
        say "the system's nginx was installed, and left stopped"
    fi
    remove_policy
}

# --- The program ----------------------------------------------------------------------------------------------------------

check_swift() {
    how="install Swift 6.3 from https://www.swift.org/install/linux/ and put its usr/bin on PATH"
    has_command swift || die "there is no Swift compiler: $how"
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)
    [ -n "$version" ] || die "swift --version gives no version: $how"
    [ "${version% *}" -gt 6 ] || { [ "${version% *}" -eq 6 ] && [ "${version#* }" -ge 3 ]; } ||
        die "Swift $(printf %s "$version" | tr ' ' .) is too old: $how"
}

build() {
    if [ -n "${BROOK_BIN-}" ] || [ -n "$no_build" ]; then
        [ -n "$dry_run" ] || [ -x "$binary" ] ||
            die "there is no program at $binary: leave out --no-build, or set BROOK_BIN to one"
        return 0
    fi
    if [ -n "$dry_run" ]; then
        say "would build $binary"
        return 0
    fi
    check_swift
    [ -x "$binary" ] || say "building brook; the first time takes some minutes"
    (cd "$ROOT" && swift build -c release --static-swift-stdlib --product brook \
        --explicit-target-dependency-import-check error >&2) || die "the build failed: see the messages above"
}

# --- The instance's processes -----------------------------------------------------------------------------------------------

# Lists the instance's processes, one `pid kind` a line. What belongs to it is asked of the kernel and not of files, which may
# be stale: its working folder is D/run, and its program is one that this script starts.
processes() {
    own=$(stat -c %d:%i "$dir/run" 2>/dev/null || true)
    find /proc/[0-9]*/cwd -maxdepth 0 -printf '%h %l\n' 2>/dev/null |
        while read -r process folder; do
            case $folder in
                # The same path in a container is another folder.
                "$dir/run") [ "$(stat -L -c %d:%i "$process/cwd" 2>/dev/null)" = "$own" ] || continue ;;
                "$dir/run (deleted)") ;;
                *) continue ;;
            esac
            program=$(readlink "$process/exe" 2>/dev/null) || continue
            program=${program% (deleted)}
            words=$({ tr '\000' ' ' <"$process/cmdline"; } 2>/dev/null) || continue
            case ${program##*/}:$words in
                nginx:'nginx: master'*) kind=nginx ;;
                nginx:*) kind=nginx-worker ;;
                multiwatch:* | spawn-fcgi:*) kind=manager ;;
                brook:*' serve '*) kind=worker ;;
                *) continue ;;
            esac
            say "${process#/proc/} $kind"
        done
}

# Signals the instance's processes of one kind; `any` for all.
signal() {
    processes | while read -r pid kind; do
        case $2 in any | "$kind") kill -s "$1" "$pid" 2>/dev/null || true ;; esac
    done
}

await_end() {
    end=$(($(date +%s) + $1))
    while [ -n "$(processes)" ]; do
        [ "$(date +%s)" -lt "$end" ] || return 1
        sleep 0.2
    done
}

# New connections are refused from the start; streams that run get DRAIN seconds.
stop_instance() {
    signal QUIT nginx
    case $(processes) in
        *manager*) signal TERM manager ;;
        # Somebody has killed the manager; its workers went on alone.
        *) signal TERM worker ;;
    esac
    await_end "$1" && return 0
    warn "some processes did not end in $1 s and are killed"
    signal KILL manager
    signal KILL any
    await_end 3 || die "processes of $dir cannot be killed: $(processes | tr '\n' ' ')"
}

# Becomes a command in a session of its own that holds no descriptor of the caller's, whatever number it has. For subshells.
become() {
    if has_command perl; then
        exec setsid perl -MPOSIX -e '
            opendir my $own, "/proc/self/fd"; my @open = grep { /^\d+$/ && $_ > 2 } readdir $own; closedir $own;
            POSIX::close($_) for @open;
            $SIG{$_} = "DEFAULT" for qw(INT QUIT);
            exec { $ARGV[0] } @ARGV; exit 127' "$@"
    else
        exec setsid sh -c 'exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; exec "$@"' sh "$@"
    fi
}

# --- The instance's files -----------------------------------------------------------------------------------------------

# Fills a template in: `filled FILE NAME VALUE …`. What is not named here is nothing (@PREFIX@).
filled() {
    template=$1
    shift
    script=
    while [ $# -gt 0 ]; do
        value=$(printf '%s' "$2" | sed 's/[\\&|]/\\&/g')
        script="$script${script:+;}s|@$1@|$value|g"
        shift 2
    done
    sed "$script${script:+;}s|@PREFIX@||g" "$template"
}

# The path of a Unix socket has at most 107 bytes, and in nginx's configuration no special characters.
choose_socket() {
    socket=$dir/run/brook.sock
    case $socket in *[!A-Za-z0-9._/+@,=-]*) ;; *) [ ${#socket} -gt 107 ] || return 0 ;; esac
    # The same for the same folder and user, whatever session it is started from; $XDG_RUNTIME_DIR ends with the last session.
    runtime=/tmp/brook-$(id -u)-$(printf '%s' "$dir" | cksum | cut -d ' ' -f 1)
    # shellcheck disable=SC2174
    [ -n "$dry_run" ] || mkdir -p -m 700 "$runtime"
    [ -n "$dry_run" ] || { [ -d "$runtime" ] && [ ! -L "$runtime" ] && [ -O "$runtime" ]; } ||
        die "$runtime is not a folder of yours: remove it, or choose a --dir with a shorter path"
    socket=$runtime/brook.sock
    [ ${#socket} -le 107 ] || die "no socket path is short enough: choose a --dir with a path of at most 90 characters"
}

smaller() { if [ "$1" -lt "$2" ]; then echo "$1"; else echo "$2"; fi; }

write_nginx() {
    mkdir -p "$dir/nginx/brook" "$dir/tmp"
    for snippet in "$ROOT"/nginx/snippets/*.conf; do
        filled "$snippet" SOCKET "$socket" PAGE "$dir/page" >"$dir/nginx/brook/${snippet##*/}"
    done
    hard=$(ulimit -Hn)
    [ "$hard" != unlimited ] || hard=65536
    descriptors=$(smaller "$hard" 65536)
    user=
    [ "$(id -u)" != 0 ] || user='user root root;'
    filled "$ROOT/nginx/local.conf" USER "$user" PORT "$port" NGINX_WORKERS "$(smaller "$workers" 8)" \
        DESCRIPTORS "$descriptors" CONNECTIONS "$(smaller "$descriptors" 32768)" >"$dir/nginx/nginx.conf"
}

# The admin page. Workers need not restart for it: nginx reads the files at each request.
write_page() {
    rm -rf "$dir/page.new"
    cp -Rp "$ROOT/nginx/manager" "$dir/page.new"
    rm -rf "$dir/page"
    mv "$dir/page.new" "$dir/page"
}

# What every brook of this instance is started with, ahead of `exec`: what makes it this instance, whatever else the caller
# has in the environment. `write_worker FILE PROGRAM`
write_worker() {
    drain=${BROOK_DRAIN_SECONDS:-$DRAIN}
    case $drain in *[!0-9]*) ;; *) drain=$(smaller "$drain" "$DRAIN") ;; esac
    cat >"$1" <<SCRIPT
#!/bin/sh
# Written by install.sh: one worker of the instance in $dir.
unset BROOK_CONFIG BROOK_DATABASE BROOK_SECRET_KEY_FILE
export BROOK_STATE_DIR=$(quoted "$dir/state") BROOK_DRAIN_SECONDS=$(quoted "$drain")
[ \$# -gt 0 ] || set -- serve
exec $(quoted "$2") "\$@" --config $(quoted "$dir/brook.json")
SCRIPT
    chmod 700 "$1"
}

# Under a new name first: the program may be running.
write_program() {
    strip -o "$dir/bin/brook.new" "$binary" 2>/dev/null || cp "$binary" "$dir/bin/brook.new"
    chmod 700 "$dir/bin/brook.new"
    mv -f "$dir/bin/brook.new" "$dir/bin/brook"
}

# Changes whenever the instance would run differently after a restart.
fingerprint() {
    {
        say "$port $workers $socket"
        cat "$binary" "$0" "$ROOT"/nginx/*.conf "$ROOT"/nginx/snippets/*.conf "$dir/brook.json" 2>/dev/null
        env | grep -E '^(BROOK|AWS)_' | sort
    } | sha256sum | cut -d ' ' -f 1
}

# --- Starting -------------------------------------------------------------------------------------------------------------

# Whether somebody listens on the port of 127.0.0.1 or of all addresses.
port_is_taken() {
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port="$(printf ':%04X' "$port")" '
        $4 == "0A" && substr($2, length($2) - 4) == port {
            address = substr($2, 1, length($2) - 5)
            if (address ~ /^0+$/ || address ~ /0100007F$/) found = 1
        }
        END { exit !found }'
}

is_ready() {
    curl --silent --fail --max-time 2 --noproxy '*' --output /dev/null "http://127.0.0.1:$port/readyz"
}

show_log() {
    for log in brook nginx; do
        [ -s "$dir/log/$log.log" ] || continue
        warn "the end of $dir/log/$log.log:"
        tail -n 15 "$dir/log/$log.log" >&2
    done
}

give_up() {
    warn "$1"
    show_log
    stop_instance 5
    exit 1
}

start_processes() {
    rm -f "$socket"
    (cd "$dir/run" && become "$(command -v nginx)" -p "$dir/" -c "$dir/nginx/nginx.conf" -e log/nginx.log) \
        </dev/null >>"$dir/log/nginx.log" 2>&1 || give_up "nginx does not start"
    (cd "$dir/run" && become "$(command -v spawn-fcgi)" -n -s "$socket" -M 0600 -b 4096 -- \
        "$(command -v multiwatch)" -s TERM -r 1000000 -f "$workers" -- "$dir/run/worker") \
        </dev/null >>"$dir/log/brook.log" 2>&1 &
}

# Not asked before there is a socket, so that a good start leaves no error in nginx's log.
await_ready() {
    end=$(($(date +%s) + READY_LIMIT))
    until [ -S "$socket" ] && is_ready; do
        [ "$(date +%s)" -lt "$end" ] || give_up "brook is not ready after $READY_LIMIT s"
        sleep 0.1
    done
}

report() {
    address=http://127.0.0.1:$port
    cat <<TEXT
Brook $1 at $address
Admin page: $address/manager/ (sign in with the key in $dir/admin.key)
Settings: $dir/brook.json; logs: $dir/log/; stop: $(quoted "$ROOT/install.sh") --local --stop --dir $(quoted "$dir")

Try it:
curl -N $address/v1/chat/completions \\
  -H "Authorization: Bearer \$(cat $(quoted "$dir/admin.key"))" -H 'Content-Type: application/json' \\
  -d '{"model":"demo","stream":true,"messages":[{"role":"user","content":"Hello from the other side of the brook"}]}'
TEXT
}

# Before anything is written: whether D may be written to.
check_folder() {
    # Root would run programs and follow links that somebody else puts there, and leave files that D's owner cannot change.
    [ "$(id -u)" != 0 ] || [ ! -e "$dir" ] || [ -O "$dir" ] ||
        die "$dir belongs to $(stat -L -c %U -- "$dir"): run this as that user, or choose another folder with --dir"
    # An instance has a lock, and one that was put back from a backup its database.
    if [ -f "$dir/run/lock" ] || [ -f "$dir/state/brook.db" ]; then return 0; fi
    # nginx takes these for variables, quotes and patterns in the paths of D's files.
    case $(realpath -m -- "$dir") in
        *[\"\$\\\[*?]*) die "the path $dir has one of \" \$ \\ [ * ? in it, which nginx does not take: choose another with --dir" ;;
    esac
    for name in bin log nginx page run tmp; do
        [ ! -e "$dir/$name" ] ||
            die "$dir is no instance, and $name in it would be written over: choose another folder with --dir"
    done
}

make_folders() {
    mkdir -p "$dir" 2>/dev/null && [ -w "$dir" ] || die "$dir cannot be written: choose another folder with --dir"
    dir=$(CDPATH='' cd -- "$dir" && pwd -P)
    mkdir -p "$dir/bin" "$dir/run" "$dir/log" "$dir/tmp" "$dir/state" "$dir/nginx"
    # One start or stop at a time in a folder; the descriptor is closed in all that is started.
    exec 9>"$dir/run/lock"
    flock -w 60 9 || die "another install.sh is at work in $dir"
    [ -e "$dir/brook.json" ] || say '{}' >"$dir/brook.json"
}

start_local() {
    check_folder
    install_packages
    build
    if [ -n "$dry_run" ]; then
        choose_socket
        say "would make $dir with a database, an admin key, a group and the model demo"
        say "would start $workers workers on $socket, and nginx on 127.0.0.1:$port"
        return 0
    fi
    umask 077
    make_folders
    choose_socket
    write_page
    mark=$(fingerprint)
    if [ -n "$(processes)" ] && [ "$(cat "$dir/run/fingerprint" 2>/dev/null)" = "$mark" ] && is_ready; then
        report "is running already"
        return 0
    fi
    # What can be found wrong is found before anything that runs is ended.
    old_port=$(sed -n 's/.*listen 127.0.0.1:\([0-9]*\).*/\1/p' "$dir/nginx/nginx.conf" 2>/dev/null || true)
    [ -n "$(processes)" ] && [ "$old_port" = "$port" ] || ! port_is_taken ||
        die "port $port is taken by another program: choose one with --port"
    # Not yet by the names that an instance which runs starts its workers from.
    write_worker "$dir/run/check" "$binary"
    "$dir/run/check" check-config 9>&- >/dev/null || die "a setting is wrong: see above"
    rm -f "$dir/run/check"
    if [ -n "$(processes)" ]; then
        say "the program or a setting has changed: restarting"
        stop_instance "$STOP_LIMIT"
        ! port_is_taken || die "port $port is taken by another program: choose one with --port"
    fi
    rm -f "$dir/run/fingerprint"
    write_program
    write_worker "$dir/run/worker" "$dir/bin/brook"
    write_nginx
    nginx -t -q -p "$dir/" -c "$dir/nginx/nginx.conf" -e "$dir/log/nginx.log" 9>&- ||
        die "nginx refuses $dir/nginx/nginx.conf: see its message above"
    "$dir/run/worker" bootstrap --admin-key-file "$dir/admin.key" 9>&- || die "the database cannot be prepared: see above"
    start_processes
    await_ready
    say "$mark" >"$dir/run/fingerprint"
    report "is running"
}

stop_local() {
    # Who may not look into D would hear that nothing runs.
    case $(ls -d -- "$dir/run/lock" 2>&1) in
        *'Permission denied') die "you may not look into $dir: run this as its owner, or with sudo" ;;
    esac
    if [ -n "$dry_run" ]; then
        say "would end: $(processes | tr '\n' ' ')"
        return 0
    fi
    [ ! -d "$dir" ] || dir=$(CDPATH='' cd -- "$dir" && pwd -P)
    if [ -f "$dir/run/lock" ]; then
        # Only read: root may end an instance of somebody else, who could have made it a link.
        exec 9<"$dir/run/lock"
        flock -w 5 9 || die "another install.sh is at work in $dir"
    fi
    if [ -z "$(processes)" ]; then
        say "nothing is running in $dir"
        return 0
    fi
    stop_instance "$STOP_LIMIT"
    choose_socket
    rm -f "$dir/run/fingerprint" "$socket"
    [ "${socket%/*}" = "$dir/run" ] || rmdir "${socket%/*}" 2>/dev/null || true
    say "stopped"
}

# --- Options ------------------------------------------------------------------------------------------------------------

mode=
stop=
no_build=
dry_run=
with_tests=
dir=$ROOT/.local
port=8080
workers=
form=
server_name=
certificate=
certificate_key=
self_signed=
prefix=
prefix_given=
prebuilt=
service=
destdir=
uninstall=
purge=

# A whole number in a range: `number NAME VALUE LOW HIGH`.
number() {
    case $2 in '' | *[!0-9]* | ???????*) misuse "$1 is \"$2\": give a whole number from $3 to $4" ;; esac
    { [ "$2" -ge "$3" ] && [ "$2" -le "$4" ]; } || misuse "$1 is \"$2\": give a whole number from $3 to $4"
}

while [ $# -gt 0 ]; do
    option=$1
    shift
    case $option in
        --dir | --port | --workers | --server-name | --certificate | --certificate-key | --prefix | --prebuilt | --service | \
            --destdir)
            [ $# -gt 0 ] || misuse "$option needs a value"
            value=$1
            shift
            ;;
        --dir=* | --port=* | --workers=* | --server-name=* | --certificate=* | --certificate-key=* | --prefix=* | \
            --prebuilt=* | --service=* | --destdir=*)
            value=${option#*=}
            option=${option%%=*}
            ;;
    esac
    case $option in
        --local) mode=local ;;
        --build) mode=build ;;
        --dist) mode=dist ;;
        --packages) mode=packages ;;
        --server-name)
            form=site
            server_name=$value
            ;;
        --snippet) form=snippet ;;
        --certificate) certificate=$value ;;
        --certificate-key) certificate_key=$value ;;
        --self-signed) self_signed=1 ;;
        --prefix)
            prefix=$value
            prefix_given=1
            ;;
        --prebuilt) prebuilt=$value ;;
        --service) service=$value ;;
        --destdir) destdir=${value%/} ;;
        --uninstall) uninstall=1 ;;
        --purge) purge=1 ;;
        --test) with_tests='test' ;;
        --stop) stop=1 ;;
        --no-build) no_build=1 ;;
        --dry-run) dry_run=1 ;;
        --dir) dir=$value ;;
        --port) port=$value ;;
        --workers) workers=$value ;;
        --help | -h)
            usage
            exit 0
            ;;
        *) misuse "there is no option $option" ;;
    esac
done

[ -n "$workers" ] || workers=$(smaller "$(nproc 2>/dev/null || echo 1)" 256)
number --port "$port" 1024 65535
number --workers "$workers" 1 256
[ -n "$dir" ] || misuse "--dir is empty: give a folder"
case $dir in
    *'
'*) misuse "--dir has a line break in it: give another folder" ;;
    /*) ;;
    *) dir=$(pwd -P)/$dir ;;
esac
binary=${BROOK_BIN:-$ROOT/.build/release/brook}
case $binary in /*) ;; *) binary=$(pwd -P)/$binary ;; esac

for part in files program nginx service system; do
    # shellcheck disable=SC1090
    . "$ROOT/scripts/install/$part.sh"
done
case $prebuilt in
    '' | /*) ;;
    *) prebuilt=$(pwd -P)/$prebuilt ;;
esac
[ -z "$purge" ] || [ -n "$uninstall" ] || misuse "--purge goes with --uninstall"

case $mode:$stop:$uninstall in
    local::) start_local ;;
    local:1:) stop_local ;;
    build::) build ;;
    dist::) make_tarball ;;
    packages::) install_packages "$with_tests" ;;
    ::) install_system ;;
    ::1) uninstall_system ;;
    *) misuse "these options do not go together" ;;
esac
