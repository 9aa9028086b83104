"""What goes over the wire: who may be reached, how gently, and that everything is sealed before anybody reads it.

Owns: Scrapy's download handler and the tap below it, egress policy and addresses, robots.txt, back-off, and what had been
sealed before a death. Leaves to others: the browser (``crawl.browser``) and its proxy, which pages there are (``crawl.walk``).
"""
