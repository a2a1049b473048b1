#!/bin/sh
# Prepare a checkout: Python packages into .venv, front-end files into assets/vendor, a browser for
# the tests where the machine has none. Needs a Python >= 3.12 or a way to the internet, no root and
# no Docker. Writes only into the checkout (and the caches of uv and npm). Each step is repeated
# only when what it was made from has changed.
set -eu
export PIP_DISABLE_PIP_VERSION_CHECK=1

# The version that wrote uv.lock.
uv_version=0.13.9
node_major_min=18

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$root"
stamps=.tools/stamps
mkdir -p "$stamps"

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

fingerprint() { cat -- "$@" | cksum; }
# done_already STEP RESULT INPUT...: the result is there and was made from these very inputs.
done_already() {
    step=$1 result=$2
    shift 2
    [ -e "$result" ] && [ "$(cat "$stamps/$step" 2>/dev/null)" = "$(fingerprint "$@")" ]
}
mark_done() {
    step=$1
    shift
    fingerprint "$@" > "$stamps/$step"
}

# A command on PATH may be a shim that answers nothing, so every candidate is really run.
python_fits() {
    "$1" -c 'import sys; sys.exit(not (3, 12) <= sys.version_info < (4,))' >/dev/null 2>&1
}

find_python() {
    for version in 3.13 3.12; do
        for candidate in "python$version" "$HOME"/.pyenv/versions/"$version"*/bin/python3 \
            "/usr/local/bin/python$version" "/opt/homebrew/bin/python$version" \
            "/opt/python/$version/bin/python3" "/usr/bin/python$version"; do
            if python_fits "$candidate"; then
                "$candidate" -c 'import sys; print(sys.executable)'
                return 0
            fi
        done
    done
    for candidate in python3 python "$HOME"/.pyenv/versions/*/bin/python3; do
        if python_fits "$candidate"; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return 0
        fi
    done
    return 1
}

# Prints the path of uv; takes the one on PATH or installs it into .tools from PyPI. Any Python 3
# can do that, also one too old for us: uv then downloads a fitting one itself.
find_uv() {
    if uv --version >/dev/null 2>&1; then
        command -v uv
        return 0
    fi
    if ! .tools/uv/bin/uv --version 2>/dev/null | grep -qF " $uv_version "; then
        installer=${1:-python3}
        say "installing uv $uv_version into .tools"
        rm -rf .tools/uv
        if "$installer" -m venv .tools/uv >/dev/null 2>&1; then
            .tools/uv/bin/python -m pip install --quiet "uv==$uv_version" >&2
        else # Debian's Python comes without ensurepip
            "$installer" -m pip install --quiet --target .tools/uv "uv==$uv_version" >&2 ||
                fail "need uv, or a Python 3 with pip: https://docs.astral.sh/uv/"
        fi
    fi
    printf '%s\n' "$root/.tools/uv/bin/uv"
}

sync_python() {
    done_already python .venv/bin/railcast uv.lock pyproject.toml && return 0
    if python=$(find_python); then
        UV_PYTHON_DOWNLOADS=never
    else
        say "no Python >= 3.12 here: uv downloads one"
        python='' UV_PYTHON_DOWNLOADS=automatic
    fi
    export UV_PYTHON_DOWNLOADS
    uv=$(find_uv "$python")
    say "installing Python packages with ${python:-a Python of uv}"
    "$uv" sync --quiet --frozen ${python:+--python "$python"} ||
        fail "could not install the Python packages; a Python 3.13 on PATH may help"
    mark_done python uv.lock pyproject.toml
}

# Node of the machine if it is new enough, else the one the development packages bring.
use_node() {
    major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
    if [ "$major" -lt "$node_major_min" ] || ! npm --version >/dev/null 2>&1; then
        # It comes with its own list of authorities; the machine's may know one more.
        PATH="$root/.venv/bin:$PATH" NODE_USE_SYSTEM_CA=1
        export PATH NODE_USE_SYSTEM_CA
    fi
}

install_packages() {
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error "$@" >&2
}

copy_assets() {
    manifest=assets/vendor/manifest.json
    done_already assets "$manifest" package-lock.json deploy/assets.py && return 0
    use_node
    say "installing front-end packages"
    install_packages
    .venv/bin/python -m deploy.assets >&2
    mark_done assets package-lock.json deploy/assets.py
}

# Only the browser tests need one; where it cannot be had they say so and are skipped.
install_browser() {
    for browser in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$browser" >/dev/null 2>&1 && return 0
    done
    place=deploy/setup/browser
    set -- "$place/package-lock.json" "$place/unpack.mjs"
    done_already browser .tools/browser/chromium "$@" && return 0
    if [ "$(uname -sm)" != "Linux x86_64" ]; then
        say "no Chromium on PATH: the browser tests will be skipped"
        return 0
    fi
    use_node
    say "unpacking a Chromium into .tools/browser"
    rm -rf .tools/browser
    mkdir -p .tools/browser
    cp "$place/package.json" "$place/package-lock.json" "$place/unpack.mjs" .tools/browser
    if ! (cd .tools/browser && install_packages && node unpack.mjs); then
        rm -rf .tools/browser
        say "that failed: the browser tests will be skipped"
        return 0
    fi
    rm -rf .tools/browser/node_modules
    mark_done browser "$@"
}

sync_python
copy_assets
install_browser
