#!/bin/sh
# Run once, by the image of PostgreSQL when its volume is new (or by hand as superuser): the app gets a user of its own that owns one database
# and is no superuser. The password stands in a file, so that it is in no list of processes and no environment.
# In a shell of its own, because the image reads this file into its own shell where it may not be executed.
(
    set -eu
    wachtwoord=$(cat "${ROUTEKAART_WACHTWOORD_BESTAND:-/run/secrets/routekaart_db}")
    PGOPTIONS="-c log_min_error_statement=panic" psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 \
        --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-postgres}" <<EOF
CREATE ROLE routekaart LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '${wachtwoord}';
CREATE DATABASE routekaart OWNER routekaart;
REVOKE ALL ON DATABASE routekaart FROM PUBLIC;
EOF
)
