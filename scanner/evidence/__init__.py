"""Evidence: what went over the wire, kept so that it can be proved later, and handed over so that anybody can check it.

Each room says in its ``__init__`` what lies where in it.

archive     the visits: sealed into segment files, put right after a kill, read back
journal     the chain of lines that speaks of everything sealed, judged, decided, stamped and deleted
warc, wire  the two foreign forms: WARC records, HTTP exchanges
package     a lead handed over: its parts, their one spelling, the folder or zip
signing     the installation's keys and their history; PDF signatures
stamp       RFC 3161 time stamps over segments, the journal's head and packages
checking    a package and a whole home, every fault named
keeping     terms, legal holds, deletion of what is past its term
and for all of these: digest (SHA-256, SM3, the one spelling of JSON) · disk (bytes that are on it when the call returns)
            · restore (values from foreign JSON) · rehearsal (homes that are none of evidence)
"""
