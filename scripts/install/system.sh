# shellcheck shell=sh
# `./install.sh`: Brook as a service of this host, in a site of its nginx or inside one that is there. Run again it changes
# what differs, and upgrades without a failed request; every step that fails puts back what it changed.

OPTIONS=/usr/local/lib/brook/options

# An installation is known by the options that it was made with; a later run without options takes them.
read_options() {
    [ -r "$(at "$OPTIONS")" ] || return 0
    while IFS='=' read -r name value; do
        case $name in
            form) [ -n "$form" ] || form=$value ;;
            prefix) [ -n "$prefix_given" ] || [ "$form" != snippet ] || prefix=$value ;;
            server_name) [ -n "$server_name" ] || server_name=$value ;;
            self_signed) [ -n "$certificate" ] || self_signed=$value ;;
            certificate) [ -n "$certificate$self_signed" ] || certificate=$value ;;
            certificate_key) [ -n "$certificate_key" ] || [ -n "$self_signed" ] || certificate_key=$value ;;
            service) [ -n "$service" ] || service=$value ;;
        esac
    done <"$(at "$OPTIONS")"
}

write_options() {
    [ -z "$dry_run" ] || return 0
    mkdir -p "$(dirname -- "$(at "$OPTIONS")")"
    {
        say "form=$form"
        say "prefix=$prefix"
        say "server_name=$server_name"
        say "self_signed=$self_signed"
        [ -n "$self_signed" ] || say "certificate=$certificate"
        [ -n "$self_signed" ] || say "certificate_key=$certificate_key"
        say "service=$service"
    } >"$(at "$OPTIONS")"
}

