"""Papers of results: what became of open items, read from letters of reply, reports and annexes."""
