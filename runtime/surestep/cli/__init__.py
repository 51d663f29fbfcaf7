"""The command line. Modules import heavy libraries inside their commands, so that `--help` answers at once."""
