"""The browser's only way to the network: a recording, vetting proxy on loopback, one for each visit.

``server`` listens and decides by the egress policy; ``dial`` connects to vetted addresses, ``tls`` opens both sides,
``flow`` keeps an exchange's bytes, ``http`` frames them, ``size`` counts what they unpack to; ``closed`` answers the
browser outside any visit. Owns: what leaves and enters the browser. Leaves to others: the policy (``crawl.fetch.egress``).
"""
