#!/usr/bin/env bash
# Builds the functions for arm64, as they are deployed, into target/lambda/FUNCTION/bootstrap, and holds their sizes
# against tests/bench/recorded.toml. With --try it also runs `webhook` in an emulator. Needs Rust, python3 with venv
# and the package registries.
#
# The standard library for arm64 comes from rustup. Where rustup cannot download it, or HEARD_ARM64=debian says so, it
# comes from Debian's rustc-web, unpacked into the target folder: a newer compiler, whose sizes compare with nobody
# else's.
set -euo pipefail
# shellcheck source=tools.sh
. "$(dirname "$0")/tools.sh"
root=$target/debian

# Unpacks Debian packages into $root, with package lists of its own.
debian() {
    local apt=$target/apt mirror=http://deb.debian.org keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    if ! command -v apt-get >/dev/null; then
        echo "neither rustup nor apt-get can bring the standard library for arm64" >&2
        exit 1
    fi
    mkdir -p "$root" "$apt"/{lists,archives}/partial "$apt/debs"
    printf 'deb [signed-by=%s] %s\n' "$keyring" "$mirror/debian bookworm main" \
        "$keyring" "$mirror/debian-security bookworm-security main" >"$apt/sources.list"
    local options=(-qq -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
        -o Dir::State::lists="$apt/lists" -o Dir::State::status=/dev/null
        -o Dir::Cache="$apt" -o Dir::Cache::archives="$apt/archives" -o APT::Sandbox::User=root
        -o APT::Architecture=amd64 -o APT::Architectures::=amd64 -o APT::Architectures::=arm64)
    apt-get "${options[@]}" update
    (cd "$apt/debs" && apt-get "${options[@]}" download "$@")
    for package in "$apt"/debs/*.deb; do dpkg-deb --extract "$package" "$root"; done
    rm -r "$apt"
}

own_path=$PATH
if [[ ${HEARD_ARM64:-} != debian ]] && timeout 300 rustup target add aarch64-unknown-linux-gnu; then
    echo "arm64 by rustup"
else
    if [[ ! -x $root/usr/bin/rustc ]]; then
        debian rustc-web:amd64 libstd-rust-web-1.96:amd64 libstd-rust-web-dev:{amd64,arm64} libllvm22:amd64
    fi
    cat >"$root/rustc" <<WRAPPER
#!/bin/sh
LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu exec $root/usr/bin/rustc "\$@"
WRAPPER
    chmod +x "$root/rustc"
    export RUSTC=$root/rustc
    # The toolchain's cargo and not rustup's, which would ask rustup for the target.
    export PATH=$venv/bin:$(dirname "$(rustup which cargo 2>/dev/null || command -v cargo)"):/usr/bin:/bin
    echo "arm64 by Debian: $("$RUSTC" --version)"
fi

began=$SECONDS
cargo lambda build --locked --release --arm64 --lambda-dir "$target/lambda" \
    --package webhook --package check --package mail --package feedback --package sweep
echo "built in $((SECONDS - began)) s"

# What measures is built for this machine, by its own compiler.
unset RUSTC
export PATH=$own_path
cargo build --quiet --locked --release --package bench
outcome=0
"$target/release/bench" sizes --folder "$target/lambda" || outcome=$?

if [[ ${1:-} == --try ]]; then
    if [[ ! -x $root/usr/bin/qemu-aarch64-static ]]; then
        debian qemu-user-static:amd64 libc6:arm64 libgcc-s1:arm64
    fi
    # Emulated: whether it answers is worth knowing, how long it takes is not.
    "$target/release/bench" webhook --starts 1 --goes 1 --binary "$target/lambda/webhook/bootstrap" \
        --runner "$root/usr/bin/qemu-aarch64-static -L $root" >"$target/tried" || { cat "$target/tried"; exit 1; }
    echo "webhook for arm64 has answered every event in an emulator"
fi
exit "$outcome"
