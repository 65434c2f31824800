// What every page has: htmx without eval, the theme, and the reader's time zone.
import htmx from "htmx.org";

import { copying } from "./copying";

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

/** A cookie as the server reads it: the page says how names begin. */
function cookie(name: string, value: string): string {
  return `${document.documentElement.dataset.cookies ?? ""}${name}=${encodeURIComponent(value)}`;
}

/** Remember something small about the reader for a year. */
export function remember(name: string, value: string): void {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${cookie(name, value)}; path=/; max-age=31536000; samesite=lax${secure}`;
}

export function csrf(): string {
  return document.querySelector<HTMLMetaElement>("meta[name=csrf]")?.content ?? "";
}

function showTheme(theme: Theme): void {
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

function themeButtons(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-theme-button]");
    if (!button) return;
    const next: Theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    remember("theme", next);
    showTheme(next);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (!document.cookie.includes(cookie("theme", ""))) showTheme("system");
  });
}

function rememberZone(): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.includes(cookie("zone", zone))) remember("zone", zone);
}

/** Selects marked so send their form as soon as something is chosen, for instance the language. */
function quickForms(): void {
  document.addEventListener("change", (event) => {
    const field = event.target as HTMLElement;
    if (field.matches("[data-sends-form]")) field.closest("form")?.requestSubmit();
  });
}

/** The button that stands for a file field says in the page's own words what was chosen. */
function pickers(): void {
  document.addEventListener("change", (event) => {
    const field = event.target as HTMLInputElement;
    const names = field.closest(".picker")?.querySelector(".picker-names");
    if (!names || !field.files) return;
    names.replaceChildren(
      ...[...field.files].map((file) => {
        const line = document.createElement("li");
        const name = document.createElement("bdi");
        name.textContent = file.name;
        line.append(name);
        return line;
      }),
    );
  });
}

export function start(): void {
  window.htmx = htmx;
  Object.assign(htmx.config, {
    allowEval: false,
    allowScriptTags: false,
    includeIndicatorStyles: false,
    selfRequestsOnly: true,
    historyCacheSize: 0,
    refreshOnHistoryMiss: true,
    attributesToSettle: ["class", "width", "height"], // a style attribute, even an empty one, is not let in
  });
  document.addEventListener("htmx:configRequest", (event) => {
    const detail = (event as CustomEvent).detail as { headers: Record<string, string> };
    detail.headers["X-CSRFToken"] = csrf();
  });
  themeButtons();
  quickForms();
  pickers();
  rememberZone();
  copying();
}
