"""One file per step of the schema; a step that is published is never changed."""
