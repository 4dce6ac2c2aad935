// Draws every screen of the interface in every state, both themes, popup and wide tab, and saves a picture of each.
//
//   node tests/browser/screens.mjs [name …]
//
// Needs the interface built with fixtures:
//   cargo build -p walnut-popup --features mock --target wasm32-unknown-unknown
// and wasm-bindgen on the PATH (or in ~/.cache/walnut/tools/bin). Pictures go to target/screens/. Without names all
// fixtures are drawn. Fails when a page reports an error, draws nothing, or is wider than its window.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { homedir } from "node:os";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const site = join(target, "screens-site");
const pictures = process.env.WALNUT_OUT ?? join(root, "target", "screens");
const wasm = join(target, "wasm32-unknown-unknown", "debug", "walnut_popup.wasm");
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".wasm": "application/wasm", ".png": "image/png" };

/** The page as it is in the package, with the wasm built with fixtures. */
function assemble() {
  if (!existsSync(wasm)) {
    throw new Error(`${wasm} is missing. Run: cargo build -p walnut-popup --features mock --target wasm32-unknown-unknown`);
  }
  rmSync(site, { recursive: true, force: true });
  cpSync(join(root, "extension", "static"), site, { recursive: true });
  const path = `${join(homedir(), ".cache", "walnut", "tools", "bin")}:${process.env.PATH}`;
  execFileSync("wasm-bindgen", ["--target", "web", "--out-name", "popup", "--out-dir", join(site, "wasm"), wasm], {
    env: { ...process.env, PATH: path },
    stdio: ["ignore", "inherit", "inherit"],
  });
}

/** Names of all fixtures, read from their source. */
function fixtures() {
  const source = readFileSync(join(root, "extension", "popup", "src", "mock.rs"), "utf8");
  const list = (name) => [...source.match(new RegExp(`const ${name}: [^=]*= \\[([^\\]]*)\\]`))[1].matchAll(/"([^"]+)"/g)].map((match) => match[1]);
  return [...list("FIXTURES"), ...list("MORE")];
}

function serve() {
  const csp = JSON.parse(readFileSync(join(root, "manifest.json"), "utf8")).content_security_policy.extension_pages;
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url, "http://localhost").pathname);
    const file = join(site, path);
    if (!file.startsWith(site) || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    // The extension's own policy, so that what it forbids fails here as well.
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "content-security-policy": csp });
    response.end(readFileSync(file));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

const VIEWS = [
  { name: "popup", surface: "popup", width: 360, height: 600 },
  { name: "tab", surface: "tab", width: 1100, height: 800 },
];

async function draw(browser, origin, name, view, theme, problems) {
  const page = await browser.newPage();
  const label = `${name} ${view.name} ${theme}`;
  page.on("console", (message) => message.type() === "error" && problems.push(`${label}: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(`${label}: ${error.message}`));
  await page.setViewport({ width: view.width, height: view.height });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }, { name: "prefers-reduced-motion", value: "reduce" }]);
  const surface = view.surface === "popup" ? "&surface=popup" : "";
  await page.goto(`${origin}/popup.html?mock=${name}${surface}`);
  await page.waitForSelector("[data-painted]", { timeout: 20_000 });
  const overflow = await page.evaluate(() => {
    const wide = [...document.querySelectorAll(".main, .sheet, .side, html")].filter((element) => element.scrollWidth > element.clientWidth + 1);
    return wide.map((element) => `${element.className || element.tagName} ${element.scrollWidth} > ${element.clientWidth}`);
  });
  problems.push(...overflow.map((text) => `${label}: wider than the window: ${text}`));
  await page.screenshot({ path: join(pictures, `${name}-${view.name}-${theme}.png`) });
  if (view.name === "popup") {
    // The whole length of the screen, for looking at what is below the fold.
    const length = await page.evaluate(() => {
      const main = document.querySelector(".main");
      return main ? main.scrollHeight - main.clientHeight : 0;
    });
    if (length > 0) {
      await page.evaluate(() => document.documentElement.removeAttribute("data-surface"));
      await page.setViewport({ width: view.width, height: view.height + length });
      await page.screenshot({ path: join(pictures, `${name}-${view.name}-${theme}-long.png`) });
    }
  }
  await page.close();
}

const names = process.argv.slice(2);
assemble();
mkdirSync(pictures, { recursive: true });
const server = await serve();
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await puppeteer.launch({
  executablePath: process.env.WALNUT_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-background-networking", "--no-first-run", "--hide-scrollbars"],
});
const problems = [];
let drawn = 0;
for (const name of names.length > 0 ? names : fixtures()) {
  for (const view of VIEWS) {
    for (const theme of ["light", "dark"]) {
      await draw(browser, origin, name, view, theme, problems);
      drawn += 1;
    }
  }
}
await browser.close();
server.close();
writeFileSync(join(pictures, "problems.txt"), problems.join("\n"));
console.log(`${drawn} pictures in ${pictures}`);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
