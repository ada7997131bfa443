#!/usr/bin/env bash
# What takes longer than CI may: the properties with many cases, the integration tests thrice, release sizes.
# Run it before a release; keep what it prints.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "== properties, 3,000 cases each"
PROPTEST_CASES=3000 cargo test --package domain --package cloud --quiet

echo "== deadlines and folds, and what a year costs against a day"
cargo bench --package domain --bench clock

echo "== integration tests, three times"
for _ in 1 2 3; do cargo test --package it --package support --quiet; done

echo "== release binaries, bytes"
cargo build --release --package webhook --package check --package mail --package sweep
folder=${CARGO_TARGET_DIR:-target}/release
wc --bytes "$folder"/webhook "$folder"/check "$folder"/mail "$folder"/sweep
