"""Scrapy's settings, each safety and politeness one set on purpose and with its reason.

Owns: the values. Leaves to others: what a campaign may change (pace, page budget), which come as spider arguments.
Several of Scrapy's defaults are convenient for a developer and wrong for a tool that visits hostile shops
unattended, so nothing that matters is left to them.
"""

BOT_NAME = "qingwang"
SPIDER_MODULES = ["spiders"]

# --- who we are -----------------------------------------------------------------------------------------------------
# Honest, so that a shop's operator can see who came; the contact is added from the home's config.yaml.
USER_AGENT = "Qingwang/0.1 (market supervision scanner)"
DEFAULT_REQUEST_HEADERS = {"Accept": "text/html,application/json;q=0.9,*/*;q=0.8", "Accept-Language": "zh-CN,zh;q=0.9"}

# --- politeness -----------------------------------------------------------------------------------------------------
ROBOTSTXT_OBEY = True  # Scrapy's default is False
DOWNLOAD_DELAY = 1.0  # seconds between two requests to one host; the default is 0
DOWNLOAD_DELAY_JITTER = 0.5
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 2  # the default of 8 is a load test for a small shop
AUTOTHROTTLE_ENABLED = True  # a slow shop is asked more slowly
AUTOTHROTTLE_START_DELAY = 1.0  # else the first requests go out in one burst
AUTOTHROTTLE_MAX_DELAY = 30.0
RETRY_TIMES = 2
RETRY_PRIORITY_ADJUST = -20  # asked again after everything else: a shop short of breath has recovered by then

# --- what may be fetched, and how much of it -------------------------------------------------------------------------
# file:, ftp:, s3: and data: handlers are on by default: a page could make us read our own disk.
DOWNLOAD_HANDLERS = {
    "http": "scanner.crawl.fetch.sealing.SealingHandler",
    "https": "scanner.crawl.fetch.sealing.SealingHandler",
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}
TWISTED_DNS_RESOLVER = "scanner.crawl.fetch.egress.EgressResolver"  # names are vetted where they are resolved
DOWNLOAD_VERIFY_CERTIFICATES = True  # the default is False: evidence over unverified TLS is weak
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024  # the default is 1 GiB
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_FAIL_ON_DATALOSS = True  # a cut page is sealed as cut, and never read as if it were whole
REDIRECT_MAX_TIMES = 10
METAREFRESH_ENABLED = False  # the browser lane follows what a browser would; the fast lane does not guess
HTTPPROXY_ENABLED = False  # an http_proxy variable would move name resolution past our resolver
HTTPCACHE_ENABLED = False  # a cached answer never reaches the sealing
COOKIES_ENABLED = False  # crawls send no cookies of ours
REFERRER_POLICY = "no-referrer"
URLLENGTH_LIMIT = 2083

# --- closed doors ---------------------------------------------------------------------------------------------------
TELNETCONSOLE_ENABLED = False  # opens a port
REMOTE_CONTROL_ENABLED = False  # opens a port that runs Python; on by default

# --- nothing is lost -----------------------------------------------------------------------------------------------
SCHEDULER = "scanner.crawl.walk.frontier.Frontier"  # on the disk; Scrapy's JOBDIR survives only a clean stop

# --- how it runs ----------------------------------------------------------------------------------------------------
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
ASYNCIO_EVENT_LOOP = "uvloop.Loop"
CONCURRENT_ITEMS = 16  # the default of 100 starts 100 tasks for every response
ITEM_PIPELINES = {"scanner.crawl.keep.Keep": 100}
DOWNLOADER_MIDDLEWARES = {
    # Position 1000: next to the download handler. Below this line every response has a capture.
    "scanner.crawl.fetch.guard.SealGuard": 1000,
    "scanner.crawl.fetch.guard.EgressGuard": 905,
    "scanner.crawl.fetch.backoff.Backoff": 560,  # sees an answer before the retry (550) does
    # In place of Scrapy's: the codings come off here as they do when the archive is read. After backoff and retry have seen it.
    "scanner.crawl.fetch.unpack.Unpack": 540,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    # Scrapy 2.19's own lets requests through unchecked when several wait for one host's robots.txt.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scanner.crawl.fetch.robots.RobotsGuard": 100,
}
SPIDER_MIDDLEWARES = {
    # Work per link that the base spider already does (budget, depth, addresses) or that we do not want (referer).
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # a 404 or 403 page is an outcome, not an exception
}
LOG_LEVEL = "WARNING"
LOG_INSTALL_ROOT_HANDLER = False  # the screen belongs to the progress line; the home has a crawl.log
LOGSTATS_INTERVAL = 0
FEED_EXPORT_ENCODING = "utf-8"
