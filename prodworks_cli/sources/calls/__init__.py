"""Model calls as drafts, for the readers of every language: facts of a call in, drafts of kinds out."""
