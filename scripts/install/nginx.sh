# shellcheck shell=sh
# The files of the system's nginx, and its reload.

has_systemd() { [ -z "$destdir" ] && [ -d /run/systemd/system ]; }

# What nginx goes by now; empty when it cannot say.
nginx_dump() { [ -n "$destdir" ] || nginx -T 2>/dev/null || true; }

# The group of nginx's workers: `user NAME [GROUP];`
nginx_group() {
    group=$(nginx_dump | sed -n 's/^[[:space:]]*user[[:space:]]\{1,\}\([^;]*\);.*/\1/p' | head -n 1 | awk '{ print $NF }')
    printf '%s' "${group:-www-data}"
}

# HTTP/2 is a property of an address, not of a site: where another site has the port without it, it stays without.
others_have_http1() {
    nginx_dump | awk '
        /^# configuration file / { own = ($0 ~ /\/sites-(available|enabled)\/(zz-)?brook/) }
        !own && /^[[:space:]]*listen[[:space:]].*443.*ssl/ { if (/http2/) two = 1; else one = 1 }
        END { exit !(one && !two) }'
}

has_ipv6() { [ -e /proc/net/if_inet6 ]; }

# A file of ours for this host: `made_for_host FILE` in $source/nginx.
made_for_host() {
    filled "$source/nginx/$1" SOCKET /run/brook/brook.sock PREFIX "$prefix" PAGE /usr/local/share/brook/manager \
        SERVER_NAME "$server_name" CERTIFICATE "$certificate" CERTIFICATE_KEY "$certificate_key"
}

place_nginx_files() {
    for snippet in "$source"/nginx/snippets/*.conf; do
        name=${snippet##*/}
        made_for_host "snippets/$name" >"$scratch/$name"
        case $name in
            # Where brook's paths are.
            locations.conf | page.conf)
                sed -i "s@^\([[:space:]]*location \(= \|\^~ \|\)\)/@\1$prefix/@
                    s@\(return 30[1278] \)/@\1$prefix/@" "$scratch/$name"
                ;;
        esac
        place "$scratch/$name" "/etc/nginx/brook/$name" 644 root:root
    done
    if [ "$form" = snippet ]; then
        printf '%s\n' '# What brook needs outside of server blocks; in one of them: include brook/server.conf;' \
            'include brook/http.conf;' >"$scratch/http"
        place "$scratch/http" /etc/nginx/conf.d/brook.conf 644 root:root
        return 0
    fi
    made_for_host brook.site.conf >"$scratch/site"
    if ! has_ipv6; then sed -i '/listen \[::\]/d' "$scratch/site"; fi
    if others_have_http1; then
        sed -i 's/ssl http2;/ssl;/' "$scratch/site"
        say "another site has port 443 without HTTP/2, which cannot differ between sites: brook's goes without too"
    fi
    place "$scratch/site" /etc/nginx/sites-available/brook 644 root:root
    # Last, so that it is the default server of nobody's address.
    place_link /etc/nginx/sites-enabled/zz-brook ../sites-available/brook
}

# A key and a certificate that no authority signs, for trying out and for closed networks.
make_certificate() {
    folder=/etc/brook/tls
    certificate=$folder/$server_name.crt
    certificate_key=$folder/$server_name.key
    if [ -s "$(at "$certificate")" ] && [ -s "$(at "$certificate_key")" ]; then
        say "unchanged $certificate"
        return 0
    fi
    if [ -n "$dry_run" ]; then
        told "would make $certificate, which no authority signs"
        return 0
    fi
    make_folder "$folder" 755 root:root
    keep_for_undo "$certificate_key"
    keep_for_undo "$certificate"
    (umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 825 \
        -subj "/CN=$server_name" -addext "subjectAltName=DNS:$server_name" \
        -keyout "$(at "$certificate_key")" -out "$(at "$certificate")" 2>/dev/null) ||
        die "openssl cannot make a certificate for $server_name: give --certificate and --certificate-key"
    chmod 644 "$(at "$certificate")"
    told "made      $certificate, which no authority signs: clients must be told to trust it"
}

# A certificate that nginx will take: both are there, and belong together.
check_certificate() {
    [ -z "$destdir" ] || return 0
    for file in "$certificate" "$certificate_key"; do
        [ -r "$file" ] || die "$file cannot be read: give the path of a PEM file"
    done
    one=$(openssl x509 -in "$certificate" -noout -pubkey 2>/dev/null) ||
        die "$certificate is no certificate in PEM form: give one, with its chain"
    other=$(openssl pkey -in "$certificate_key" -pubout 2>/dev/null) ||
        die "$certificate_key is no private key in PEM form without a passphrase: give one"
    [ "$one" = "$other" ] || die "$certificate_key is not the key of $certificate: give a pair that belongs together"
    openssl x509 -in "$certificate" -noout -checkend 0 >/dev/null || warn "$certificate has expired: renew it"
}

# Everything is put back when nginx refuses it.
check_nginx() {
    [ -z "$dry_run$destdir" ] || return 0
    nginx -t -q 2>"$scratch/nginx-says" && return 0
    cat "$scratch/nginx-says" >&2
    take_back
    die "nginx refuses the configuration, see above. Every file is as it was"
}

nginx_runs() { has_command nginx && [ -n "$(nginx_pid)" ]; }

nginx_pid() {
    file=$(nginx_dump | sed -n 's/^[[:space:]]*pid[[:space:]]\{1,\}\([^;]*\);.*/\1/p' | head -n 1)
    pid=$(cat "${file:-/run/nginx.pid}" 2>/dev/null) || return 0
    [ ! -d "/proc/$pid" ] || printf '%s' "$pid"
}

reload_nginx() {
    [ -z "$dry_run$destdir" ] || return 0
    if ! nginx_runs; then
        say "nginx is not running: start it with \`systemctl enable --now nginx\` or \`service nginx start\`"
    elif has_systemd && systemctl is-active -q nginx.service; then
        systemctl reload nginx || die "nginx cannot be reloaded: see journalctl -u nginx, then run: systemctl reload nginx"
    else
        # Also under systemd, where somebody has started nginx by hand.
        nginx -s reload || die "nginx cannot be reloaded: see its message above, then run: nginx -s reload"
    fi
}

# nginx reads the new files only if something includes them.
check_inclusion() {
    [ -z "$dry_run$destdir" ] || return 0
    nginx -T 2>/dev/null | grep -q '^upstream brook {' && return 0
    take_back
    die "nginx does not read $([ "$form" = snippet ] && echo /etc/nginx/conf.d || echo /etc/nginx/sites-enabled): include \
it in the http block of nginx.conf. Every file is as it was"
}
