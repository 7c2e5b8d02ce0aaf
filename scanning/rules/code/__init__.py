"""Rules over programs: scripts, and the examples in texts that agents run."""
