"""What a run was surrounded by (取证环境): the record before and after every crawl, scan and import.

clocks   how far the machine's clock is off, by several sources; the egress address, by a configured probe
machine  time zone, resolver, proxies, hosts file, trust store, system: what can be read on the machine itself
build    which program this is, to the byte
record   the record as one JSON value, what could not be measured among it

Nothing here is guessed: what is not configured, not there or does not answer is named with the reason. No serial number,
no path of the machine and no secret goes into a record.
"""
