"""HTML that is set aside comes back as if it had never been away."""

import markdown
from justhtml import JustHTML

from pathbook.aside import aside
from pathbook.model import Definition
from test_pages import written


def converted(text: str) -> str:
    return markdown.markdown(text, extensions=["toc", "tables", "fenced_code", "attr_list"])


def test_readers_get_the_same_page_as_if_all_of_it_had_been_read_as_markdown(
    any_pathway: Definition,
) -> None:
    found = written(any_pathway)
    tried = [path for path in found if path.endswith(".md")]
    assert tried
    for path in tried:
        body = found[path].text.split("---\n", 2)[2]
        apart = aside(body)
        assert apart.blocks, path
        assert len(apart.markdown) < len(body) / 2, path
        assert apart.back(converted(apart.markdown)) == converted(body), path


def test_a_link_to_a_part_of_a_page_is_known_to_arrive(any_pathway: Definition) -> None:
    text = written(any_pathway)[f"{any_pathway.id}/evidence.md"].text
    ids = {str((element.attrs or {})["id"]) for element in JustHTML(text).query("[id]")}
    assert aside(text).ids == ids


def test_a_mark_that_a_text_imitates_brings_nothing_back() -> None:
    apart = aside('## <div data-pathbook-aside="0"></div>\n\n<p>one</p>')
    assert apart.blocks == ("<p>one</p>",)
    assert apart.back(converted("## &#60;div data-pathbook-aside=&#34;0&#34;>")).count("one") == 0
