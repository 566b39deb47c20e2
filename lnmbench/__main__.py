"""The `lnmbench` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line. The user's errors are one line and exit code 2."""
    import click

    from lnmbench.cli.app import app
    from lnmbench.errors import UserError

    try:
        code = app(standalone_mode=False)
    except UserError as error:
        _end(f"error: {error}", 2)
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx is not None else "lnmbench"
        _end(f"error: {error.format_message()}; see {where} --help", 2)
    except click.ClickException as error:
        _end(f"error: {error.format_message()}", 2)
    except (KeyboardInterrupt, click.Abort):
        _end("stopped: what was finished is kept, the same command goes on from there", 130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _end(line: str, code: int) -> None:
    print(line, file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
