"""A child process in which the command line of habeas runs again and again: starting is slow.

Each line that it reads is a JSON list of arguments; each line that it writes is a JSON list of the
exit code and what the command printed.
"""

import contextlib
import io
import json
import runpy
import sys
import traceback


def run(arguments: list[str]) -> tuple[int, str]:
    out, code = io.StringIO(), 0
    sys.argv = ["habeas", *arguments]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()) as err:
        try:
            runpy.run_module("habeas", run_name="__main__")
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except BaseException:  # noqa: BLE001  a traceback is a finding, not the end of the child
            return 99, traceback.format_exc()
    return code, out.getvalue() + err.getvalue()


def main() -> None:
    real = sys.stdout
    for line in sys.stdin:
        real.write(json.dumps(run(json.loads(line))) + "\n")
        real.flush()


if __name__ == "__main__":
    main()
