"""How the names of documents end. Alone in its file: the server process needs this and no more of the parser."""

DOCUMENTS = (".pdf", ".doc", ".docx", ".odt", ".xls", ".xlsx", ".ods", ".ppt", ".pptx", ".odp", ".rtf")
