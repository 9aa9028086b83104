"""Walls, shells and errors are recognised on any shop; pages that merely mention them are read."""

from __future__ import annotations

import pytest

from scanner.crawl.reading.outcome import outcome
from scanner.model import Outcome
from tests.page.making import html

LONG = "<p>这是一段很长的商品说明，讲的是外观、包装、发货和保修，与登录和验证都没有关系。</p>" * 40


@pytest.mark.parametrize(
    ("body", "became"),
    [
        ("<title>安全验证</title><p>请按住滑块，拖动到最右边</p>", Outcome.CAPTCHA),
        ("<p>访问过于频繁，请稍后再试</p>", Outcome.CAPTCHA),
        ("<div id='nc_1_wrapper'></div><p>验证</p>", Outcome.CAPTCHA),
        ("<title>Just a moment...</title><script src=/x></script>", Outcome.CAPTCHA),
        ("<h1>405</h1><p>您的访问被阻断</p>", Outcome.BLOCKED),
        ("<title>Access Denied</title><p>Reference #18</p>", Outcome.BLOCKED),
        ("<title>用户登录</title><h1>登录</h1><form><input type='password'></form>" + LONG, Outcome.LOGIN),
        ("<p>请先登录后查看商品</p>", Outcome.LOGIN),
        ("<div id=app></div><script src=/a.js></script>", Outcome.EMPTY),
        ("<div id='root'> </div><p>版权所有 演示商城</p><script>x</script>", Outcome.EMPTY),
        ("", Outcome.EMPTY),
        ("<html><body></body></html>", Outcome.EMPTY),
        ("<title>商品不存在</title><p>看看别的吧</p>", Outcome.ERROR),
        ("<nav>首页</nav><p>抱歉，您访问的页面不存在</p>", Outcome.ERROR),
        # and what is none of these
        (LONG, None),
        ("<h1>演示口罩</h1><script>x</script>", None),
        ("<img src='/licence.jpg' alt='营业执照'>", None),
        (LONG + "<div class='login-box'><input type=password><a>登录</a></div>", None),
        (LONG + "<script src='https://static.geetest.com/gt.js'></script><p>提交评论请输入验证码</p>", None),
        (LONG + "<p>部分商品不存在色差，已下架的型号不再补货</p>", None),
        ("<p>你好，请登录</p><h1>演示血压计</h1><p>￥99</p><button>加入购物车</button>", None),
        ("<h1>演示防火墙设备</h1><p>企业级防火墙，￥999</p>" + LONG, None),
        ("<script type='application/ld+json'>{}</script><p>短</p>", None),
    ],
)
def test_html(body: str, became: Outcome | None) -> None:
    assert outcome(html(body)) is became


@pytest.mark.parametrize(
    ("status", "became"),
    [(200, None), (204, Outcome.EMPTY), (301, Outcome.EMPTY), (401, Outcome.LOGIN), (403, Outcome.BLOCKED), (404, Outcome.ERROR),
     (429, Outcome.BLOCKED), (451, Outcome.BLOCKED), (500, Outcome.ERROR), (503, Outcome.ERROR), (0, Outcome.ERROR)],
)  # fmt: skip
def test_status(status: int, became: Outcome | None) -> None:
    body = "" if status in (204, 301) else LONG
    assert outcome(html(body, status=status)) is became


def test_a_walls_words_say_more_than_its_status() -> None:
    assert outcome(html("<p>请完成验证，拖动滑块</p>", status=403)) is Outcome.CAPTCHA
    assert outcome(html("<p>请求被拦截</p>", status=503)) is Outcome.BLOCKED


@pytest.mark.parametrize(
    ("body", "kind", "became"),
    [
        (b"%PDF-1.7", "application/pdf", Outcome.NOT_HTML),
        (b"%PDF-1.7", "text/html", Outcome.NOT_HTML),
        (b"\x89PNG\r\n\x1a\n", "image/png", Outcome.NOT_HTML),
        (b"body{}", "text/css", Outcome.NOT_HTML),
        (b"hello", "text/plain", Outcome.NOT_HTML),
        (b"", "text/plain", Outcome.EMPTY),
        (b"<rss></rss>", "application/rss+xml", Outcome.NOT_HTML),
        (b"var a = 1;", "application/javascript", Outcome.NOT_HTML),
    ],
)
def test_not_html(body: bytes, kind: str, became: Outcome) -> None:
    assert outcome(html(body, kind=kind)) is became


