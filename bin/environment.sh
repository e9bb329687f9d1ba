#!/bin/sh
# Build .venv and install requirements/$1.txt in it, hashes checked; say in one sentence what the machine lacks.
set -u
lock="requirements/$1.txt"

stop() {
    printf '\n%s\n' "$1" >&2
    exit 1
}

is_recent() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

find_python() {
    pyenv="${PYENV_ROOT:-$HOME/.pyenv}/versions"
    for candidate in python3 python3.13 python3.14 python3.12 python "$pyenv"/3.1[2-9]*/bin/python3; do
        if is_recent "$candidate"; then
            echo "$candidate"
            return
        fi
    done
}

# Runs a command silently; if it fails, turns what it printed into a sentence.
attempt() {
    output=$("$@" 2>&1) && return
    free=$(df -Pk . | awk 'NR == 2 { print $4 }') # in kilobytes
    [ "$free" -gt 51200 ] || output="No space left on device"
    case "$output" in
    *"No space left on device"*)
        stop "Le disque est plein : libérez environ 500 Mo, puis relancez la commande." ;;
    *"NOT MATCH THE HASHES"*)
        stop "Un paquet téléchargé n’a pas l’empreinte attendue : il n’est pas installé. Relancez ; si cela persiste, prévenez l’équipe." ;;
    *ensurepip*)
        stop "Ce Python ne sait pas créer d’environnement : installez son module venv (Debian, Ubuntu : apt-get install python3-venv), puis relancez." ;;
    *"name resolution"* | *NewConnectionError* | *"onnection broken"* | *imed\ out* | *ProxyError* | *SSLError* | *"No matching distribution"*)
        stop "Les paquets Python n’ont pas pu être téléchargés : pas de réseau, ou dépôt de paquets injoignable. Vérifiez la connexion, puis relancez." ;;
    esac
    printf '%s\n' "$output" | tail -n 5 >&2
    stop "L’environnement Python n’a pas pu être construit ; les lignes ci-dessus disent pourquoi."
}

if ! is_recent .venv/bin/python; then
    python=$(find_python)
    if [ -z "$python" ]; then
        found=$(python3 --version 2>/dev/null || echo "aucun Python")
        stop "Python 3.12 ou plus récent est nécessaire (ici : $found). Installez-le, puis relancez la commande."
    fi
    attempt "$python" -m venv --clear .venv
fi
echo "Installation des paquets de $lock (une à deux minutes la première fois)…"
attempt env PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip install --require-hashes -r "$lock"
