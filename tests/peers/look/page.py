"""One summary as a page: page.py SNAPSHOT THEME WIDTH STYLESHEET. Placeholders of the snapshot become values of the usual length.

The page puts its height into its title, and what is wrong with it: the column of the summary is as wide as GitHub's, and nothing but a table
may be wider, because that one scrolls.
"""

import re
import sys

import cmarkgfm

VALUES = {
    "digest": "sha256:" + "3fb1a0c2d4e5968778a9bacbdcedfe0f" * 2,
    "integrity": "sha512-" + "Yt6mR1c9Qz4nX0vLwKpB8sHdGfJ2eUaT" * 2 + "Yt6mR1c9Qz4nX0vLwKpBw==",
    "cert-id": "CERT-PKG-20260102-K7QW3MZ5X2RT",
    "chitty-id": "chittyos.acme-widgets.01941f29-7c00-7a5b-8c3d-2f6e1a9b4c5d",
    "id": "01941f29-7c00-7a5b-8c3d-2f6e1a9b4c5d",
    "reg-id": "reg_1735787045_k7qw3mz5",
    "operation": "9f86d081884c7d659a2feaa0c55ad015",
    "time": "2026-01-02T03:04:05.678Z",
    "address": "registry.example",
    "ms": "128",
}
# What the Markdown of a summary may become.
ELEMENTS = "h3 p code table thead tbody tr th td ul li a strong em"


def main():
    snapshot, theme, width, stylesheet = sys.argv[1:]
    markdown = open(snapshot, encoding="utf-8").read().split("\n---\n", 1)[1]
    # What was shortened before it became a placeholder.
    markdown = markdown.replace("[integrity]…", VALUES["integrity"][:19] + "…")
    for name, value in VALUES.items():
        markdown = markdown.replace(f"[{name}]", value)
    body = cmarkgfm.github_flavored_markdown_to_html(markdown)
    foreign = set(re.findall(r"<([a-z0-9]+)", body)) - set(ELEMENTS.split())
    print(PAGE.format(
        style=open(stylesheet, encoding="utf-8").read(),
        background={"light": "#ffffff", "dark": "#0d1117"}[theme],
        width=int(width),
        padding=32 if int(width) > 767 else 16,
        body=body,
        foreign=" ".join(sorted(foreign)),
    ))


PAGE = """<!doctype html>
<meta charset="utf-8"><title>0</title>
<style>{style}</style>
<style>html, body {{ margin: 0; background: {background}; }} .markdown-body {{ width: {width}px; padding: {padding}px; box-sizing: border-box; }}</style>
<article class="markdown-body">{body}</article>
<script>
const page = document.querySelector('.markdown-body'), wrong = '{foreign}' ? ['{foreign}'] : [];
for (const each of page.querySelectorAll(':not(table *)'))
  if (each.getBoundingClientRect().right > {width} || (each.tagName !== 'TABLE' && each.scrollWidth > each.clientWidth && each.clientWidth))
    wrong.push('wider than the page: ' + each.textContent.slice(0, 60));
document.title = Math.ceil(page.getBoundingClientRect().height) + ' ' + (wrong.join(', ') || 'fits');
</script>
"""

main()
