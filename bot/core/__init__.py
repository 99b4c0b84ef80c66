"""The core: `Situation` -> `Advice`. Plain Python, no Rasa, no input or output.

Read in this order: `situation` (what is known), `signs` (what a sign does), `afwegingskader` (when reporting is the norm),
`route` (the rules, first match decides), `questions` (what is still asked). Section numbers (§) are those of the facts sheet.
"""
