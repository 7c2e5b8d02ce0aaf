"""How an MCP server is started, and what it is given."""
