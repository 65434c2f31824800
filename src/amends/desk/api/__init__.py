"""The same acts for programs: HTTP, webhooks, MCP."""
