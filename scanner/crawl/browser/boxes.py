"""Where the words of a page stand on its full-page picture: asked of the browser before and after the shot.

Owns: the question (a walk over the visible text nodes, the box of every character by ``Range.getClientRects``), and
keeping only what was the same both times, so that a mark never sits where the words no longer were. Leaves to others:
asking (``sight``), finding a quote among the rows and drawing (``report.marks``).

The resource ``boxes`` (JSON): ``{format, of, width, height, before, after, cut, rows, pictures}``. A row is
``[text, top, height, [left, right, right, …]]``: characters without spaces that stand side by side, the left edge of the
first and the right edge of each, in CSS pixels of the page — those of the picture, which is taken at scale 1.
``pictures`` are ``[address, left, top, width, height, width of the file, height of the file]``. ``before`` and ``after``
count the rows of each walk; fewer ``rows`` than those means that the page moved. ``cut`` says why a walk ended early.

Not among the rows: hidden text, text in frames, in pictures and canvases, in pseudo-elements, form fields and closed
shadow roots. Whether something else covers a text is not known: who reads the report sees it inside the frame.
"""

from __future__ import annotations

import json
from typing import Any

FORMAT = "qingwang-boxes/1"
MAX_CHARS = 60_000
MAX_PICTURES = 500
MAX_SECONDS = 2  # of one walk, by the page's clock

# Runs in a world of our own. An offset box of an ancestor with overflow clips what it holds (but for html and body).
BOXES = """(() => {
 const most = %d, until = performance.now() + %d, rows = [], pictures = [], through = new Map();
 let count = 0, cut = '';
 const sx = scrollX, sy = scrollY, skip = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'TEXTAREA', 'TITLE', 'OPTION']);
 const all = [-1e9, -1e9, 1e9, 1e9];
 const window_of = (element) => {
  const path = [];
  let e = element;
  while (e && !through.has(e)) { path.push(e); e = e.parentElement || (e.getRootNode() || {}).host || null; }
  let box = e ? through.get(e) : all;
  while (path.length) {
   e = path.pop();
   if (e !== document.documentElement && e !== document.body && getComputedStyle(e).overflow !== 'visible') {
    const r = e.getBoundingClientRect();
    box = [Math.max(box[0], r.left), Math.max(box[1], r.top), Math.min(box[2], r.right), Math.min(box[3], r.bottom)];
   }
   through.set(e, box);
  }
  return box;
 };
 const seen = (e) => e.checkVisibility({opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true});
 const range = document.createRange();
 const text = (node) => {
  const e = node.parentElement || (node.getRootNode() || {}).host;
  if (!e || skip.has(e.tagName) || !/\\S/.test(node.data) || !seen(e)) return;
  range.selectNodeContents(node);
  if (!range.getClientRects().length) return;
  const win = window_of(e), data = node.data;
  let row = null;
  for (let i = 0; i < data.length;) {
   const c = String.fromCodePoint(data.codePointAt(i)), from = i;
   i += c.length;
   if (/\\s/.test(c)) { row = null; continue; }
   if (count >= most) { cut = 'characters'; return; }
   if (performance.now() > until) { cut = 'time'; return; }
   range.setStart(node, from); range.setEnd(node, i);
   const r = [...range.getClientRects()].filter(b => b.width && b.height).pop();
   if (!r) { if (row) row[0] += c, row[3].push(row[3][row[3].length - 1]); continue; }
   const mx = (r.left + r.right) / 2, my = (r.top + r.bottom) / 2;
   if (mx < win[0] || mx > win[2] || my < win[1] || my > win[3]) { row = null; continue; }
   const left = Math.round(r.left + sx), right = Math.round(r.right + sx);
   const top = Math.round(r.top + sy), height = Math.round(r.bottom + sy) - top;
   if (right <= 0 || top + height <= 0) { row = null; continue; }
   count++;
   const last = row ? row[3][row[3].length - 1] : 0;
   if (row && row[1] === top && row[2] === height && Math.abs(left - last) <= 2) row[0] += c, row[3].push(right);
   else rows.push(row = [c, top, height, [left, right]]);
  }
 };
 const walk = (root) => {
  const tree = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = tree.nextNode(); node && !cut; node = tree.nextNode()) {
   if (node.nodeType === Node.TEXT_NODE) { text(node); continue; }
   if (node.shadowRoot) walk(node.shadowRoot);
   if (node.tagName === 'IMG' && node.naturalWidth && pictures.length < %d && seen(node)) {
    const r = node.getBoundingClientRect();
    if (r.width && r.height)
     pictures.push([node.currentSrc.slice(0, 2000), Math.round(r.left + sx), Math.round(r.top + sy),
      Math.round(r.width), Math.round(r.height), node.naturalWidth, node.naturalHeight]);
   }
  }
 };
 if (document.body) walk(document.body);
 return JSON.stringify({rows: rows, pictures: pictures, cut: cut});
})()""" % (MAX_CHARS, MAX_SECONDS * 1000, MAX_PICTURES)  # noqa: UP031 - braces of JavaScript


def agreed(before: bytes, after: bytes, *, width: int, height: int) -> bytes:
    """The resource, from the two answers: rows and pictures that were at the same place both times. Raises ValueError for
    an answer that is none (cut by its size)."""
    first, second = json.loads(before), json.loads(after)
    made = {
        "format": FORMAT,
        "of": "screenshot-full",
        "width": width,
        "height": height,
        "before": len(first["rows"]),
        "after": len(second["rows"]),
        "cut": first["cut"] or second["cut"],
        "rows": _same(first["rows"], second["rows"]),
        "pictures": _same(first["pictures"], second["pictures"]),
    }
    text = json.dumps(made, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "replace")  # a lone surrogate becomes "?"


def _same(before: list[Any], after: list[Any]) -> list[Any]:
    there = {json.dumps(row) for row in after}
    return [row for row in before if json.dumps(row) in there]
