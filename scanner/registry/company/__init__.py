"""Companies (企业): is this name that company's, and which companies do the registers know under a name or a code?

``parts`` takes a name apart, ``compare`` compares two, ``codes`` lets the unified social credit code (统一社会信用代码) speak
first; ``keeping`` keeps lists of registrants, ``index`` finds candidates among a million names, ``search`` ranks them.
Owns: names and codes of companies. Leaves to others: whose number it is (``registry.holders``), SQL (``store.companies``).
"""
