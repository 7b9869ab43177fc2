"""What every test relies on."""

import atexit
import os
import shutil
import signal
import tempfile

# A shell that starts the tests in the background ignores Ctrl-C, and so would the programs under test.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Nothing that a test does is a person's progress.
_progress = tempfile.mkdtemp(prefix="backprop-tutor-tests-")
atexit.register(shutil.rmtree, _progress, ignore_errors=True)
os.environ["BACKPROP_TUTOR_STATE"] = _progress
