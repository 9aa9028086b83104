"""All families of numbers, in one visible tuple, and what people call each type.

Owns: the list. To add a family, write a module with a ``FAMILY`` and name it here. Leaves to others: everything else.
"""

from __future__ import annotations

from scanner.numbers import (
    advert,
    company,
    cosmetic,
    device,
    device_old,
    disinfectant,
    drug,
    food,
    licence,
    netsales,
    platform,
    udi,
    website,
)
from scanner.numbers.grammar import Family

FAMILIES: tuple[Family, ...] = (
    device.FAMILY,
    device_old.FAMILY,
    licence.FAMILY,
    platform.FAMILY,
    advert.FAMILY,
    drug.FAMILY,
    food.FAMILY,
    disinfectant.FAMILY,
    cosmetic.FAMILY,
    company.FAMILY,
    website.FAMILY,
    udi.FAMILY,
    netsales.FAMILY,
)

FAMILY_OF: dict[str, Family] = {kind: family for family in FAMILIES for kind in family.types}

# Who or what is behind a page, rather than what it sells: listed apart by ``qingwang numbers``.
IDENTIFIERS = frozenset({"uscc", "icp", "police_filing", "drug_biz_license", "net_sales", "udi_di"})

TITLES = {
    "device_reg": "医疗器械注册证编号",
    "device_reg_old": "医疗器械注册证编号（旧格式）",
    "device_filing": "第一类医疗器械备案编号",
    "device_biz_license": "医疗器械经营许可证编号",
    "device_biz_filing": "第二类医疗器械经营备案编号",
    "device_prod_license": "医疗器械生产许可证编号",
    "device_prod_filing": "第一类医疗器械生产备案编号",
    "platform_filing": "医疗器械网络交易第三方平台备案编号",
    "net_drug_info": "互联网药品信息服务资格证书编号",
    "net_info_filing": "药品医疗器械网络信息服务备案编号",
    "net_drug_trade": "互联网药品交易服务资格证编号",
    "ad_approval": "广告批准文号",
    "ad_approval_decision": "广告审查决定书文号",
    "drug_approval": "药品批准文号",
    "drug_import": "进口药品注册证号",
    "drug_hmt": "医药产品注册证号（港澳台）",
    "drug_biz_license": "药品经营许可证编号",
    "health_food": "保健食品注册或者备案号",
    "disinfectant_license": "消毒产品卫生许可号",
    "cosmetic_filing": "普通化妆品备案编号",
    "cosmetic_special": "特殊化妆品注册证编号",
    "cosmetic_license_old": "化妆品卫生许可批准文号（旧）",
    "uscc": "统一社会信用代码",
    "icp": "ICP备案或者许可证号",
    "police_filing": "公安机关备案号",
    "net_sales": "医疗器械网络销售备案编号",
    "udi_di": "医疗器械唯一标识（UDI-DI）",
}
