// Bundles the desk's front end into service/web/static/: style sheets, behaviours, fonts, the icon sprite, and manifest.json,
// which tells the templates under which name (with its content's hash) each file was written. `npm run build`, or with --watch.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, watch, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..", "..");
const target = join(root, "service", "web", "static");
const draft = `${target}.draft-${process.pid}`;
const icons = JSON.parse(readFileSync(join(here, "icons.json"), "utf8"));

const hashed = (name, content) => {
  const ending = extname(name);
  return `${basename(name, ending)}-${createHash("sha256").update(content).digest("hex").slice(0, 8)}${ending}`;
};

// The policy allows pictures from our own origin only: what a style sheet carries inline becomes a file.
const picturesAsFiles = {
  name: "pictures-as-files",
  setup(build) {
    build.onResolve({ filter: /^data:image\/svg\+xml/ }, ({ path }) => {
      const contents = decodeURIComponent(path.replace(/^data:image\/svg\+xml(;charset=[\w-]+|;utf8)?,/, ""));
      return { path: hashed("picture.svg", contents), namespace: "inline-picture", pluginData: { contents } };
    });
    build.onLoad({ filter: /.*/, namespace: "inline-picture" }, ({ pluginData }) => ({ ...pluginData, loader: "file" }));
  },
};

const bundle = async (entries, format) => {
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: entries.map((name) => join(here, name)),
    outdir: draft,
    entryNames: "[name]-[hash]",
    chunkNames: "chunks/[name]-[hash]",
    assetNames: "media/[name]-[hash]",
    bundle: true,
    minify: true,
    metafile: true,
    splitting: format === "esm",
    format,
    target: ["chrome109", "firefox115", "safari16"],
    loader: { ".woff2": "file", ".svg": "file" },
    plugins: [picturesAsFiles],
    legalComments: "linked",
    logLevel: "warning",
  });
  const outputs = Object.entries(result.metafile.outputs).filter(([, output]) => output.entryPoint);
  return outputs.map(([path, output]) => [basename(output.entryPoint), path.slice(path.indexOf(basename(draft)) + basename(draft).length + 1)]);
};

const sprite = () => {
  const symbols = icons.map((name) => {
    const drawing = readFileSync(join(root, "node_modules/@tabler/icons/icons/outline", `${name}.svg`), "utf8");
    const lines = drawing.slice(drawing.indexOf(">") + 1, drawing.lastIndexOf("</svg>")).replace(/\s+/g, " ").replace(/<path stroke="none"[^>]*>/, "");
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${lines.trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
};

const write = (name, content) => {
  const file = hashed(name, content);
  writeFileSync(join(draft, file), content);
  return [name, file];
};

const build = async () => {
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  try {
    const files = [
      ...(await bundle(["css/desk.css"], "iife")),
      ...(await bundle(["js/desk.js"], "esm")),
      ...(await bundle(["js/theme.js"], "iife")),
      write("icons.svg", sprite()),
      write("favicon.svg", readFileSync(join(here, "favicon.svg"), "utf8")),
    ];
    writeFileSync(join(draft, "manifest.json"), JSON.stringify(Object.fromEntries(files), null, 2));
    rmSync(target, { recursive: true, force: true }); // a half-built folder is never seen: the new one appears by one rename
    renameSync(draft, target);
    console.log(`front end built: ${files.length} entries`);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
};

for (const left of readdirSync(dirname(target)).filter((name) => name.startsWith("static.draft-"))) {
  rmSync(join(dirname(target), left), { recursive: true, force: true });
}
await build();

if (process.argv.includes("--watch")) {
  let timer;
  for (const folder of ["css", "js"]) {
    watch(join(here, folder), { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(() => build().catch((error) => console.error(error.message)), 100);
    });
  }
}
