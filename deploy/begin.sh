#!/bin/sh
# Make what one installation needs of its own: secrets, the rights in Redis, the name of the site. Run once, in the folder of Routekaart:
#
#   sh deploy/begin.sh routekaart.gemeente.nl                  certificate: put tls.crt and tls.key in deploy/lokaal/tls yourself
#   sh deploy/begin.sh routekaart.gemeente.nl --proef          with a certificate of its own, for trying (browsers warn)
#
# Nothing that is there already is overwritten. docs/installeren.md tells what each file is for.
set -eu
umask 077

naam=${1:-}
case $naam in
    '' | -* | *[!a-z0-9.-]*) echo "Use: sh deploy/begin.sh NAME [--proef]; the name as in routekaart.gemeente.nl, lower case, without https://" >&2; exit 2 ;;
esac
cd "$(dirname "$0")"

random() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }
# write FILE: what comes in, where there is no such file yet
write() {
    if [ -e "$1" ]; then cat >/dev/null; echo "kept: deploy/$1"; else cat >"$1"; echo "made: deploy/$1"; fi
}

if [ -e .env ] && ! grep -qx "NAAM=$naam" .env; then
    echo "deploy/.env belongs to another name. Move it and deploy/lokaal away first." >&2
    exit 1
fi
mkdir -p lokaal/tls lokaal/app lokaal/schakelaar
{
    echo "# Secrets of this installation: keep them as passwords. What each is: docs/installeren.md"
    echo "NAAM=$naam"
    echo "VERSIE=lokaal"
    for variable in REDIS_WACHTWOORD DB_WACHTWOORD DB_BEHEER_WACHTWOORD ROUTEKAART_SECRET ROUTEKAART_LINK_KEYS ROUTEKAART_MONITOR_TOKEN \
        ROUTEKAART_METRICS_TOKEN; do
        echo "$variable=$(random)"
    done
} | write .env
value() { sed -n "s/^$1=//p" .env; }

# Redis: a hash, so that the password itself stands in one place less. Readable for the user of the container; the folder is closed to others.
hash=$(printf %s "$(value REDIS_WACHTWOORD)" | sha256sum | cut -d' ' -f1)
write lokaal/redis.acl <<EOF
user default off
user routekaart on #$hash ~rk:* resetchannels -@all +@read +@write +@scripting +@transaction +@connection -@dangerous -@admin +info +time
EOF
value DB_WACHTWOORD | tr -d '\n' | write lokaal/db-wachtwoord
value DB_BEHEER_WACHTWOORD | tr -d '\n' | write lokaal/db-beheer-wachtwoord
echo "server_name $naam;" | write lokaal/site.conf
# which websites may show the chat window, and which links were withdrawn
write lokaal/app/scholen.yml <../content/scholen.yml
: | write lokaal/app/ingetrokken.txt
# the same for an installation without containers
sed -e "s|%NAAM%|$naam|" -e "s|%REDIS_WACHTWOORD%|$(value REDIS_WACHTWOORD)|" -e "s|%DB_WACHTWOORD%|$(value DB_WACHTWOORD)|" \
    -e "s|%ROUTEKAART_SECRET%|$(value ROUTEKAART_SECRET)|" -e "s|%ROUTEKAART_LINK_KEYS%|$(value ROUTEKAART_LINK_KEYS)|" \
    -e "s|%ROUTEKAART_MONITOR_TOKEN%|$(value ROUTEKAART_MONITOR_TOKEN)|" -e "s|%ROUTEKAART_METRICS_TOKEN%|$(value ROUTEKAART_METRICS_TOKEN)|" \
    systemd/routekaart.env.voorbeeld | write lokaal/routekaart.env

if [ "${2:-}" = --proef ] && [ ! -e lokaal/tls/tls.key ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj "/CN=$naam" -addext "subjectAltName=DNS:$naam" \
        -keyout lokaal/tls/tls.key -out lokaal/tls/tls.crt 2>/dev/null
    echo "made: deploy/lokaal/tls (self-signed, 30 days)"
fi
# containers read these as other users; the folder above them lets nobody else in
chmod 700 lokaal
chmod 755 lokaal/tls lokaal/app lokaal/schakelaar
chmod 644 lokaal/redis.acl lokaal/db-wachtwoord lokaal/db-beheer-wachtwoord lokaal/site.conf lokaal/app/scholen.yml lokaal/app/ingetrokken.txt
for file in lokaal/tls/*; do [ ! -e "$file" ] || chmod 644 "$file"; done
[ -e lokaal/tls/tls.key ] || echo "still needed: deploy/lokaal/tls/tls.crt and tls.key (see docs/installeren.md)"
