#!/usr/bin/env bash
# Times caveat beside other rule engines: the same manifests, the same ten rules, the same findings. README.md says more.
#   benches/peers/run.sh           installs what is missing, compares the findings, prints the tables
#   benches/peers/run.sh --quick   the same with few runs and small manifests, to see that it works
# Everything is installed below the build's own folder. An engine that cannot be installed is left out, with the reason.
set -euo pipefail
cd "$(dirname "$0")/../.."
quick=${1:-}
if [ "$quick" != "" ] && [ "$quick" != --quick ]; then
  sed -n '2,5p' "$0" >&2
  exit 2
fi
target=$(mkdir -p "${CARGO_TARGET_DIR:-target}" && cd "${CARGO_TARGET_DIR:-target}" && pwd)
tools=$target/peers
here=benches/peers
mkdir -p "$tools"

guard=3.2.1
spectral=6.16.3
opa=0.4.4

step() { # name, what has to be there afterwards, command…
  local name=$1 product=$2
  shift 2
  if [ -e "$product" ]; then return; fi
  echo "installing $name" >&2
  if ! "$@" >"$tools/$name.log" 2>&1; then
    rm -rf "$product"
    echo "$name is left out: $(tail -n 1 "$tools/$name.log")" >&2
  fi
}

install_opa() { # The wheel asks for a newer Python than may be here; only the library in it is used.
  python3 -m pip download --no-deps --only-binary=:all: --python-version 3.14 --implementation py --abi none \
    --platform manylinux_2_34_x86_64 --dest "$tools/opa" "opa-golib-python-bindings==$opa"
  python3 -m zipfile -e "$tools"/opa/*.whl "$tools/opa"
}

cargo build --locked --quiet --release --bin caveat --example empty
cp "$target/release/caveat" "$tools/caveat"
cp "$target/release/examples/empty" "$tools/empty"
cc -O2 -Wall -Wextra -o "$tools/measure" "$here/measure.c"

step regorus "$tools/regorus/release/peers-regorus" \
  cargo build --locked --release --manifest-path "$here/regorus/Cargo.toml" --target-dir "$tools/regorus"
step cfn-guard "$tools/guard/bin/cfn-guard" \
  cargo install cfn-guard --version "$guard" --locked --root "$tools/guard" --target-dir "$tools/guard-build"
step opa "$tools/opa/opa_bindings/libopabridge.so" install_opa
if [ -e "$tools/opa/opa_bindings/libopabridge.so" ]; then
  step opa-engine "$tools/opa-engine" cc -O2 -Wall -Wextra -o "$tools/opa-engine" "$here/opa.c" -ldl
fi
step spectral "$tools/spectral/node_modules/.bin/spectral" \
  npm install --no-audit --no-fund --ignore-scripts --prefix "$tools/spectral" "@stoplight/spectral-cli@$spectral"

"$here/compare.py" "$tools" $quick
