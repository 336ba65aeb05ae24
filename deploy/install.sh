#!/bin/sh
# Prepares the environment: install.sh PYTHON FOLDER
set -eu
python="$1"
folder="$2"

if [ -z "$python" ]; then
    echo "Sightline needs Python 3.11 or newer; none was found. Name one: make install PYTHON=/path/to/python3" >&2
    exit 1
fi

if [ -x "$folder/bin/python" ] && ! "$folder/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    rm -rf "$folder" # its Python is gone or too old
fi

if ! [ -x "$folder/bin/pip" ]; then
    echo "Preparing the environment ..."
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        # Debian keeps this part of Python in a package of its own.
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            apt-get -qq update
            DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "python$version-venv" >/dev/null
        else
            echo "This Python cannot make environments. On Debian or Ubuntu: sudo apt-get install python$version-venv" >&2
            exit 1
        fi
    fi
    "$python" -m venv "$folder"
fi

echo "Installing packages ..."
pip="$folder/bin/python -m pip --disable-pip-version-check --quiet"
$pip install --require-hashes -r requirements/installer.txt
if ! "$folder/bin/uv" pip install --quiet --python "$folder/bin/python" --require-hashes -r requirements/dev.txt; then
    echo "Trying once more, slowly ..."
    $pip install --require-hashes -r requirements/dev.txt
fi
PYTHONWARNINGS=ignore $pip install --no-deps --no-build-isolation --editable .
