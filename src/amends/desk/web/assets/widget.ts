// The one script that a site names: a button, and the chat in a frame. No style sheet and no markup is written into the
// page, so that it works where a strict Content-Security-Policy allows this script and this frame.

const script = document.currentScript as HTMLScriptElement | null;
if (script) begin(script);

function begin(from: HTMLScriptElement): void {
  const home = new URL(from.dataset.home ?? new URL(from.src).origin, location.href).origin;
  const language = (from.dataset.language ?? document.documentElement.lang ?? "").slice(0, 2);
  const label = from.dataset.label ?? { tr: "Bize yazın", fa: "به ما بنویسید", mn: "Бидэнд бичээрэй" }[language] ?? "Write to us";
  const side = getComputedStyle(document.documentElement).direction === "rtl" ? "left" : "right";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.setAttribute("aria-expanded", "false");
  dress(button, {
    position: "fixed", bottom: "16px", [side]: "16px", "z-index": "2147483000", font: "600 16px system-ui, sans-serif",
    color: "#fff", background: from.dataset.colour ?? "#0f6b6b", border: "0", "border-radius": "24px", padding: "12px 20px",
    "min-height": "48px", cursor: "pointer", "box-shadow": "0 2px 12px rgba(0,0,0,.3)",
  });
  let frame: HTMLIFrameElement | undefined;
  button.addEventListener("click", () => {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.title = label;
      frame.src = `${home}/chat/${language ? `?language=${language}` : ""}`;
      dress(frame, {
        position: "fixed", bottom: "76px", [side]: "16px", "z-index": "2147483000", border: "0", "border-radius": "12px",
        width: "min(400px, calc(100vw - 32px))", height: "min(620px, calc(100vh - 100px))", background: "#fff",
        "box-shadow": "0 4px 24px rgba(0,0,0,.35)",
      });
      document.body.append(frame);
      button.setAttribute("aria-expanded", "true");
      return;
    }
    frame.hidden = !frame.hidden;
    frame.style.setProperty("display", frame.hidden ? "none" : "block");
    button.setAttribute("aria-expanded", String(!frame.hidden));
  });
  const put = () => document.body.append(button);
  if (document.body) put();
  else document.addEventListener("DOMContentLoaded", put);
}

function dress(element: HTMLElement, styles: Record<string, string>): void {
  for (const [name, value] of Object.entries(styles)) element.style.setProperty(name, value);
}
export {};
