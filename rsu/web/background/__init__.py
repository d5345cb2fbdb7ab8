"""Work of the page that takes longer than a request: commands as processes of their own."""
