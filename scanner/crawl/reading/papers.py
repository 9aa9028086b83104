"""What says that a page, a picture or a link is about licences: the words for them, and parts of addresses.

Owns: these words. Leaves to others: which page is a seller's (families), whether a duty is met (``checks.display``).
"""

from __future__ import annotations

import re

# 营业执照 business licence, 资质 qualification, 证照 licences, 经营许可 operating licence, 备案凭证 filing certificate
PAPERS = re.compile(
    r"营业执照|资质|证照|亮照|经营许可|许可证|备案凭证|备案信息|企业信息|经营者信息|商家信息|licen[cs]e|qualification|zizhi|yyzz|zhizhao",
    re.IGNORECASE,
)
