"""The `lnmbench` command. Modules are imported where Ctrl-C is handled."""

from __future__ import annotations

import errno
import gc
import sys

TYPE_CHECKING = False  # as in lnmbench/__init__.py

if TYPE_CHECKING:
    from typing import NoReturn

INTERRUPTED = 130
LEAST_MEMORY_MIB = 512
"""Address space below which libraries end the process with words of their own, or never."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_UNUSABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.ENAMETOOLONG, errno.ELOOP)
_EXHAUSTED = (errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EAGAIN)
# the loader of shared libraries and threads have no error of their own
_NO_MEMORY = ("cannot allocate memory", "failed to map segment", "can't start new thread")


def main() -> None:
    """Run the command line. Errors of the user end with one line and exit code 2."""
    try:
        from lnmbench.cli import interrupt
        from lnmbench.cli.standard_streams import discard_output, open_standard_streams
    except KeyboardInterrupt:  # before the command began
        _exit("stopped", INTERRUPTED)
    try:
        interrupt.record_interrupts()
        open_standard_streams()
        try:
            _run()
        except BrokenPipeError:  # the reader has all it wants, as head does
            discard_output()
            sys.exit(1)
        except Exception:
            if not interrupt.was_interrupted():
                raise
            # an interrupt inside an import or a callback arrives as another exception
            _stop()
        finally:
            interrupt.expect_exit()
    except KeyboardInterrupt:
        _stop()


def _run() -> None:
    """Run the command in the arguments of the process, and exit."""
    if not _has_current_folder():  # in which libraries end the process without a word
        _exit("error: the current folder was deleted; change to another one", 2)
    limit_mib = _memory_limit_mib()
    if limit_mib is not None and limit_mib < LEAST_MEMORY_MIB:
        expected = f"expected at least {LEAST_MEMORY_MIB} MiB, got a limit of {limit_mib} MiB"
        _exit(f"error: not enough memory: {expected}; raise it with ulimit -v", 2)
    gc.disable()  # what is imported is no garbage, and a tenth of the time would go into the search
    try:
        import typer

        from lnmbench.cli import interrupt
        from lnmbench.cli.app import app
        from lnmbench.errors import UserError
    except (ImportError, MemoryError, OSError) as error:
        if _describe_lack(error):
            _exit(f"error: {_describe_lack(error)}", 2)
        raise
    gc.freeze()
    gc.enable()
    # Typer may bundle its own copy of click: this finds the UsageError of the one in use
    usage_error: type[Exception] = typer.BadParameter.__mro__[1]
    try:
        code = app(standalone_mode=False, prog_name="lnmbench")
        sys.stdout.flush()
    except UserError as error:
        if interrupt.was_interrupted():  # which may also end a worker process
            raise
        _exit(f"error: {error}", 2)
    except usage_error as error:
        _exit(_usage_error(error), 2)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except (OSError, MemoryError, ImportError, RuntimeError) as error:
        if isinstance(error, BrokenPipeError) or not _describe_lack(error):
            raise
        _exit(f"error: {_describe_lack(error)}", 2)
    if code == INTERRUPTED:
        _stop()
    sys.exit(code if isinstance(code, int) else 0)


def _describe_lack(error: BaseException) -> str:
    """Return the lack of space, memory or permission behind an error, or "" for another error."""
    number = error.errno if isinstance(error, OSError) else None
    if number in _FULL:
        return "no space left for the output"
    lacks_memory = any(words in str(error).lower() for words in _NO_MEMORY)
    if isinstance(error, MemoryError) or number in _EXHAUSTED or lacks_memory:
        return "not enough memory, threads or open files; end other programs, or raise the limit"
    if isinstance(error, FileNotFoundError) and not _has_current_folder():
        return "the current folder was deleted; change to another one"
    if isinstance(error, OSError) and number in _UNUSABLE:
        from lnmbench.errors import UserError

        return str(
            UserError(
                "cannot read or write",
                where=str(error.filename or ""),
                got=str(error.strerror),
                then="check the path and its permissions",
            )
        )
    return ""


def _memory_limit_mib() -> int | None:
    """Return the limit of the process's address space; None without one."""
    try:
        import resource
    except ImportError:  # on Windows
        return None
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if limit == resource.RLIM_INFINITY else limit >> 20


def _has_current_folder() -> bool:
    from pathlib import Path

    try:
        return Path.cwd().is_dir()
    except OSError:
        return False


def _usage_error(error: BaseException) -> str:
    import re

    from lnmbench.errors import UserError

    message = " ".join(getattr(error, "format_message", error.__str__)().split())
    context = getattr(error, "ctx", None)
    command = "lnmbench" if context is None else context.command_path
    message = re.sub(r"Value error, |, unable to parse .*", "", message)
    message = message.replace("Input should be", "expected")
    message = message[:1].lower() + message[1:].rstrip(".")
    see = " See" if message.endswith("?") else "; see"
    return f"error: {UserError(f'{message}{see} {command} --help')}"


def _stop() -> None:
    from lnmbench.cli import interrupt

    exec("")  # else CPython ends by the signal if an interrupt left an earlier exec()
    interrupt.print_stopped()
    sys.exit(interrupt.exit_code())


def _exit(line: str, code: int) -> NoReturn:
    print(line, file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
