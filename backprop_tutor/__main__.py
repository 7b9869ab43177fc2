"""`python -m backprop_tutor`."""

from backprop_tutor.cli import main

if __name__ == "__main__":
    main()
