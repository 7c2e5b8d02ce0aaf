"""The ways in which text hides inside other text, each undone by a module of its own."""