@pytest.mark.parametrize(
    ("body", "url", "became"),
    [
        ('{"errno":0,"data":{}}', "http://m.example/mp/goods/list", None),
        ('{"errno":401,"errmsg":"x"}', "http://m.example/mp/order/list", Outcome.LOGIN),
        ('{"errno":404}', "http://m.example/mp/goods/detail", Outcome.ERROR),
        ('{"code":-400,"msg":"x"}', "http://m.example/api.php?s=order/index", Outcome.LOGIN),
        ('{"code":7,"msg":"请先登录"}', "http://m.example/unknown", Outcome.LOGIN),
        ('{"code":1,"data":{"goods":{"name":"演', "http://m.example/unknown", Outcome.ERROR),  # cut short
        ('{"code":7,"msg":"失败"}', "http://m.example/unknown", None),  # nobody knows what 7 means there
        ("[1]", "http://m.example/unknown", None),
    ],
)
def test_json(body: str, url: str, became: Outcome | None) -> None:
    assert outcome(html(body, url=url, kind="application/json")) is became


def test_json_with_an_error_status() -> None:
    assert (
        outcome(html('{"errno":0}', url="http://m.example/mp/x", kind="application/json", status=500)) is Outcome.ERROR
    )
    assert outcome(html('{"a":1}', kind="application/json", status=403)) is Outcome.BLOCKED


HOP = "<html><head><script>window.location.href='{}'</script></head></html>"


@pytest.mark.parametrize(
    ("body", "became"),
    [
        (HOP.format("https://passport.jd.com/uc/login?ReturnUrl=http%3A%2F%2Fitem.jd.com%2F990000000101.html"), Outcome.LOGIN),
        (HOP.format("https://cfe.m.jd.com/privatedomain/risk_handler/03101900/?returnurl=x"), Outcome.CAPTCHA),
        ("<script>window.location.replace(\"/api/x/_____tmd_____/punish?x5secdata=abc\")</script>", Outcome.CAPTCHA),
        ("<meta http-equiv='refresh' content='0; url=https://login.taobao.com/member/login.jhtml?redirectURL=x'>", Outcome.LOGIN),
        ("<title>京东验证</title><div id=root></div><script src=/v.js></script>", Outcome.CAPTCHA),
        ("<title>tmall.com</title><p>很抱歉，您查看的商品找不到了！</p><p>看看别的</p>", Outcome.ERROR),
        # and what is none of these
        ("<h1>演示血压计</h1>" + LONG + HOP.format("https://passport.jd.com/uc/login"), None),
        ("<h1>演示</h1><p>登录请到 https://passport.jd.com/uc/login </p>", None),
    ],
)  # fmt: skip
def test_walls_of_the_platforms(body: str, became: Outcome | None) -> None:
    assert outcome(html(body, url="https://item.jd.com/990000000101.html")) is became


@pytest.mark.parametrize(
    ("url", "became"),
    [
        ("https://passport.jd.com/new/login.aspx?ReturnUrl=x", Outcome.LOGIN),
        ("https://login.tmall.com/?from=sm&redirectURL=https://detail.tmall.com/item.htm", Outcome.LOGIN),
        ("https://cfe.m.jd.com/privatedomain/risk_handler/03101900/?returnurl=x", Outcome.CAPTCHA),
        ("https://s.taobao.com:443/search/_____tmd_____/punish?x5secdata=x", Outcome.CAPTCHA),
        ("https://www.jd.com/error2.aspx", Outcome.ERROR),
        # an address that only names one in its query is no wall
        ("https://item.jd.com/990000000101.html?from=//passport.jd.com/", None),
    ],
)
def test_where_one_was_sent_says_enough(url: str, became: Outcome | None) -> None:
    assert outcome(html("<h1>演示</h1>" + LONG, url=url)) is became


@pytest.mark.parametrize(
    ("body", "became"),
    [
        ('{"ret":["FAIL_SYS_USER_VALIDATE","RGV587_ERROR::SM::被挤爆啦"],"data":{"url":"https://x/punish"}}', Outcome.CAPTCHA),
        ('{"ret":["FAIL_SYS_SESSION_EXPIRED::SESSION失效"],"data":{}}', Outcome.LOGIN),
        ('{"ret":["FAIL_SYS_TRAFFIC_LIMIT::限流"],"data":{}}', Outcome.BLOCKED),
        ('{"ret":["FAIL_BIZ_ITEM_NOT_FOUND::宝贝不存在"],"data":{}}', Outcome.ERROR),
        ('{"rgv587_flag":"sm","url":"https://s.taobao.com/search/_____tmd_____/verify/"}', Outcome.CAPTCHA),
        ('{"error":"pdos_captcha"}', Outcome.CAPTCHA),
        ('mtopjsonp1({"ret":["FAIL_SYS_USER_VALIDATE::x"],"data":{}})', Outcome.CAPTCHA),
        ('{"ret":["SUCCESS::调用成功"],"data":{"item":{"title":"LIMIT_NEED_LOGIN"}}}', None),
        ('{"ret":0,"data":{}}', None),
        ('{"ret":{"a":["x"]},"data":{}}', None),
    ],
)  # fmt: skip
def test_answers_of_the_platforms_that_are_none(body: str, became: Outcome | None) -> None:
    assert outcome(html(body, url="https://h5api.m.tmall.com/h5/x/", kind="application/json")) is became
