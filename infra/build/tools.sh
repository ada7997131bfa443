# Sourced by the scripts beside it: the repository's root as working folder, `$target`, and SAM CLI, cargo-lambda and
# zig on the PATH. All three are wheels in one virtual environment in the target folder, 790 MB; nothing is installed
# into the system.
#
# One environment in one place for all scripts: cargo-lambda looks for zig in the first python3 of the PATH, and the
# path of zig is part of what cargo compares, so that a second environment compiles everything a second time.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
target=${CARGO_TARGET_DIR:-$PWD/target}
venv=$target/build-tools
if [[ ! -e $venv/complete ]]; then
    python3 -m venv "$venv"
    # SAM CLI 1.170 or newer: older ones do not find a workspace's binaries.
    "$venv/bin/pip" install --quiet --disable-pip-version-check aws-sam-cli==1.170.0 cargo-lambda==1.9.2 ziglang==0.17.1
    touch "$venv/complete"
fi
export PATH=$venv/bin:$PATH SAM_CLI_TELEMETRY=0
