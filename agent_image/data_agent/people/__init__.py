"""Who may use this agent: users, passwords, sessions, tokens. Rules are pure, files are small."""
