"""What every test relies on."""

import signal

# A shell that starts the tests in the background ignores Ctrl-C, and so would the programs under test.
signal.signal(signal.SIGINT, signal.default_int_handler)
