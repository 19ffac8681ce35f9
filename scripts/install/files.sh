# shellcheck shell=sh
# Puts files in their places: never over one that somebody has edited, and so that all of it can be taken back.
#
# $record is the list of what was put where: `SHA-256  PATH` a line, of the content as it was put. A file whose content is not
# what stands there has been edited.

record=
undo=

# Where a path is in this installation.
at() { printf '%s%s' "$destdir" "$1"; }

begin_files() {
    record=$(at /usr/local/lib/brook/installed.sha256)
    make_scratch
    guard_files
    undo=$scratch/undo
    mkdir -p "$undo"
    : >"$scratch/new-record"
    : >"$undo/list"
    changes=0
}

# Programs that are not installed yet run from there, which a /tmp that is mounted noexec does not let.
make_scratch() {
    scratch=$(mktemp -d)
    if ! programs_run_in "$scratch" && elsewhere=$(mktemp -d -p /usr/local 2>/dev/null); then
        rm -rf "$scratch"
        scratch=$elsewhere
    fi
}

programs_run_in() {
    printf '#!/bin/sh\n' >"$1/try"
    chmod 700 "$1/try"
    "$1/try" 2>/dev/null
}

# However this ends before finish_files: the files are as they were.
guard_files() {
    trap 'take_back; rm -rf "$scratch"' EXIT
    trap 'exit 1' HUP INT TERM
}

digest() { sha256sum <"$1" | cut -d ' ' -f 1; }
# With fixed words, since a path may hold characters of patterns.
recorded() { [ ! -r "$record" ] || awk -v path="$1" 'substr($0, 67) == path { print substr($0, 1, 64) }' "$record"; }
remember() { printf '%s  %s\n' "$1" "$2" >>"$scratch/new-record"; }

# Before a path is changed: keeps what is there, or that nothing is.
keep_for_undo() {
    number=$(wc -l <"$undo/list")
    if [ -e "$(at "$1")" ] || [ -L "$(at "$1")" ]; then
        cp -a "$(at "$1")" "$undo/$number"
        printf 'had %s %s\n' "$number" "$1" >>"$undo/list"
    else
        printf 'new %s %s\n' "$number" "$1" >>"$undo/list"
    fi
}

# Puts every changed path back to what it was, the last change first.
take_back() {
    [ -n "$undo" ] && [ -s "$undo/list" ] || return 0
    sort -k 2,2nr "$undo/list" | while read -r was number path; do
        rm -rf "$(at "$path")"
        [ "$was" = new ] || cp -a "$undo/$number" "$(at "$path")"
    done
    : >"$undo/list"
}

told() {
    changes=$((changes + 1))
    say "$*"
}

make_folder() {
    folder=$1
    mode=$2
    owner=$3
    if [ -d "$(at "$folder")" ]; then return 0; fi
    if [ -n "$dry_run" ]; then
        told "would make $folder"
        return 0
    fi
    mkdir -p "$(at "$folder")"
    chmod "$mode" "$(at "$folder")"
    own "$owner" "$(at "$folder")"
    told "made      $folder"
}

# Owners are users of this host: in another root they come when brook is installed there.
own() { [ -n "$destdir" ] || chown "$1" "$2"; }

write_over() {
    mkdir -p "$(dirname -- "$(at "$2")")"
    cp "$1" "$(at "$2").brook-tmp"
    chmod "$3" "$(at "$2").brook-tmp"
    own "$4" "$(at "$2").brook-tmp"
    mv -f "$(at "$2").brook-tmp" "$(at "$2")"
}

# `place CONTENT PATH MODE OWNER`: CONTENT is a file.
place() {
    content=$1
    path=$2
    new=$(digest "$content")
    old=$(recorded "$path")
    remember "$new" "$path"
    if [ ! -e "$(at "$path")" ] && [ ! -L "$(at "$path")" ]; then
        if [ -n "$dry_run" ]; then
            told "would make $path"
            return 0
        fi
        keep_for_undo "$path"
        write_over "$content" "$path" "$3" "$4"
        told "made      $path"
        return 0
    fi
    now=$(digest "$(at "$path")")
    if [ "$now" = "$new" ]; then
        say "unchanged $path"
    elif [ "$now" = "$old" ]; then
        if [ -n "$dry_run" ]; then
            told "would update $path"
            return 0
        fi
        keep_for_undo "$path"
        write_over "$content" "$path" "$3" "$4"
        told "updated   $path"
    elif [ "$new" = "$old" ]; then
        say "unchanged $path (yours)"
    else
        place_beside "$content" "$path" "$3" "$4"
    fi
}

# logrotate reads whatever is in its folder, but not what ends in ~.
place_beside() {
    beside=$2.brook-new
    case $2 in */logrotate.d/*) beside=$beside~ ;; esac
    if [ -n "$dry_run" ]; then
        told "would keep $2, which is edited, and write $beside"
        return 0
    fi
    if [ -e "$(at "$beside")" ] && [ "$(digest "$(at "$beside")")" = "$(digest "$1")" ]; then
        say "unchanged $2 (yours; ours is $beside)"
        return 0
    fi
    keep_for_undo "$beside"
    write_over "$1" "$beside" "$3" "$4"
    told "kept      $2, which is edited; the new one is $beside: compare, and remove one of them"
}

# `place_link PATH TARGET`
place_link() {
    remember "$(printf 'link %s' "$2" | sha256sum | cut -d ' ' -f 1)" "$1"
    if [ "$(readlink "$(at "$1")" 2>/dev/null)" = "$2" ]; then
        say "unchanged $1"
        return 0
    fi
    if [ -n "$dry_run" ]; then
        told "would link $1 to $2"
        return 0
    fi
    [ ! -e "$(at "$1")" ] || [ -L "$(at "$1")" ] || die "$1 is there and is not a link of brook's: move it away"
    keep_for_undo "$1"
    mkdir -p "$(dirname -- "$(at "$1")")"
    ln -sfn "$2" "$(at "$1")"
    told "linked    $1 -> $2"
}

# Removes a file that was put there, unless it is edited.
take_away() {
    path=$1
    if [ ! -e "$(at "$path")" ] && [ ! -L "$(at "$path")" ]; then return 0; fi
    if [ ! -L "$(at "$path")" ] && [ "$(digest "$(at "$path")")" != "$2" ] && [ -z "${purge-}" ]; then
        told "kept      $path, which is edited"
        return 0
    fi
    if [ -n "$dry_run" ]; then
        told "would remove $path"
        return 0
    fi
    keep_for_undo "$path"
    rm -f "$(at "$path")"
    told "removed   $path"
}

# What an earlier installation put there and this one did not; with `nginx` or `host` only what is nginx's, or is not.
take_away_the_rest() {
    [ -r "$record" ] || return 0
    cp "$record" "$scratch/old-record"
    while read -r sum path; do
        case ${1-all}:$path in
            nginx:/etc/nginx/* | all:*) ;;
            nginx:* | host:/etc/nginx/*) continue ;;
        esac
        awk -v path="$path" 'substr($0, 67) == path { found = 1 } END { exit !found }' "$scratch/new-record" ||
            take_away "$path" "$sum"
    done <"$scratch/old-record"
}

finish_files() {
    : >"$undo/list"
    [ -z "$dry_run" ] || return 0
    if [ -e "$record" ] && cmp -s "$scratch/new-record" "$record"; then return 0; fi
    mkdir -p "$(dirname -- "$record")"
    cp "$scratch/new-record" "$record"
}
