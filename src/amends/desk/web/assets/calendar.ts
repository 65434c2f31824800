// Days in the reader's calendar: Jalali for readers of Persian, Gregorian for others. The browser knows both calendars;
// here is only how a month lies on a page and how a day is said.

const DAY = 86_400_000;
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
