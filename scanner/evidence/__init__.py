"""Evidence: what went over the wire, kept so that it can be proved later, and handed over so that anybody can check it.

sealing     archive (a visit in, a capture out) · journal (the thread, group commit) · segment · records · warc · disk
reading     shelf (captures back) · warcread · http · coding · chain (the journal's lines) · places
after kills torn (journal) · recovery (archive)
handing over  handover (from a lead's number) · package · contents · manifest · extract · wacz · cdxj · guide · sums
            · zipped · keys · key_history · environment
time stamps stamp_token (one) · stamp_service (authorities, adapters) · stamp_http · stamp_home (segments, journal)
            · stamp_seals, stamp_package (packages) · stamp_check (of a home)
checking    verify (a package) · bound · wacz_check · source · restore · home_check (a whole home)
keeping     purge (records past their term) · holds (legal holds, terms, deletions as the journal tells them) · tombstone
digest      SHA-256, SM3 and the one spelling of JSON, for all of these
"""
