// Attaches each behaviour to the elements that ask for it by a data attribute, at load and in whatever htmx brings later.
// One module per behaviour; pages work without any of them.

import htmx from "htmx.org";
import closeDetails from "./close-details.js";
import copy from "./copy.js";
import dirty from "./dirty.js";
import focusFirst from "./focus.js";
import live from "./live.js";
import sidebar from "./sidebar.js";
import submitOnChange from "./submit-on-change.js";

window.htmx = htmx;

const behaviours = {
  "[data-chart]": (element) => import("./chart.js").then((module) => module.default(element)),
  "[data-close-details]": closeDetails,
  "[data-copy]": copy,
  "[data-countdown]": (element) => import("./issues-countdown.js").then((module) => module.default(element)),
  "[data-dirty]": dirty,
  "[data-focus]": focusFirst,
  "[data-paste-html]": (element) => import("./issues-paste.js").then((module) => module.default(element)),
  "[data-save-key]": (element) => import("./issues-save-key.js").then((module) => module.default(element)),
  "[data-live]": live,
  "[data-sidebar]": sidebar,
  "[data-sortable]": (element) => import("./sortable.js").then((module) => module.default(element)),
  "[data-frame-width]": (element) => import("./frame-width.js").then((module) => module.default(element)),
  "[data-submit-on-change]": submitOnChange,
  "[data-toggles]": (element) => import("./toggles.js").then((module) => module.default(element)),
  "details.confirm": (element) => closeDetails.outside(element),
};

const attached = new WeakMap();

const attach = (root) => {
  for (const [selector, behave] of Object.entries(behaviours)) {
    const found = [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];
    for (const element of found) {
      const already = attached.get(element) ?? new Set();
      if (already.has(selector)) continue;
      attached.set(element, already.add(selector));
      behave(element);
    }
  }
};

attach(document);
htmx.onLoad(attach);
