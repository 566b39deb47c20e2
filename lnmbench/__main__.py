"""The `lnmbench` command."""

from __future__ import annotations

import errno
import re
import sys

STOPPED = "stopped: finished units are saved; rerun the same command to continue"

INTERRUPTED = 130


def main() -> None:
    """Run the command line. Errors of the user end with one line and exit code 2."""
    import typer

    from lnmbench.cli.app import app
    from lnmbench.cli.interrupt import redeliver_interrupts
    from lnmbench.errors import UserError

    redeliver_interrupts()
    # Typer may bundle its own copy of click: this finds the UsageError of the one in use
    usage_error: type[Exception] = typer.BadParameter.__mro__[1]
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except UserError as error:
        _exit(f"error: {error}", 2)
    except usage_error as error:
        _exit(_usage_error(error), 2)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _exit("error: no space left for the output", 2)
    if code == INTERRUPTED:
        _exit(STOPPED, INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)


def _usage_error(error: BaseException) -> str:
    message = " ".join(getattr(error, "format_message", error.__str__)().split())
    context = getattr(error, "ctx", None)
    command = "lnmbench" if context is None else context.command_path
    message = re.sub(r"Value error, |, unable to parse .*", "", message)
    message = message.replace("Input should be", "expected")
    message = message[:1].lower() + message[1:].rstrip(".")
    see = " See" if message.endswith("?") else "; see"
    return f"error: {message}{see} {command} --help"


def _exit(line: str, code: int) -> None:
    print(line, file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
