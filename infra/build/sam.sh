#!/usr/bin/env bash
# Checks the template the way SAM reads it, and builds the functions for this machine the way `sam deploy` wants them:
# one folder with a `bootstrap` per function, and a template that points there. Needs Rust, python3 with venv and the
# package registries; no AWS account, no Docker.
set -euo pipefail
# shellcheck source=tools.sh
. "$(dirname "$0")/tools.sh"

sam validate --lint --template template.yaml
architecture=$(uname -m)
began=$SECONDS
sam build --template template.yaml --build-dir "$target/sam" \
    --parameter-overrides "Architecture=${architecture/aarch64/arm64}"
echo "built in $((SECONDS - began)) s"
for function in WebhookFunction CheckFunction MailFunction FeedbackFunction SweepFunction; do
    wc --bytes "$target/sam/$function/bootstrap"
done
