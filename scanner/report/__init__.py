"""What people read of a lead: the report, in Chinese, made from a case file and nothing else.

Owns: the report's shape and the Chinese names of all enumerations (``words``). Leaves to others: gathering the case
(``store``), packing and proving (``evidence``). Nothing here reads a clock, a file of the installation or the network.
"""
