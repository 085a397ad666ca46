"""How the names of documents end: all that the server process needs of the parser's knowledge of them."""

DOCUMENTS = (".pdf", ".doc", ".docx", ".odt", ".xls", ".xlsx", ".ods", ".ppt", ".pptx", ".odp", ".rtf")
