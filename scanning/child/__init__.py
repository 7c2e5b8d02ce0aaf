"""What runs inside the sandbox: no Django, no database, no secrets."""
