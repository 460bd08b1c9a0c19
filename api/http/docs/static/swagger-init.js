"use strict";
// Starts Swagger UI. A file of its own, because the page's policy forbids inline scripts.

// Swagger UI puts a link into each operation's button; a control within a control is lost on
// screen readers. The button alone already updates the address.
const plainHeadings = () => ({
  wrapComponents: {
    DeepLink: (_, system) => ({ text }) => system.React.createElement("span", null, text),
  },
});

// Fields start with the schema's first example, so that "Execute" works at once; Swagger UI
// itself looks only at `example`, which OpenAPI 3.1 has given up.
const isObject = (value) => value !== null && typeof value === "object";

function fillIn(node) {
  if (!isObject(node)) return;
  const [example] = (node.in && node.schema?.examples) || [];
  if (example !== undefined && node.example === undefined && !node.examples) node.example = example;
  Object.values(node).forEach(fillIn);
}

const startFromExamples = () => ({
  statePlugins: {
    spec: {
      wrapActions: {
        updateJsonSpec: (update) => (spec) => {
          const filled = structuredClone(spec);
          fillIn(filled.paths);
          return update(filled);
        },
      },
    },
  },
});

// Swagger UI leaves some fields unnamed, some scrolling blocks out of the tab order, a level out of
// its headings, and all regions under one name.
function name(field) {
  if (field.labels?.length || field.getAttribute("aria-label")) return;
  const row = field.closest("[data-param-name]");
  field.setAttribute("aria-label", row ? row.dataset.paramName : "Request body");
}

function nameRegion(region) {
  const path = region.closest(".opblock")?.querySelector("[data-path]")?.dataset.path ?? "";
  region.setAttribute("aria-label", `Answers of ${path} ${region.id}`);
}

function mend() {
  const root = document.getElementById("swagger-ui");
  root.querySelectorAll(":is(h3, h4, h5):not([aria-level])")
    .forEach((heading) => { heading.ariaLevel = String(heading.tagName[1] - 1); });
  const about = root.querySelector(".information-container:not([role])");
  if (about) Object.assign(about, { role: "region", ariaLabel: "About this API" });
  root.querySelectorAll("table[role=region]:not([aria-label])").forEach(nameRegion);
  root.querySelectorAll(".opblock-body :is(input, select, textarea)").forEach(name);
  root.querySelectorAll("pre:not([tabindex]), .table-container:not([tabindex])")
    .forEach((block) => { block.tabIndex = 0; });
}

new MutationObserver(mend)
  .observe(document.getElementById("swagger-ui"), { childList: true, subtree: true });

// Whoever has signed in changes something only with the token of a page shown to them.
function withToken(request) {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  if (token) request.headers["X-CSRF-Token"] = token;
  return request;
}

window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  persistAuthorization: false,
  requestInterceptor: withToken,
  plugins: [plainHeadings, startFromExamples],
});
