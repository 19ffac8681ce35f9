# shellcheck shell=sh
# The service that runs the workers: units of systemd, or an init script with the same verbs.

place_service() {
    nginx_group=$(nginx_group)
    filled "$source/scripts/service/brook.default" WORKERS "$workers" NGINX_GROUP "$nginx_group" >"$scratch/default"
    place_default
    place_link /usr/local/sbin/brook-service "$LIBRARY/current/brook-service"
    if [ "$service" = systemd ]; then
        filled "$source/scripts/service/brook.service" NGINX_GROUP "$nginx_group" >"$scratch/unit"
        place "$scratch/unit" /etc/systemd/system/brook.service 644 root:root
        for unit in brook-backup.service brook-backup.timer; do
            place "$source/scripts/service/$unit" "/etc/systemd/system/$unit" 644 root:root
        done
    else
        place "$source/scripts/service/brook.init" /etc/init.d/brook 755 root:root
        place "$source/scripts/service/brook.cron" /etc/cron.d/brook 644 root:root
        place "$source/scripts/service/brook.logrotate" /etc/logrotate.d/brook 644 root:root
    fi
}

# May hold credentials, so that it is the host's own as soon as it is there.
place_default() {
    path=/etc/default/brook
    if [ -e "$(at "$path")" ]; then
        say "unchanged $path (yours)"
    elif [ -n "$dry_run" ]; then
        told "would make $path"
    else
        keep_for_undo "$path"
        write_over "$scratch/default" "$path" 640 root:brook
        told "made      $path"
    fi
}

place_settings() {
    path=/etc/brook/brook.json
    if [ -e "$(at "$path")" ]; then
        say "unchanged $path (yours)"
    elif [ -n "$dry_run" ]; then
        told "would make $path"
    else
        say '{}' >"$scratch/settings"
        keep_for_undo "$path"
        write_over "$scratch/settings" "$path" 640 root:brook
        told "made      $path"
    fi
}

ensure_user() {
    [ -z "$destdir" ] || return 0
    if getent passwd brook >/dev/null; then return 0; fi
    if [ -n "$dry_run" ]; then
        told "would make the system user brook"
        return 0
    fi
    useradd --system --user-group --home-dir /var/lib/brook --no-create-home --shell /usr/sbin/nologin brook ||
        die "the system user brook cannot be made: see above"
    told "made      the system user brook"
}

place_folders() {
    make_folder /var/lib/brook 700 brook:brook
    make_folder /var/backups/brook 700 brook:brook
    make_folder /etc/brook 755 root:root
    [ "$service" = systemd ] || make_folder /var/log/brook 750 brook:adm
}

enable_service() {
    if [ "$service" = systemd ]; then
        systemctl daemon-reload
        systemctl enable -q brook.service
        systemctl enable -q --now brook-backup.timer
    else
        if has_command update-rc.d; then update-rc.d brook defaults >/dev/null 2>&1 || true; fi
        has_command cron || [ -x /usr/sbin/cron ] || say "there is no cron, so no nightly backup: apt-get install cron"
    fi
}

disable_service() {
    if [ "$service" = systemd ]; then
        systemctl disable -q --now brook.service brook-backup.timer || true
    elif has_command update-rc.d; then
        update-rc.d -f brook remove >/dev/null 2>&1 || true
    fi
}

# Runs a command of the program as the service does: with what the defaults file sets, and nothing of root's environment.
as_brook() {
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/var/lib/brook LC_ALL=C \
        setpriv --reuid brook --regid brook --init-groups --no-new-privs -- \
        sh -c 'set -a; [ ! -r "$0" ] || . "$0"; set +a; exec "$@"' /etc/default/brook "$@"
}

# `brook-service VERB…` of the version that is current.
service_do() { "$LIBRARY/current/brook-service" "$@" 9>&-; }
