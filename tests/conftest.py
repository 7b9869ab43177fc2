"""What every test relies on."""

import os
import signal
import tempfile

# A shell that starts the tests in the background ignores Ctrl-C, and so would the programs under test.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Nothing that a test does is a person's progress.
_progress = tempfile.TemporaryDirectory(prefix="backprop-tutor-tests-")
os.environ["BACKPROP_TUTOR_STATE"] = _progress.name
