"""The same use cases as the pages, for programs: JSON in, JSON out, under `/api/v1`."""
