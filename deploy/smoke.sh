#!/bin/sh
# Looks at a running installation from outside: smoke.sh https://sightline.example.org
# CURL="curl --insecure" for a certificate of your own; WATCH=http://inside:8000 to ask /ready/ too.
set -u
site="${1:?name the address, such as https://sightline.example.org}"
site="${site%/}"
curl="${CURL:-curl} --silent --max-time 20"
bad=0

status() { $curl --output /dev/null --write-out '%{http_code}' "$@"; }

expect() { # expect WORDS WANTED FOUND
    if [ "$2" = "$3" ]; then
        echo "good: $1"
    else
        echo "BAD:  $1: expected $2, found $3"
        bad=1
    fi
}

expect "it is alive" 200 "$(status "$site/health/")"
expect "people can sign in" 200 "$(status "$site/account/login/")"
expect "nobody reads work without signing in" 302 "$(status "$site/")"
expect "nobody reads the API without a token" 401 "$(status "$site/api/v1/me/")"
expect "nobody signs in by a click" 404 "$(status "$site/demo/")"
expect "nobody outside reads figures" yes \
    "$(case "$(status "$site/metrics/")" in 403 | 404) echo yes ;; *) echo no ;; esac)"

page="$($curl "$site/account/login/")"
style="$(printf '%s' "$page" | grep -o '/static/assets/[^"]*\.css' | head -n 1)"
expect "pages have their style" 200 "$(status "$site${style:-/no-style}")"

headers="$($curl --head "$site/account/login/" | tr -d '\r' | tr '[:upper:]' '[:lower:]')"
for header in content-security-policy strict-transport-security x-frame-options; do
    expect "pages carry $header" yes \
        "$(printf '%s\n' "$headers" | grep -q "^$header:" && echo yes || echo no)"
done

expect "live messages are for those who signed in" 403 "$(status --http1.1 \
    --header 'Connection: Upgrade' --header 'Upgrade: websocket' \
    --header 'Sec-WebSocket-Version: 13' --header 'Sec-WebSocket-Key: c2lnaHRsaW5lLXNtb2tlIQ==' \
    "$site/ws/inbox/")"

if [ -n "${WATCH:-}" ]; then
    host="$(printf '%s' "$site" | sed -E 's,^[a-z]+://([^/:]+).*,\1,')"
    expect "all is well inside" 200 "$(status --header "Host: $host" "$WATCH/ready/")"
    [ "$bad" = 0 ] || $curl --header "Host: $host" "$WATCH/ready/"
fi
exit "$bad"
