"""Privacy at the door: what identifies people is masked before anything stores, logs or repeats a message.

`masking.mask` is the only thing other rooms need. Each family of data has its own module (`contact`, `plates`, `dates`, `numbers`,
`addresses`, `names`); they share the tokens of `tokens`, the number words of `dutch_numbers` and the word lists of `lexicon`.
The lists in `data/` are plain text, one idea a file, edited without touching Python.
"""
