"""A site can be served under a policy that lets nothing run but what was built."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from conftest import PATHWAYS, build_site
from pathbook import barriers, headers, verify
from reader import BOOK, at_address, page_in, stands_at

INLINE = "<html><head><script>theme()</script></head><body>{}</body></html>"


def test_only_the_code_of_the_theme_may_run() -> None:
    made = headers.of([INLINE.format("<article><script>evil()</script></article>")])
    assert made.scripts == (headers.hashed("theme()"),)


def test_the_same_pages_in_another_order_give_the_same_headers() -> None:
    pages = [f"<script>{name}</script>" for name in "abc"]
    assert headers.of(pages) == headers.of(reversed(pages))


def test_a_script_of_a_file_or_of_data_needs_no_hash() -> None:
    page = '<script src="a.js"></script><script type="application/json">{}</script>'
    assert headers.of([page]).scripts == ()


def test_the_policy_allows_no_code_that_nobody_named() -> None:
    policy = headers.of([INLINE.format('<p style="color: red">x</p>')]).policy
    rules = dict(part.split(" ", 1) for part in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy
    assert rules["script-src"].startswith("'self' 'sha256-")
    assert rules["style-src"] == f"'self' 'unsafe-hashes' {headers.hashed('color: red')}"


def test_both_servers_are_told_the_same() -> None:
    made = headers.of([INLINE])
    in_nginx = re.findall(r'^add_header (\S+) "(.*)" always;$', made.for_nginx(), re.MULTILINE)
    assert dict(in_nginx) == made.all
    lines = made.for_hosts().splitlines()
    assert lines[0] == "/*"
    assert dict(line.strip().split(": ", 1) for line in lines[1:]) == made.all


@pytest.mark.site
@pytest.mark.graphviz
def test_the_headers_stand_in_the_site_and_a_maintainers_own_stay(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "_headers").write_text("/*\n  X-Own: 1\n")
    shutil.copytree(PATHWAYS / "bare", tmp_path / "flow" / "bare")
    site = build_site(tmp_path, PATHWAYS)
    assert (site / "_headers").read_text() == "/*\n  X-Own: 1\n"
    assert "Content-Security-Policy" in (site / "headers.nginx.conf").read_text()


@pytest.mark.site
@pytest.mark.graphviz
def test_code_that_comes_into_a_page_after_the_build_is_found(
    test_site: Path, tmp_path: Path
) -> None:
    shutil.copytree(test_site, tmp_path / "site")
    page = tmp_path / "site" / "index.html"
    page.write_text(page.read_text().replace("</head>", "<script>evil()</script></head>"))
    found = verify.verified(tmp_path / "site", browser=False).problems
    assert [problem.code for problem in found] == ["policy-breach"]


@pytest.mark.site
@pytest.mark.graphviz
@pytest.mark.browser
def test_all_that_readers_do_works_under_the_policy_that_is_published(
    chromium: Browser, shipped_site: Path
) -> None:
    with barriers.served(shipped_site) as address:
        page = page_in(chromium)
        refused: list[str] = []
        page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
        page.add_init_script(
            "addEventListener('securitypolicyviolation',"
            " ({ effectiveDirective, sample }) => console.error(effectiveDirective, sample))"
        )
        answer = page.goto(f"{address}{BOOK}/?walk=relief-check:no")
        assert answer
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        stands_at(page, "reassess")
        page.get_by_role("button", name="Larger").click()
        at_address(page, "relief-check:no")
        page.wait_for_load_state("networkidle")
        page.get_by_role("textbox", name="Search").click()
        page.get_by_role("textbox", name="Search").press_sequentially("radiofrequency", delay=20)
        expect(page.locator(".md-search-result__item").first).to_be_visible()
        page.goto(f"{address}/about/")
        page.locator("label[for=__palette_1]").click()
        page.reload()
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
        for path in ("/", f"{BOOK}/rfa/", f"{BOOK}/evidence/", f"{BOOK}/print/", "/404.html"):
            page.goto(f"{address}{path}")
        assert refused == []
