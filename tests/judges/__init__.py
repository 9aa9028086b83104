"""Programs that are not ours judge what we write: pywb replays a package, py-wacz validates it (``make test-long``)."""
