"""The functions of Python that fetch, decode, run and send, by their dotted names."""

# Clients are known by the module they belong to, so that `session.post` is `requests.post`.
CLIENTS = {
    "requests.Session": "requests",
    "requests.session": "requests",
    "httpx.Client": "httpx",
    "httpx.AsyncClient": "httpx",
    "aiohttp.ClientSession": "aiohttp",
    "urllib3.PoolManager": "urllib3",
    "socket.socket": "socket",
    "socket.create_connection": "socket",
    "http.client.HTTPSConnection": "http.client",
    "http.client.HTTPConnection": "http.client",
    "ftplib.FTP": "ftplib",
    "smtplib.SMTP": "smtplib",
    "smtplib.SMTP_SSL": "smtplib",
    "websocket.create_connection": "websocket",
}
_HTTP = ("requests", "httpx", "aiohttp", "urllib3")
_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request", "stream")

FETCHING = frozenset(
    {
        *(f"{module}.{verb}" for module in _HTTP for verb in _VERBS),
        *("urllib.request.urlopen", "urllib2.urlopen", "urlopen", "http.client.getresponse"),
        *("socket.recv", "socket.recvfrom", "websocket.recv"),
        *("dns.resolver.resolve", "dns.resolver.query"),
    }
)
DECODING = frozenset(
    {
        *("base64.b64decode", "base64.urlsafe_b64decode", "base64.standard_b64decode"),
        *("base64.b32decode", "base64.b16decode", "base64.b85decode", "base64.a85decode"),
        *("base64.decodebytes", "binascii.unhexlify", "binascii.a2b_base64", "bytes.fromhex"),
        *("bytearray.fromhex", "zlib.decompress", "gzip.decompress", "bz2.decompress"),
        *("lzma.decompress", "marshal.loads", "codecs.decode"),
    }
)
RUNNING_CODE = frozenset({"exec", "eval", "code.interact", "types.FunctionType", "runpy.run_path"})
# What makes objects of bytes, and runs what these bytes say.
LOADING = frozenset(
    {
        *(f"{module}.load" for module in ("pickle", "dill", "cloudpickle", "joblib", "_pickle")),
        *(f"{module}.loads" for module in ("pickle", "dill", "cloudpickle", "_pickle", "cPickle")),
        *("pickle.Unpickler", "jsonpickle.decode", "pandas.read_pickle", "pd.read_pickle"),
        *("yaml.unsafe_load", "yaml.unsafe_load_all", "ctypes.create_string_buffer"),
        *("ctypes.memmove", "ctypes.c_char_p", "loader.exec_module", "importlib.abc.exec_module"),
    }
)
# What takes an address, too.
READING = frozenset({"pandas.read_pickle", "pd.read_pickle"})
# Those that read objects without their code when they are told to.
WEIGHTS_LOADING = frozenset({"torch.load"})
ARRAY_LOADING = frozenset({"numpy.load", "np.load"})
YAML_LOADING = frozenset({"yaml.load", "yaml.load_all"})
UNSAFE_LOADERS = frozenset({"UnsafeLoader", "Loader", "CLoader", "FullLoader", "CUnsafeLoader"})
# What makes a file part of the running program.
LOADING_FILES = frozenset(
    {
        *("ctypes.CDLL", "ctypes.WinDLL", "ctypes.cdll.LoadLibrary", "ctypes.PyDLL"),
        *("sys.path.insert", "sys.path.append", "site.addsitedir", "zipimport.zipimporter"),
        *("importlib.util.spec_from_file_location", "runpy.run_path", "imp.load_source"),
        *("importlib.machinery.SourceFileLoader", "SourceFileLoader", "execfile", "joblib.load"),
        *("pickle.load", "dill.load", "cloudpickle.load", "pandas.read_pickle"),
    }
)
RUNNING_COMMANDS = frozenset(
    {
        *("os.system", "os.popen", "subprocess.run", "subprocess.call", "subprocess.check_call"),
        *("subprocess.check_output", "subprocess.Popen", "subprocess.getoutput"),
        *("subprocess.getstatusoutput", "asyncio.create_subprocess_shell", "pty.spawn"),
        *("asyncio.create_subprocess_exec", "os.execv", "os.execvp", "os.startfile"),
    }
)
# What sends; of HTTP every argument but those that say who asks.
SENDING = frozenset(
    {
        *(f"{module}.{verb}" for module in _HTTP for verb in _VERBS),
        *("urllib.request.urlopen", "urllib.request.Request", "urlopen", "Request"),
        *("http.client.request", "socket.send", "socket.sendall", "socket.sendto"),
        *("ftplib.storbinary", "ftplib.storlines", "smtplib.sendmail", "smtplib.send_message"),
        *("websocket.send", "urllib.request.urlretrieve", "socket.getaddrinfo"),
        *("socket.gethostbyname", "socket.gethostbyname_ex", "dns.resolver.resolve"),
        *("dns.resolver.query", "http.client.putrequest"),
    }
)
SENDING_METHODS = frozenset(
    {
        *("post", "put", "patch", "sendall", "sendmail", "storbinary", "storlines", "send_message"),
        *("upload_file", "upload_fileobj", "put_object", "upload_blob", "files_upload"),
        *("upload_from_string", "upload_from_filename", "create_gist", "send_document"),
    }
)
IDENTIFYING = frozenset({"headers", "auth", "cookies", "cert", "timeout", "verify", "proxies"})
SENDING_PROGRAMS = frozenset({"curl", "wget", "nc", "ncat", "netcat", "scp", "rsync", "ftp"})
SHELLS = frozenset({"sh", "bash", "zsh", "dash", "powershell", "pwsh", "cmd", "python", "python3"})
REMOVING = frozenset({"os.remove", "os.unlink", "shutil.rmtree", "os.removedirs", "?.unlink"})

