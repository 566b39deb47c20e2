"""The `lnmbench` command."""

from __future__ import annotations

import errno
import sys

STOPPED = "stopped: what was finished is kept, and the same command goes on from there"

INTERRUPTED = 130


def main() -> None:
    """Run the command line. The user's errors are one line and exit code 2."""
    import typer

    from lnmbench.cli.app import app
    from lnmbench.cli.interrupt import never_lose_interrupts
    from lnmbench.errors import UserError

    never_lose_interrupts()
    # newer releases of Typer bring a copy of click: what both call UsageError is found from here
    wrong_use: type[Exception] = typer.BadParameter.__mro__[1]
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except UserError as error:
        _end(f"error: {error}", 2)
    except wrong_use as error:
        _end(_usage(error), 2)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _end("error: no space left for the output", 2)
    if code == INTERRUPTED:
        _end(STOPPED, INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)


def _usage(error: BaseException) -> str:
    message = " ".join(getattr(error, "format_message", error.__str__)().split())
    context = getattr(error, "ctx", None)
    command = "lnmbench" if context is None else context.command_path
    return f"error: {message.rstrip('.')}; see {command} --help"


def _end(line: str, code: int) -> None:
    print(line, file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
