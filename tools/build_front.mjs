// Builds the style sheet, the programs, the fonts and the icons into web/static/built/. Run by `npm run build`.
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as esbuild from "esbuild";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const desk = path.join(root, "src/amends/desk");
const assets = path.join(desk, "web/assets");
const place = path.join(desk, "web/static/built");
// Built beside its place and then put there, so that a page that is open meanwhile finds the old one whole.
// Each run has a folder of its own: two may run at once.
const built = path.join(root, "build", `front-${process.pid}`);
const require = createRequire(import.meta.url);

// One family for Latin and Cyrillic, one for Persian; each file is loaded only by pages that show its letters.
const FONTS = {
  "source-sans-3": ["latin", "latin-ext", "cyrillic", "cyrillic-ext"],
  vazirmatn: ["arabic"],
};

async function fonts() {
  await mkdir(path.join(built, "fonts"), { recursive: true });
  for (const [family, subsets] of Object.entries(FONTS)) {
    const folder = path.dirname(require.resolve(`@fontsource-variable/${family}/package.json`));
    for (const subset of subsets) {
      const name = `${family}-${subset}-wght-normal.woff2`;
      await cp(path.join(folder, "files", name), path.join(built, "fonts", name));
    }
    await cp(path.join(folder, "LICENSE"), path.join(built, "fonts", `${family}-LICENSE.txt`));
  }
}

// On paper (PDF) the same two families, whole and in two weights.
const PAPER = { "source-sans-3": "SourceSans3", vazirmatn: "Vazirmatn" };

async function paperFonts() {
  await mkdir(path.join(built, "paper"), { recursive: true });
  for (const [family, name] of Object.entries(PAPER)) {
    const folder = path.dirname(require.resolve(`@expo-google-fonts/${family}/package.json`));
    for (const weight of ["400Regular", "700Bold"]) {
      await cp(path.join(folder, weight, `${name}_${weight}.ttf`), path.join(built, "paper", `${name}_${weight}.ttf`));
    }
    await cp(path.join(folder, "LICENSE_FONT"), path.join(built, "paper", `${family}-LICENSE.txt`));
  }
}

/** Collect the icons that templates and programs name, so that the sprite holds these and no others. */
async function iconsInUse() {
  const used = new Set();
  for (const entry of await readdir(desk, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(html|ts|py)$/.test(entry.name)) continue;
    const text = await readFile(path.join(entry.parentPath, entry.name), "utf8");
    for (const [, name] of text.matchAll(/\{%\s*icon\s+["']([a-z0-9-]+)["']/g)) used.add(name);
    for (const [, name] of text.matchAll(/\bicon(?:_name)?(?:=|\s*:\s*|\()\s*["']([a-z0-9-]+)["']/g)) used.add(name);
  }
  return [...used].sort();
}

async function icons() {
  const folder = path.join(path.dirname(require.resolve("lucide-static/package.json")), "icons");
  const symbols = [];
  const unknown = [];
  for (const name of await iconsInUse()) {
    let svg;
    try {
      svg = await readFile(path.join(folder, `${name}.svg`), "utf8");
    } catch (trouble) {
      if (trouble.code !== "ENOENT") throw trouble;
      unknown.push(name);
      continue;
    }
    const shapes = svg.replace(/<!--.*?-->/gs, "").replace(/^.*?<svg[^>]*>|<\/svg>\s*$/gs, "").replace(/\s+/g, " ").trim();
    symbols.push(
      `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" ` +
        `stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`,
    );
  }
  if (unknown.length) throw new Error(`No such icon in lucide: ${unknown.join(", ")}`);
  await writeFile(path.join(built, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

async function programs() {
  await esbuild.build({
    entryPoints: ["desk.ts", "customer.ts", "door.ts", "chat.ts", "widget.ts", "chat.css"].map((name) => path.join(assets, name)),
    outdir: built,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
  });
}

async function styles() {
  const cli = path.join(path.dirname(require.resolve("@tailwindcss/cli/package.json")), "dist/index.mjs");
  await promisify(execFile)(
    process.execPath,
    [cli, "-i", path.join(assets, "app.css"), "-o", path.join(built, "app.css"), "--minify"],
    { cwd: root },
  );
}

try {
  await mkdir(built, { recursive: true });
  await Promise.all([fonts(), paperFonts(), icons(), programs(), styles()]);
  await mkdir(path.dirname(place), { recursive: true });
  const old = `${built}-old`;
  await rename(place, old).catch((trouble) => {
    if (trouble.code !== "ENOENT") throw trouble;
  });
  await rename(built, place).catch(async (trouble) => {
    // Another run was first and has put the same there.
    if (!["ENOTEMPTY", "EEXIST"].includes(trouble.code)) throw trouble;
  });
  await rm(old, { recursive: true, force: true });
} finally {
  await rm(built, { recursive: true, force: true });
}
