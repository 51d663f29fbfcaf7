"""What code between steps must not call: names of the standard library and of well-known packages, each with its kind.

The lint, the mypy plugin and the guard decide by this one table. A name is that of the object itself, not of an alias:
`os.getenv`, `datetime.datetime.now`. What holds for a module or class holds for all that is in it, unless a longer name
says otherwise, so an entry of the kind PURE takes a name out again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, TypeAlias

__all__ = [
    "EFFECTS",
    "Effect",
    "EffectCondition",
    "EffectKind",
    "effect_of",
    "entry_of",
    "own_effect",
    "read_effects",
    "replacement_of",
]


class EffectKind(StrEnum):
    """In what way calling something may differ from one replay to the next."""

    PURE = "pure"
    CLOCK = "clock"
    RANDOM = "random"
    UUID = "uuid"
    ENV = "env"
    IO = "io"
    NETWORK = "network"
    SLEEP = "sleep"
    THREAD = "thread"
    TASK_SPAWN = "task-spawn"
    SUBPROCESS = "subprocess"
    LOGGING = "logging"
    HASH_ID = "hash-id"

    @property
    def code(self) -> str:
        """The code under which it is reported; PURE is never reported."""
        return f"D1{list(EffectKind).index(self):02}"


EffectCondition: TypeAlias = Literal["always", "no-arguments", "one-argument"]
"""When a call counts: always, only without arguments, or only with at most one (`time.strftime(format)`)."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One entry.

    Attributes:
        name: dotted name of a callable, class or module.
        replacement: what to write instead, as a phrase after "use".
    """

    name: str
    kind: EffectKind
    replacement: str
    condition: EffectCondition = "always"


_REPLACEMENTS: Final[Mapping[EffectKind, str]] = {
    EffectKind.PURE: "",
    EffectKind.CLOCK: "`ctx.now()`",
    EffectKind.RANDOM: "`ctx.random()`",
    EffectKind.UUID: "`ctx.uuid()`",
    EffectKind.ENV: "`step.run` around what reads it, or read it at import",
    EffectKind.IO: "`step.run` around it",
    EffectKind.NETWORK: "`step.run` around it",
    EffectKind.SLEEP: "`await step.sleep(...)`",
    EffectKind.THREAD: "`step.run`, which runs plain functions in a thread",
    EffectKind.TASK_SPAWN: "`await step.gather(...)`",
    EffectKind.SUBPROCESS: "`step.run` around it",
    EffectKind.LOGGING: "`ctx.logger`, which says each line once",
    EffectKind.HASH_ID: "a value of the data itself, such as its id field",
}

_MARKS: Final[Mapping[str, EffectCondition]] = {"()": "no-arguments", "(1)": "one-argument"}

_TABLE: Final = """
clock time.time time.time_ns time.monotonic time.monotonic_ns time.perf_counter time.perf_counter_ns time.process_time
clock time.process_time_ns time.thread_time time.thread_time_ns time.clock_gettime time.clock_gettime_ns
clock time.localtime() time.gmtime() time.ctime() time.asctime() time.strftime(1) datetime.datetime.now
clock datetime.datetime.utcnow datetime.datetime.today datetime.date.today pendulum.now pendulum.today
clock pendulum.tomorrow pendulum.yesterday arrow.now arrow.utcnow whenever.Instant.now whenever.ZonedDateTime.now
clock django.utils.timezone.now pandas.Timestamp.now pandas.Timestamp.today timeit.default_timer timeit.timeit
random random.random random.randint random.randrange random.randbytes random.choice random.choices random.sample
random random.shuffle random.uniform random.triangular random.gauss random.normalvariate random.lognormvariate
random random.expovariate random.betavariate random.gammavariate random.paretovariate random.weibullvariate
random random.vonmisesvariate random.binomialvariate random.getrandbits random.seed random.Random()
random random.SystemRandom secrets os.urandom os.getrandom numpy.random numpy.random.default_rng() ssl.RAND_bytes
random numpy.random.SeedSequence() numpy.random.PCG64() faker.Faker
pure secrets.compare_digest numpy.random.Generator
uuid uuid.uuid1 uuid.uuid4 uuid.uuid6 uuid.uuid7 uuid.uuid8() uuid.getnode ulid.ULID() ulid.new nanoid.generate
uuid shortuuid.uuid
env os.environ os._Environ os.environb os.getenv os.getenvb os.putenv os.unsetenv os.getpid os.getppid os.getcwd
env os.getlogin os.uname os.cpu_count os.getloadavg os.get_terminal_size os.times os.getuid os.geteuid os.getgid
env sys.argv platform locale.getlocale locale.getpreferredencoding locale.setlocale getpass.getuser socket.gethostname
env socket.getfqdn pathlib.Path.cwd pathlib.Path.home os.path.expanduser os.path.expandvars time.tzset
env tempfile.gettempdir dotenv
pure platform.python_implementation
io open io.open io.open_code io.FileIO input os.open os.read os.write os.listdir os.scandir os.walk os.stat os.lstat
io os.remove os.unlink os.rename os.replace os.mkdir os.makedirs os.rmdir os.removedirs os.symlink os.link os.chmod
io os.chown os.utime os.truncate os.access os.path.exists os.path.isfile os.path.isdir os.path.islink os.path.getsize
io os.path.getmtime os.path.getatime os.path.getctime os.path.realpath pathlib.Path.open pathlib.Path.read_text
io pathlib.Path.read_bytes pathlib.Path.write_text pathlib.Path.write_bytes pathlib.Path.exists pathlib.Path.is_file
io pathlib.Path.is_dir pathlib.Path.stat pathlib.Path.iterdir pathlib.Path.glob pathlib.Path.rglob pathlib.Path.mkdir
io pathlib.Path.unlink pathlib.Path.rename pathlib.Path.replace pathlib.Path.touch pathlib.Path.rmdir
io pathlib.Path.resolve shutil glob.glob glob.iglob fileinput.input tempfile.TemporaryFile tempfile.NamedTemporaryFile
io tempfile.TemporaryDirectory tempfile.mkstemp tempfile.mkdtemp sqlite3.connect dbm.open shelve.open mmap.mmap
io linecache.getline aiofiles.open psycopg.connect psycopg2.connect asyncpg.connect asyncpg.create_pool
io pymysql.connect sqlalchemy.create_engine sqlalchemy.orm.Session sqlalchemy.ext.asyncio.AsyncSession
io pymongo.MongoClient redis.Redis redis.from_url apsw.Connection importlib.reload pkgutil.get_data
pure shutil.get_archive_formats
network requests httpx.get httpx.options httpx.head httpx.post httpx.put httpx.patch httpx.delete httpx.request
network httpx.stream httpx.Client httpx.AsyncClient httpx.HTTPTransport httpx.AsyncHTTPTransport aiohttp
network urllib.request urllib3.request urllib3.PoolManager http.client.HTTPConnection http.client.HTTPSConnection
network socket.socket socket.create_connection socket.getaddrinfo socket.gethostbyname smtplib.SMTP smtplib.SMTP_SSL
network ftplib.FTP imaplib.IMAP4 poplib.POP3 xmlrpc.client.ServerProxy ssl.get_server_certificate boto3
network botocore.session grpc.insecure_channel grpc.secure_channel websockets.connect paramiko.SSHClient openai.OpenAI
network openai.AsyncOpenAI anthropic.Anthropic anthropic.AsyncAnthropic stripe twilio.rest.Client
network asyncio.open_connection asyncio.start_server asyncio.open_unix_connection requests.Session
network aiohttp.ClientSession
pure requests.exceptions requests.RequestException requests.HTTPError requests.Request requests.PreparedRequest
pure requests.Response requests.codes aiohttp.ClientError aiohttp.ClientTimeout stripe.StripeError stripe.error
pure boto3.dynamodb.conditions boto3.exceptions
sleep time.sleep asyncio.sleep trio.sleep anyio.sleep gevent.sleep eventlet.sleep
thread threading.Thread threading.Timer threading.Lock threading.RLock threading.Event threading.Condition
thread threading.Semaphore threading.Barrier _thread.start_new_thread concurrent.futures.ThreadPoolExecutor
thread concurrent.futures.ProcessPoolExecutor asyncio.to_thread multiprocessing queue.Queue anyio.to_thread.run_sync
thread signal.signal atexit.register asyncio.run_coroutine_threadsafe threading.get_ident threading.current_thread
thread threading.get_native_id
pure multiprocessing.ProcessError multiprocessing.TimeoutError
task-spawn asyncio.create_task asyncio.ensure_future asyncio.gather asyncio.wait asyncio.wait_for asyncio.as_completed
task-spawn asyncio.TaskGroup asyncio.timeout asyncio.shield asyncio.run asyncio.Runner asyncio.get_event_loop
task-spawn asyncio.get_running_loop asyncio.new_event_loop asyncio.current_task asyncio.all_tasks asyncio.Queue
task-spawn asyncio.Event asyncio.Lock asyncio.Semaphore asyncio.Condition asyncio.Future anyio.create_task_group
task-spawn trio.open_nursery
subprocess subprocess os.system os.popen os.fork os.forkpty os.posix_spawn os.spawnv os.spawnl os.execv os.execl
subprocess os.execve os.kill os.abort os._exit pty.spawn asyncio.create_subprocess_exec
subprocess asyncio.create_subprocess_shell subprocess.Popen
pure subprocess.CalledProcessError subprocess.TimeoutExpired subprocess.SubprocessError subprocess.list2cmdline
pure subprocess.CompletedProcess subprocess.PIPE subprocess.STDOUT subprocess.DEVNULL
logging print pprint.pprint warnings.warn logging.debug logging.info logging.warning logging.error logging.critical
logging logging.exception logging.log logging.Logger.debug logging.Logger.info logging.Logger.warning
logging logging.Logger.error logging.Logger.critical logging.Logger.exception logging.Logger.log
logging logging.LoggerAdapter.debug logging.LoggerAdapter.info logging.LoggerAdapter.warning
logging logging.LoggerAdapter.error structlog.get_logger loguru.logger traceback.print_exc traceback.print_stack
logging traceback.print_exception sys.stdout.write sys.stderr.write
hash-id id hash object.__hash__
"""


def read_effects(table: str) -> Iterator[Effect]:
    """The entries of a table: lines of a kind and names; a mark after a name is its condition."""
    for line in table.splitlines():
        kind_name, *names = line.split() or ("",)
        for text in names:
            mark = next((mark for mark in _MARKS if text.endswith(mark)), "")
            kind = EffectKind(kind_name)
            condition = _MARKS.get(mark, "always")
            yield Effect(text.removesuffix(mark), kind, _REPLACEMENTS[kind], condition)


def replacement_of(kind: EffectKind) -> str:
    """What to write instead of something of this kind, as a phrase after "use"."""
    return _REPLACEMENTS[kind]


def own_effect(name: str, kind: EffectKind) -> Effect:
    """An entry that a project adds, for whatever it is called with."""
    return Effect(name, kind, _REPLACEMENTS[kind])


EFFECTS: Final[Mapping[str, Effect]] = {effect.name: effect for effect in read_effects(_TABLE)}
"""By name. Where a name stands twice, the later line holds."""


def entry_of(name: str, effects: Mapping[str, Effect] = EFFECTS) -> Effect | None:
    """The entry of a dotted name or of the nearest class or module that holds it, PURE ones among them.

    An entry with a condition tells of calling the thing itself, so it does not hold for what is in it.
    """
    found = effects.get(name)
    while found is None and name:
        name = name.rpartition(".")[0]
        found = effects.get(name)
        if found is not None and found.condition != "always":
            found = None
    return found


def effect_of(name: str, effects: Mapping[str, Effect] = EFFECTS) -> Effect | None:
    """As `entry_of`, but None for what is PURE."""
    found = entry_of(name, effects)
    return None if found is None or found.kind is EffectKind.PURE else found
