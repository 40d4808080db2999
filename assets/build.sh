#!/usr/bin/env bash
# Makes echarts.min.js again, byte for byte: what of Apache ECharts the report draws with (echarts.js), as one file, from the versions that
# package-lock.json pins. Needs Node.js with npm, and the registry. `build.sh --check` only compares.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/package.json" "$here/package-lock.json" "$here/echarts.js" "$work/"
cd "$work"
npm ci --no-audit --no-fund --ignore-scripts --silent
# The report is handed on with this file in it, so that the notices that must go with it are in it too.
banner="/*! Apache ECharts $(node -p 'require("./node_modules/echarts/package.json").version'), a part of it. $(sed -n 2p node_modules/echarts/NOTICE).
Licensed under the Apache License, Version 2.0: http://www.apache.org/licenses/LICENSE-2.0

With zrender:
$(cat node_modules/zrender/LICENSE)*/"
node_modules/.bin/esbuild echarts.js --bundle --minify --format=iife --global-name=echarts --target=es2020 --charset=utf8 \
  --legal-comments=none --define:process.env.NODE_ENV='"production"' --log-level=warning --banner:js="$banner" --outfile=echarts.min.js
{
  cat node_modules/echarts/LICENSE
  printf '\n\n== zrender (BSD 3-Clause), which Apache ECharts draws with ==\n\n'
  cat node_modules/zrender/LICENSE
  printf '\n\n== tslib (0BSD) ==\n\n'
  cat node_modules/tslib/LICENSE.txt
} > echarts.LICENSE
cp node_modules/echarts/NOTICE echarts.NOTICE
if [ "${1:-}" = --check ]; then
  for file in echarts.min.js echarts.LICENSE echarts.NOTICE; do cmp "$file" "$here/$file"; done
else
  cp echarts.min.js echarts.LICENSE echarts.NOTICE "$here/"
fi
wc -c echarts.min.js
