"""The pipeline: from a file in the drop folder to an archived, judged, searchable document."""