# What writes what it fetches to a file, named by its second argument, and gives that name back.
SAVING = frozenset({"urllib.request.urlretrieve", "urlretrieve", "wget.download"})
# What asks a server for a name tells it that name.
ASKING_NAMES = frozenset(
    {
        *("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyname_ex"),
        *("dns.resolver.resolve", "dns.resolver.query", "resolver.resolve", "resolver.query"),
    }
)
# What makes any text fit for a name or an address.
ENCODING = frozenset(
    {
        *("base64.b64encode", "base64.urlsafe_b64encode", "base64.b32encode", "base64.b16encode"),
        *(
            "binascii.hexlify",
            "binascii.b2a_hex",
            "base64.b32hexencode",
            "base64.standard_b64encode",
        ),
    }
)
# What puts a whole folder into one file.
PACKING_FOLDERS = frozenset({"shutil.make_archive", "make_archive"})

# What leaves its argument as it is, as far as anybody minds.
PASSING = frozenset(
    {
        *("str", "bytes", "bytearray", "repr", "compile", "json.loads", "json.dumps", "list"),
        *("dict", "tuple", "textwrap.dedent", "shlex.split", "io.BytesIO", "io.StringIO"),
    }
)
# Methods that put their arguments into what they are called on.
FILLING = frozenset(
    {
        *("append", "extend", "update", "add", "insert", "setdefault", "attach", "write"),
        *("writestr", "writelines", "write_text", "write_bytes"),
    }
)
# Whatever is put into them stands in the file, or buffer, that they are opened with.
CONTAINERS = frozenset(
    {
        *("zipfile.ZipFile", "ZipFile", "tarfile.open", "tarfile.TarFile", "gzip.open"),
        *("gzip.GzipFile", "bz2.open", "lzma.open", "io.TextIOWrapper", "io.BufferedWriter"),
    }
)
OPENING = frozenset({"open", "io.open", "codecs.open", "os.open", "aiofiles.open"})
WRITING = frozenset({"write", "write_bytes", "write_text", "writelines"})
CLOCKS = frozenset(
    {
        *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today"),
        *("datetime.date.today", "datetime.now", "datetime.utcnow", "datetime.today"),
        *("date.today", "time.time", "time.time_ns"),
    }
)
DATES = frozenset({"datetime.datetime", "datetime.date", "datetime.datetime.fromisoformat"})

# Longer texts are no paths.
LONGEST_PATH = 300
# In a condition on a variable's name: somebody looks for what is secret.
SECRET_WORDS = ("key", "token", "secret", "pass", "cred", "auth")
