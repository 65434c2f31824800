// Days in the reader's calendar: Jalali for readers of Persian, Gregorian for others. The browser knows both calendars;
// here is only how a month lies on a page, how a day is said, and how an hour is read.

const DAY = 86_400_000;
const MINUTES = 24 * 60;
const STEP = 30;
const AFTER_NOON: Record<string, number> = { am: 0, pm: 12, öö: 0, ös: 12, قظ: 0, بظ: 12, үө: 0, үх: 12 };
const WEEKDAYS_MN = ["Ня", "Да", "Мя", "Лх", "Пү", "Ба", "Бя"];
const LONG_MN = ["ням", "даваа", "мягмар", "лхагва", "пүрэв", "баасан", "бямба"];
const LOCALES: Record<string, string> = { en: "en-GB", tr: "tr", fa: "fa", mn: "en-GB" };

export interface Place {
  year: number;
  month: number;
  day: number;
}

const calendarOf = (language: string) => (language === "fa" ? "persian" : "gregory");
const numbers: Record<string, Intl.DateTimeFormat> = {};

/** A day of a field ("2026-11-24", with or without an hour) as the midnight of Greenwich; nothing where it is none. */
export function read(value: string): Date | undefined {
  const told = /^(\d{4})-(\d\d)-(\d\d)/.exec(value);
  if (!told) return undefined;
  const day = new Date(Date.UTC(Number(told[1]), Number(told[2]) - 1, Number(told[3])));
  return Number.isNaN(day.getTime()) ? undefined : day;
}

export const write = (day: Date): string => day.toISOString().slice(0, 10);
export const later = (day: Date, days: number): Date => new Date(day.getTime() + days * DAY);

/** Where a day stands in the reader's calendar. */
export function placeOf(day: Date, language: string): Place {
  const calendar = calendarOf(language);
  numbers[calendar] ??= new Intl.DateTimeFormat(`en-u-ca-${calendar}`, {
    timeZone: "UTC", year: "numeric", month: "numeric", day: "numeric",
  });
  const told = Object.fromEntries(numbers[calendar].formatToParts(day).map((part) => [part.type, parseInt(part.value, 10)]));
  return { year: told.year ?? 0, month: told.month ?? 0, day: told.day ?? 0 };
}

export const firstOfMonth = (day: Date, language: string): Date => later(day, 1 - placeOf(day, language).day);

/** The same day so many months on, or the last of that month. */
export function monthsOn(day: Date, months: number, language: string): Date {
  const wanted = placeOf(day, language).day;
  let first = firstOfMonth(day, language);
  for (let step = 0; step < Math.abs(months); step += 1) first = firstOfMonth(later(first, months > 0 ? 32 : -1), language);
  const last = later(firstOfMonth(later(first, 32), language), -1);
  return later(first, Math.min(wanted, placeOf(last, language).day) - 1);
}

/** Which day a week begins with: Saturday for readers of Persian, Monday for others; 0 is Sunday. */
export const weekBegins = (language: string): number => (language === "fa" ? 6 : 1);

/** The weeks that a month touches, whole. */
export function weeksOf(day: Date, language: string): Date[][] {
  const first = firstOfMonth(day, language);
  const next = firstOfMonth(later(first, 32), language);
  let at = later(first, -((first.getUTCDay() - weekBegins(language) + 7) % 7));
  const weeks: Date[][] = [];
  while (at < next) {
    weeks.push(Array.from({ length: 7 }, (_, place) => later(at, place)));
    at = later(at, 7);
  }
  return weeks;
}

export function digits(value: number | string, language: string): string {
  return language === "fa" ? String(value).replace(/\d/g, (one) => "۰۱۲۳۴۵۶۷۸۹"[Number(one)] ?? one) : String(value);
}

const named = (day: Date, language: string, how: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(`${LOCALES[language] ?? "en-GB"}-u-ca-${calendarOf(language)}`, { timeZone: "UTC", ...how }).format(day);

export function monthWords(day: Date, language: string): string {
  const { year, month } = placeOf(day, language);
  if (language === "mn") return `${year} оны ${month}-р сар`;
  return `${named(day, language, { month: "long" })} ${digits(year, language)}`;
}

export function weekdayWords(day: Date, language: string): string {
  if (language === "mn") return WEEKDAYS_MN[day.getUTCDay()] ?? "";
  return named(day, language, { weekday: language === "fa" ? "narrow" : "short" });
}

/** A whole day in words, and its hour where there is one. */
export function dayWords(day: Date, language: string, time = ""): string {
  const { year, month, day: number } = placeOf(day, language);
  const hour = time && digits(time, language);
  if (language === "mn") return [`${year} оны ${month}-р сарын ${number}, ${LONG_MN[day.getUTCDay()]}`, hour].filter(Boolean).join(", ");
  const weekday = named(day, language, { weekday: "long" });
  const rest = `${digits(number, language)} ${named(day, language, { month: "long" })} ${digits(year, language)}`;
  const words = language === "tr" ? `${rest} ${weekday}` : `${weekday} ${rest}`;
  return [words, hour].filter(Boolean).join(language === "fa" ? "، " : ", ");
}

/** Minutes since midnight of what somebody typed; nothing where it is no time of day. */
export function minutesOf(typed: string): number | undefined {
  const latin = typed.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "").trim().replace(/[۰-۹٠-٩]/g, (one) => String(one.charCodeAt(0) & 15));
  const told = /^(\d{1,2})(?:\s*[:.,٫h٬]?\s*(\d{2}))?\s*h?(?:\s*(\D+))?$/.exec(latin);
  if (!told) return undefined;
  let hour = Number(told[1]);
  const minute = Number(told[2] ?? 0);
  if (told[3] !== undefined) {
    const later = AFTER_NOON[told[3].replace(/[.\s\u200c]/g, "").toLocaleLowerCase("en")];
    if (later === undefined || hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + later;
  }
  return hour < 24 && minute < 60 ? hour * 60 + minute : undefined;
}

export function written(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** The next half hour up or down, round the clock. */
export function stepped(minutes: number, up: boolean): number {
  const on = up ? Math.floor(minutes / STEP) + 1 : Math.ceil(minutes / STEP) - 1;
  return (on * STEP + MINUTES) % MINUTES;
}
