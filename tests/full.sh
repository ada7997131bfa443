#!/usr/bin/env bash
# What takes longer than CI may: the properties with many cases, the integration tests thrice, what the
# release binaries weigh and use, and the builds that are deployed.
# Run it before a release; keep what it prints.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "== properties, 3,000 cases each"
PROPTEST_CASES=3000 cargo test --package domain --package cloud --quiet

echo "== deadlines and folds, and what a year costs against a day"
cargo bench --package domain --bench clock

echo "== megabytes a second of the parsers"
cargo bench --package domain --bench platform

echo "== nothing that comes breaks what reads it: a minute for each target"
cargo run --profile fuzzing --package fuzz -- --seconds 60

echo "== nobody is missed: a million histories"
cargo run --release --package simulate -- --seeds 0..1000000

echo "== integration tests, three times"
for _ in 1 2 3; do cargo test --package it --package support --quiet; done

echo "== release binaries: bytes, instructions, CPU"
cargo run --release --package bench -- sizes
if command -v valgrind >/dev/null; then cargo run --release --package bench -- instructions; fi
cargo run --release --package bench -- webhook
cargo run --release --package bench -- load

echo "== the template as SAM reads it, and its build"
infra/build/sam.sh

echo "== the functions for arm64, and webhook in an emulator"
infra/build/arm64.sh --try
