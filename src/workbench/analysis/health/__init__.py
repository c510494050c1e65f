"""How accounts stand: scores, signs, words, and whether the score is any good."""
