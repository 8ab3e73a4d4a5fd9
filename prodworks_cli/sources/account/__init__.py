"""The account: a session that can only read, calls whose failures are values, and a scan of all collectors."""
