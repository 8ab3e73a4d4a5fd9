"""How an application logs: what code sets up, files of logging frameworks, variables that say the level."""
