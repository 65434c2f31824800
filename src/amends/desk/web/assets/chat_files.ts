// Files in the chat: chosen, dropped or pasted, shown before they go, and sent one by one. Each has a name of its own,
// so that one which goes up again after a broken line is taken in once.

export type Attached = { name: string; size: string; at: string; picture: boolean };
type Tray = { take: () => File[]; list: () => readonly File[] };

const PICTURE = /^image\/(png|jpeg|gif|webp)$/;
const SEEN = 8 * 1024 * 1024; // bytes; a larger picture is a file like others
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

export function measure(bytes: number, language: string): string {
  let amount = bytes;
  let step = 0;
  for (; amount >= 1024 && step < UNITS.length - 1; step++) amount /= 1024;
  const digits = step < 2 || amount >= 10 ? 0 : 1;
  const unit = { style: "unit", unit: UNITS[step], unitDisplay: "short", maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat(language, unit).format(amount);
}

function label(name: string, size: string): [HTMLElement, HTMLElement] {
  const called = document.createElement("bdi");
  called.textContent = name;
  const large = document.createElement("span");
  large.className = "soft";
  large.textContent = size;
  return [called, large];
}

// A file that is still with the visitor: its picture is read here and asked of nobody.
export function waiting(file: File, language: string): HTMLElement {
  const shown = document.createElement("span");
  shown.className = "file";
  if (PICTURE.test(file.type) && file.size <= SEEN) {
    const picture = document.createElement("img");
    picture.alt = "";
    const reader = new FileReader();
    reader.addEventListener("load", () => (picture.src = String(reader.result)));
    reader.readAsDataURL(file);
    shown.append(picture);
  }
  shown.append(...label(file.name, measure(file.size, language)));
  return shown;
}

// A file that the desk has.
export function attached(file: Attached): HTMLElement {
  const shown = document.createElement("a");
  shown.className = "file";
  shown.href = file.at;
  shown.target = "_blank";
  shown.rel = "noopener";
  if (file.picture) {
    const picture = document.createElement("img");
    picture.alt = "";
    picture.src = file.at;
    shown.append(picture);
  }
  shown.append(...label(file.name, file.size));
  return shown;
}

// The files that go with the next message.
export function tray(
  input: HTMLInputElement,
  list: HTMLElement,
  whole: HTMLElement,
  say: (text: string) => void,
  changed: () => void,
): Tray {
  const words = whole.dataset;
  const language = words.language ?? "en";
  const chosen: File[] = [];

  function show(): void {
    list.hidden = chosen.length === 0;
    list.replaceChildren(
      ...chosen.map((file) => {
        const item = document.createElement("li");
        const out = document.createElement("button");
        out.type = "button";
        out.textContent = "×";
        out.setAttribute("aria-label", `${words.remove}: ${file.name}`);
        out.addEventListener("click", () => {
          const place = chosen.indexOf(file);
          chosen.splice(place, 1);
          show();
          const next = list.querySelectorAll("button")[Math.min(place, chosen.length - 1)];
          (next ?? input).focus();
          say((words.removed ?? "").replace("%(name)s", file.name));
        });
        item.append(waiting(file, language), out);
        return item;
      }),
    );
    changed();
  }

  function add(files: Iterable<File>): void {
    const told: string[] = [];
    for (const file of files) {
      if (chosen.length >= Number(words.most)) {
        told.push(words.many ?? "");
        break;
      }
      if (file.size > Number(words.limit)) {
        const large = (words.large ?? "").replace("%(limit)s", measure(Number(words.limit), language));
        told.push(large.replace("%(name)s", file.name));
        continue;
      }
      chosen.push(file);
      told.push((words.added ?? "").replace("%(name)s", file.name));
    }
    show();
    say(told.join(" "));
  }

  input.addEventListener("change", () => {
    add(Array.from(input.files ?? []));
    input.value = ""; // the same file may be chosen again
  });
  whole.addEventListener("paste", (event) => {
    const files = event.clipboardData?.files;
    if (!files?.length) return;
    event.preventDefault();
    add(Array.from(files));
  });
  whole.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    whole.classList.add("over");
  });
  whole.addEventListener("dragleave", (event) => {
    if (!whole.contains(event.relatedTarget as Node | null)) whole.classList.remove("over");
  });
  whole.addEventListener("drop", (event) => {
    whole.classList.remove("over");
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    if (!list.closest("form")?.hidden) add(Array.from(event.dataTransfer.files));
  });

  return {
    list: () => chosen,
    take: () => {
      const files = chosen.splice(0);
      show();
      return files;
    },
  };
}

// Send one file, and tell how far it has gone. A line that breaks rejects; what was taken back resolves with nothing.
export function put(
  to: string,
  file: File,
  client: string,
  request: XMLHttpRequest,
  gone: (part: number) => void,
): Promise<{ status: number; says: string } | undefined> {
  const told = new FormData();
  told.append("client", client);
  told.append("file", file);
  return new Promise((done, broken) => {
    request.open("POST", to);
    request.upload.addEventListener("progress", (event) => gone(event.loaded / Math.max(1, event.total)));
    request.addEventListener("abort", () => done(undefined));
    request.addEventListener("error", () => broken(new Error("line")));
    request.addEventListener("load", () => {
      if (request.status >= 500) return broken(new Error(String(request.status)));
      let says = "";
      try {
        says = String(JSON.parse(request.responseText).says ?? "");
      } catch {
        // Something between here and the desk has answered.
      }
      done({ status: request.status, says });
    });
    request.send(told);
  });
}
