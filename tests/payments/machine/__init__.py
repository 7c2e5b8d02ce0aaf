"""A machine that does with money whatever people, workers and the provider may do, in any order."""
