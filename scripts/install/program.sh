# shellcheck shell=sh
# The program of an installation: from this source tree, or from a tarball that `install.sh --dist` made elsewhere.

LIBRARY=/usr/local/lib/brook
version=
# The folder that program, page, nginx files and service come from.
source=

libraries_of() { ldd "$1" 2>/dev/null | sed -n 's/^[[:space:]]*\([^ ]*\) => not found.*/\1/p'; }

# The packages of a program's libraries.
missing_libraries() {
    for library in $(libraries_of "$1"); do
        case $library in
            libfcgi.so.*) printf 'libfcgi0ldbl ' ;;
            libsqlite3.so.*) printf 'libsqlite3-0 ' ;;
            libcurl.so.*) printf 'libcurl4 ' ;;
            libstdc++.so.*) printf 'libstdc++6 ' ;;
            *) die "the program needs $library, which this host does not have: build it on a host like this one" ;;
        esac
    done
}

# The packages that run brook, those of its libraries among them.
missing_for_running() {
    has_command nginx || printf 'nginx '
    has_command spawn-fcgi || printf 'spawn-fcgi '
    has_command multiwatch || printf 'multiwatch '
    has_command openssl || printf 'openssl '
    [ -s /etc/ssl/certs/ca-certificates.crt ] || printf 'ca-certificates '
    missing_libraries "$1"
}

# Sets $source to a folder with a program that is whole.
find_program() {
    if [ -n "$prebuilt" ]; then
        unpack
    elif [ -f "$ROOT/SHA256SUMS" ] && [ -x "$ROOT/brook" ]; then
        source=$ROOT
        check_sums "$ROOT"
    else
        source=$scratch/tree
        build
        [ -z "$dry_run" ] || [ -x "$binary" ] || return 0
        gather "$source"
    fi
    version=$(name_version "$source")
}

check_sums() {
    (cd "$1" && sha256sum --check --strict --quiet SHA256SUMS >/dev/null 2>&1) ||
        die "$1 is damaged or changed: its files do not have the checksums in SHA256SUMS. Fetch it again"
    # Nothing that the list does not name.
    (cd "$1" && find . -type f ! -name SHA256SUMS | sort) >"$scratch/there"
    sed 's/^[0-9a-f]*  //' "$1/SHA256SUMS" | sort >"$scratch/named"
    cmp -s "$scratch/there" "$scratch/named" || die "$1 has files that SHA256SUMS does not name: fetch it again"
}

unpack() {
    [ -r "$prebuilt" ] || die "--prebuilt $prebuilt cannot be read: give a file that \`make dist\` made"
    if [ -r "$prebuilt.sha256" ]; then
        wanted=$(cut -c 1-64 "$prebuilt.sha256")
        [ "$(digest "$prebuilt")" = "$wanted" ] || die "$prebuilt is not what $prebuilt.sha256 says: fetch it again"
    fi
    programs_run_in "$scratch" ||
        die "no program may run in ${TMPDIR:-/tmp}, which is mounted noexec: set TMPDIR to a folder where they may"
    mkdir "$scratch/unpacked"
    tar -xzf "$prebuilt" -C "$scratch/unpacked" --no-same-owner 2>/dev/null ||
        die "$prebuilt is damaged, or no tarball of \`make dist\`: fetch it again"
    source=$(find "$scratch/unpacked" -mindepth 1 -maxdepth 1 -type d -name 'brook-*')
    [ -n "$source" ] && [ -f "$source/SHA256SUMS" ] && [ -x "$source/brook" ] ||
        die "$prebuilt is no tarball of \`make dist\`: it has no brook-VERSION/brook with SHA256SUMS"
    check_sums "$source"
    # shellcheck disable=SC2046
    [ -n "$dry_run" ] || [ -n "$(libraries_of "$source/brook")" ] || "$source/brook" version >/dev/null 2>&1 ||
        die "the program in $prebuilt does not run here: is it for $(uname -m)?"
}

# All that an installation needs, in a folder: what is also in a tarball.
gather() {
    mkdir -p "$1/nginx" "$1/scripts" "$1/docs"
    strip -o "$1/brook" "$binary" 2>/dev/null || cp "$binary" "$1/brook"
    chmod 755 "$1/brook"
    cp "$ROOT/install.sh" "$ROOT/LICENSE" "$ROOT/README.md" "$ROOT/CHANGELOG.md" "$1/"
    cp -R "$ROOT/scripts/install" "$ROOT/scripts/service" "$1/scripts/"
    cp -R "$ROOT/nginx/." "$1/nginx/"
    cp -R "$ROOT/docs/." "$1/docs/"
}

# VERSION-HASH: two builds of one version are two, so that each can be rolled back to.
name_version() {
    # Without its libraries it cannot say; they may come with the packages, later.
    number=$(libraries_are_there "$1/brook" && "$1/brook" version 2>/dev/null | sed -n 's/^brook //p' || true)
    [ -n "$number" ] || number=$(sed -n 's/^## \([0-9.]*\).*/\1/p' "$1/CHANGELOG.md" | head -n 1)
    sum=$(cd "$1" && find brook nginx/manager scripts/service/brook-service -type f 2>/dev/null | LC_ALL=C sort |
        xargs sha256sum | sha256sum | cut -c 1-8)
    printf '%s-%s' "$number" "$sum"
}

libraries_are_there() { [ -z "$(libraries_of "$1")" ]; }

# Puts the version's folder beside the others; nothing uses it yet.
place_version() {
    folder=$LIBRARY/$version
    if [ -x "$(at "$folder/brook")" ]; then
        say "unchanged $folder"
        return 0
    fi
    if [ -n "$dry_run" ]; then
        told "would install version $version in $folder"
        return 0
    fi
    mkdir -p "$(at "$LIBRARY")"
    rm -rf "$(at "$folder").new"
    mkdir "$(at "$folder").new"
    cp "$source/brook" "$source/scripts/service/brook-service" "$(at "$folder").new/"
    chmod 755 "$(at "$folder").new/brook" "$(at "$folder").new/brook-service"
    mkdir "$(at "$folder").new/manager"
    [ ! -d "$source/nginx/manager" ] || cp -R "$source/nginx/manager/." "$(at "$folder").new/manager/"
    # nginx's workers read the page.
    chmod -R u=rwX,go=rX "$(at "$folder").new"
    mv "$(at "$folder").new" "$(at "$folder")"
    told "made      $folder"
}

# dist/brook-VERSION-linux-ARCH.tar.gz: for hosts without Swift.
make_tarball() {
    begin_files
    build
    if [ -n "$dry_run" ]; then
        say "would make a tarball in $ROOT/dist"
        return 0
    fi
    number=$("$binary" version | sed -n 's/^brook //p')
    name=brook-$number-linux-$(uname -m)
    gather "$scratch/$name"
    (cd "$scratch/$name" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs -d '\n' sha256sum >"$scratch/sums")
    mv "$scratch/sums" "$scratch/$name/SHA256SUMS"
    dist_folder=${destdir:-$ROOT/dist}
    mkdir -p "$dist_folder"
    # The same files give the same tarball.
    tar --sort=name --owner=0 --group=0 --numeric-owner --mtime='UTC 2020-01-01' -C "$scratch" -cf - "$name" |
        gzip -9n >"$dist_folder/$name.tar.gz"
    (cd "$dist_folder" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
    say "$dist_folder/$name.tar.gz"
}
