"""The pages, one room each, named as the workflows are."""
