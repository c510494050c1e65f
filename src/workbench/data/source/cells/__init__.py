"""One cell at a time: texts to dates, numbers and words, in the engine; knows no mapping."""
