// What a document is made of, but for its words: an injection shows as another shape.
// Links that lead out and pictures may be there or not, as an address is one or is none, and so may
// what explains a field, as much of an answer is shown or little; they are left out of the shape and
// held to their own rules, which `astray` names when they are broken.
(() => {
  const WORDS = new Set(["alt", "aria-label", "aria-valuetext", "content", "data-announce", "data-key", "data-says", "data-spoken", "value"]);
  const ADDRESSES = new Set(["action", "data", "data-lanes", "formaction", "href", "poster", "src", "srcset", "xlink:href"]);
  const PICTURE = ["alt", "class", "decoding", "height", "loading", "referrerpolicy", "src", "width"];
  const OUT = ["class", "href", "rel"];
  const TOLD = ["class", "data-help", "href"];

  const where = (value) => {
    if (value.startsWith("#")) return value;
    const { origin, protocol } = new URL(value, location);
    return origin === location.origin ? "here" : protocol;
  };

  const told = ({ name, value }) => {
    if (WORDS.has(name)) return name;
    if (ADDRESSES.has(name)) return `${name}=${where(value)}`;
    if (/^(data-)?hx-(get|post|put|patch|delete|push-url)$/.test(name)) return `${name}=${where(value)}`;
    return `${name}=${value}`;
  };

  const only = (element, names) => element.getAttributeNames().every((name) => names.includes(name));
  const isOut = (element) => element.matches("a[rel=noreferrer], p:has(> a.open:only-child)");
  const isTold = (element) => element.matches("a.told"); // a field of as much of an answer as is shown
  const isPicture = (element) => element.closest(".picture") !== null;

  const astray = (element) => {
    if (element.matches("a[rel=noreferrer]")) return !only(element, OUT) || !/^https?:$/.test(where(element.getAttribute("href")));
    if (isTold(element)) return !only(element, TOLD) || !/^#told-[0-9]+$/.test(element.getAttribute("href"));
    if (element.matches("img.picture")) return !only(element, PICTURE) || !where(element.getAttribute("src")).match(/^(here|https?:)$/);
    return false;
  };

  const isMark = ({ name }) => name === "data-htmx-powered"; // htmx has seen it, now or in a moment
  const line = (element) => `${element.localName} ${[...element.attributes].filter((one) => !isMark(one)).map(told).sort().join(" ")}`;

  const shape = (root) => {
    const lines = [];
    for (const element of root.querySelectorAll("*")) {
      if (astray(element)) lines.push(`astray ${line(element)}`);
      else if (!isOut(element) && !isPicture(element) && !isTold(element)) lines.push(line(element));
    }
    return lines;
  };

  const parsed = (html) => shape(new DOMParser().parseFromString(html, "text/html"));

  // The first line in which `found` is not as `expected`; null where they are the same.
  const unlike = (expected, found) => {
    const at = found.findIndex((each, place) => each !== expected[place]);
    if (at >= 0) return found[at];
    return found.length < expected.length ? `gone: ${expected[found.length]}` : null;
  };

  window.shapes = {
    shape: (within) => shape(within ? document.querySelector(within) : document),
    differing: ([harmless, many]) => {
      const expected = parsed(harmless);
      return many.map((html) => unlike(expected, parsed(html)));
    },
    foreign: ([known, many]) => {
      const usual = new Set(known.flatMap(parsed));
      return many.map((html) => parsed(html).find((each) => !usual.has(each)) ?? null);
    },
    typed: (text) => {
      const q = encodeURIComponent(text);
      return htmx.ajax("GET", `/fragments/resolve?q=${q}`, { target: "#recognised", swap: "innerHTML" });
    },
  };
})();
