"""Reader: from a document to proposals with proof, decided on by a person and by nobody else.

Rules alone, without a model and without a network. Its functions are pure; the names they know
come from the register through `store`, or are built by hand.
"""
