"""How an issue looks: MJML and Jinja2 make one HTML and one text of it, with marks for each reader."""
