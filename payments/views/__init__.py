"""The pages of this room: a module for each thing a person does."""