# What stands in an nginx configuration must be nothing but what it is meant to be.
check_options() {
    case $form in
        site)
            [ -n "$server_name" ] || misuse "a site needs --server-name NAME, or use --snippet"
            case $server_name in
                *[!A-Za-z0-9.-]* | -* | .*) misuse "--server-name is \"$server_name\": give one host name" ;;
            esac
            [ -z "$prefix" ] || misuse "--prefix goes with --snippet: a site of its own has none"
            if [ -z "$self_signed" ]; then
                [ -n "$certificate" ] && [ -n "$certificate_key" ] ||
                    misuse "a site needs --certificate FILE and --certificate-key FILE, or --self-signed"
            fi
            for file in "$certificate" "$certificate_key"; do
                case $file in
                    '') ;;
                    *[!A-Za-z0-9._/+@,=-]*) misuse "\"$file\" has characters that nginx would not take: rename it" ;;
                    /*) ;;
                    *) misuse "\"$file\" is relative: give an absolute path" ;;
                esac
            done
            ;;
        snippet)
            case $prefix in
                '') ;;
                *[!A-Za-z0-9_/-]* | *//* | */) misuse "--prefix is \"$prefix\": give a path such as /brook" ;;
                /*) ;;
                *) misuse "--prefix is \"$prefix\": give a path such as /brook" ;;
            esac
            ;;
        *) misuse "say where: --server-name NAME (a site of its own) or --snippet (in a server block that is there)" ;;
    esac
    case $service in
        '' | systemd | init) ;;
        *) misuse "--service is \"$service\": give systemd or init" ;;
    esac
    case $destdir in
        '' | /*) ;;
        *) misuse "--destdir is \"$destdir\": give an absolute path" ;;
    esac
}

need_root() {
    [ -n "$destdir" ] || [ -n "$dry_run" ] || [ "$(id -u)" = 0 ] ||
        die "this changes the system: run it with sudo, or --local to run brook for you alone"
}

choose_service() {
    [ -z "$service" ] || return 0
    if has_systemd; then service=systemd; else service=init; fi
}

lock_system() {
    [ -z "$destdir$dry_run" ] || return 0
    exec 9>/run/brook-install.lock
    flock -w 5 9 || die "another install.sh is at work"
}

install_system() {
    # Whatever root's is: brook runs what is installed, and nginx's workers read the page. Secrets get modes of their own.
    umask 022
    read_options
    check_options
    need_root
    lock_system
    begin_files
    choose_service
    find_program
    if [ -z "$destdir" ] && [ -d "$source" ]; then
        # By itself: what fails inside an argument would not end this.
        needed=$(missing_for_running "$source/brook")
        install_these "$needed"
    fi
    # Installing packages has a guard of its own.
    guard_files
    if [ ! -d "$source" ]; then
        # A dry run without a built program: the rest can be told from this tree.
        source=$ROOT
        version=unbuilt
    fi
    # A library may have come with the packages, and the program can only now say what it is.
    [ "$version" = unbuilt ] || version=$(name_version "$source")
    if [ "$form" = site ]; then
        if [ -n "$self_signed" ]; then make_certificate; else check_certificate; fi
    fi
    ensure_user
    place_folders
    place_settings
    place_version
    place_service
    place_link /usr/local/bin/brook "$LIBRARY/current/brook"
    place_link /usr/local/share/brook/manager "$LIBRARY/current/manager"
    place "$source/docs/operations.md" /usr/local/share/doc/brook/operations.md 644 root:root
    place_nginx_files
    take_away_the_rest
    if [ -n "$destdir$dry_run" ]; then
        [ -n "$dry_run" ] || [ -L "$(at "$LIBRARY/current")" ] || ln -s "$version" "$(at "$LIBRARY/current")"
        finish_files
        write_options
        say_summary
        return 0
    fi
    check_nginx
    check_inclusion
    run_version
    # It serves, so its files stay, whatever becomes of nginx.
    finish_files
    write_options
    if [ "$changes" -gt 0 ]; then reload_nginx; fi
    say_summary
    examine
}

# Starts this version, or has it take over from the one that runs. Whatever fails here puts the files back.
run_version() {
    # An interruption waits for the end of what is going on here, which then stands or is put back. With a handler, since
    # workers would inherit that signals are ignored.
    trap : HUP INT TERM
    first=
    [ -L "$LIBRARY/current" ] || first=1
    if [ -n "$first" ]; then ln -s "$version" "$LIBRARY/current"; fi
    {
        prepare_database && enable_service && take_over
    } || {
        if [ -n "$first" ]; then
            service_do stop || true
            disable_service
            rm -f "$LIBRARY/current"
        fi
        take_back
        [ "$service" != systemd ] || systemctl daemon-reload
        die "$version does not serve, see above. Every file is as it was"
    }
}

prepare_database() {
    holds=$(as_brook "$LIBRARY/$version/brook" check-config --config /etc/brook/brook.json) || return 1
    # Made once: an upgrade finds its database, and changes the schema itself when its workers start. Not judged by the key
    # file, which an administrator may have moved away.
    [ ! -e "$(say "$holds" | sed -n 's/^database  *\(.*[^ ]\)  *(.*)$/\1/p')" ] || return 0
    as_brook "$LIBRARY/$version/brook" bootstrap --config /etc/brook/brook.json --admin-key-file /var/lib/brook/admin.key
}

take_over() {
    if [ "$(readlink "$LIBRARY/current")" = "$version" ]; then
        if service_do status >/dev/null 2>&1; then
            say "unchanged brook runs, version $version"
        else
            service_do start || return 1
            changes=$((changes + 1))
        fi
        return 0
    fi
    # The new version's own script, which may know better.
    "$LIBRARY/$version/brook-service" upgrade "$version" 9>&- || return 1
    service_do status >/dev/null 2>&1 || service_do start || return 1
    changes=$((changes + 1))
}

say_summary() {
    if [ "$changes" = 0 ]; then
        say "nothing to do: brook $version is installed"
        return 0
    fi
    [ -z "$dry_run" ] || return 0
    cat <<TEXT

Brook $version is installed${destdir:+ in $destdir}.
$(say_address)
First admin key: /var/lib/brook/admin.key (sudo cat it; hand out others from there on)
Settings: /etc/brook/brook.json, /etc/default/brook. Service: brook-service --help. Roll back: brook-service rollback
TEXT
}

say_address() {
    if [ "$form" = site ]; then
        say "Address: https://$server_name/v1/, page: https://$server_name/manager/"
    else
        say "In the server block that shall have it, add the line:  include brook/server.conf;"
        say "then nginx -t and reload. Address: https://YOUR-SERVER$prefix/v1/"
    fi
}

# What is not as it should be, without the network: an installation does not depend on a provider.
examine() {
    LC_ALL=C "$LIBRARY/current/brook" doctor --offline --config /etc/brook/brook.json --socket /run/brook/brook.sock |
        grep -v '^ok ' || true
}

# --- The way back ---------------------------------------------------------------------------------------------------

uninstall_system() {
    read_options
    need_root
    lock_system
    begin_files
    choose_service
    if [ ! -r "$record" ]; then
        say "brook is not installed${destdir:+ in $destdir}"
        [ -n "$purge" ] || return 0
    fi
    # nginx first, and only if it goes on without: nothing is passed to workers that are gone.
    take_away_the_rest nginx
    if [ -z "$dry_run$destdir" ] && has_command nginx && ! nginx -t -q 2>"$scratch/nginx-says"; then
        cat "$scratch/nginx-says" >&2
        take_back
        die "nginx still needs brook's files, see above: remove \`include brook/…\` from your server blocks, and run this again"
    fi
    reload_nginx
    if [ -z "$dry_run$destdir" ]; then
        [ ! -x "$LIBRARY/current/brook-service" ] || service_do stop
        # While systemd has the units' files.
        disable_service
    fi
    take_away_the_rest host
    [ "$service" != systemd ] || [ -n "$dry_run$destdir" ] || systemctl daemon-reload
    : >"$undo/list"
    remove_folders
    say "brook is uninstalled$([ -n "$purge" ] || echo '; its data stays in /var/lib/brook, /var/backups/brook and /etc/brook')"
}

remove_folders() {
    set -- "$LIBRARY" /run/brook
    [ -z "$purge" ] || set -- "$@" /var/lib/brook /var/backups/brook /var/log/brook /etc/brook /etc/default/brook
    for path in "$@"; do
        [ -e "$(at "$path")" ] || continue
        if [ -n "$dry_run" ]; then
            say "would remove $path"
        else
            rm -rf "$(at "$path")"
            say "removed   $path"
        fi
    done
    [ -z "$dry_run" ] || return 0
    for path in /etc/nginx/brook /usr/local/share/brook /usr/local/share/doc/brook; do
        rmdir "$(at "$path")" 2>/dev/null || true
    done
    if [ -n "$purge" ] && [ -z "$destdir" ] && getent passwd brook >/dev/null; then
        remove_user
    fi
}

# A worker that has just ended is the user's until its parent has taken note.
remove_user() {
    tries=0
    until why=$(userdel brook 2>&1); do
        tries=$((tries + 1))
        if [ "$tries" -ge 20 ]; then
            say "kept      the system user brook: $why; end that, then: userdel brook"
            return
        fi
        sleep 0.5
    done
    say "removed   the system user brook"
}
