// What a mark does to a text and to what is chosen in it: values in, values out. Places count UTF-16 units, as a field does.

export interface Marking {
  text: string;
  start: number;
  end: number;
}

export type Mark = "bold" | "link" | "list" | "numbers" | "quote";

const BOLD = "**";
const BEGINNING = { list: /^[-*] /, numbers: /^\d{1,9}[.)] /, quote: /^> ?/ };
const ADDRESS = /^https?:\/\/\S+$/;
const FALLBACK = "https://";

/** Put a mark, or take it away where it stands already. */
export function marked(now: Marking, mark: Mark): Marking {
  if (mark === "bold") return bold(now);
  if (mark === "link") return linked(now);
  return lined(now, mark);
}

/** Turn the chosen words into a link; one may paste an address over them. */
export function linked(now: Marking, address = ""): Marking {
  const { text, start, end } = trimmed(now);
  const chosen = text.slice(start, end);
  const is = !address && ADDRESS.test(chosen);
  const [words, target] = is ? ["", chosen] : [chosen, address || FALLBACK];
  const put = `[${words}](${target})`;
  const after = text.slice(0, start) + put + text.slice(end);
  if (!words) return { text: after, start: start + 1, end: start + 1 };
  const from = start + words.length + 3;
  return address ? { text: after, start: start + put.length, end: start + put.length } : { text: after, start: from, end: from + target.length };
}

export function isAddress(text: string): boolean {
  return ADDRESS.test(text.trim());
}

/** What a new line begins with: the next of a list, nothing more where the last one stayed empty. */
export function nextLine({ text, start, end }: Marking): Marking | undefined {
  if (start !== end) return undefined;
  const from = start ? text.lastIndexOf("\n", start - 1) + 1 : 0;
  const line = text.slice(from, start);
  const found = /^(\s*)(?:([-*]) |(\d{1,8})([.)]) |(>) ?)/.exec(line);
  if (!found) return undefined;
  const [whole, blank = "", dash, number, after, quote] = found;
  if (!line.slice(whole.length).trim()) {
    return { text: text.slice(0, from) + text.slice(start), start: from, end: from };
  }
  const put = `\n${blank}${dash ? `${dash} ` : quote ? "> " : `${Number(number) + 1}${after} `}`;
  return { text: text.slice(0, start) + put + text.slice(end), start: start + put.length, end: start + put.length };
}

function bold(now: Marking): Marking {
  const { text, start, end } = trimmed(now);
  const chosen = text.slice(start, end);
  const [before, after] = [text.slice(0, start), text.slice(end)];
  if (before.endsWith(BOLD) && after.startsWith(BOLD)) {
    return { text: before.slice(0, -2) + chosen + after.slice(2), start: start - 2, end: end - 2 };
  }
  if (chosen.length > 4 && chosen.startsWith(BOLD) && chosen.endsWith(BOLD)) {
    return { text: before + chosen.slice(2, -2) + after, start, end: end - 4 };
  }
  return { text: before + BOLD + chosen + BOLD + after, start: start + 2, end: end + 2 };
}

/** A mark at the beginning of every line that is touched; another one that stands there makes room. */
function lined({ text, start, end }: Marking, mark: "list" | "numbers" | "quote"): Marking {
  const from = start ? text.lastIndexOf("\n", start - 1) + 1 : 0;
  const next = text.indexOf("\n", Math.max(from, end > start ? end - 1 : end));
  const to = next < 0 ? text.length : next;
  const lines = text.slice(from, to).split("\n");
  const said = lines.filter((line) => line.trim());
  const has = said.length > 0 && said.every((line) => BEGINNING[mark].test(line));
  let count = 0;
  const put = lines
    .map((line) => {
      if (!line.trim() && lines.length > 1) return line;
      if (has) return line.replace(BEGINNING[mark], "");
      count += 1;
      const bare = mark === "quote" ? line : line.replace(BEGINNING.list, "").replace(BEGINNING.numbers, "");
      return `${{ list: "-", numbers: `${count}.`, quote: ">" }[mark]} ${bare}`;
    })
    .join("\n");
  const after = text.slice(0, from) + put + text.slice(to);
  return start === end
    ? { text: after, start: from + put.length, end: from + put.length }
    : { text: after, start: from, end: from + put.length };
}

/** Leave out white space at the edges: a mark stands close to its words. */
function trimmed({ text, start, end }: Marking): Marking {
  const chosen = text.slice(start, end);
  const bare = chosen.trim();
  const from = bare ? start + chosen.indexOf(bare) : start;
  return { text, start: from, end: bare ? from + bare.length : from };
}
