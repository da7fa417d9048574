"""The web: pages and the API of one authority's installation."""
