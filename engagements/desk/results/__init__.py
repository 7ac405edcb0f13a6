"""Screen that reads a letter of reply: what it says of many items becomes drafts in one step."""
