"""A small client of the REST API: photos in, labels and annotated pictures out."""
