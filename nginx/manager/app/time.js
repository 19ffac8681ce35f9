// Times come as ISO-8601 in UTC and are shown in the reader's own zone. Months of quota are UTC.

import { h } from './element.js';
import { language } from './i18n.js';

const shown = (time, options) => new Intl.DateTimeFormat(language(), options).format(new Date(time));

/** `21 Nov, 14:05`, with the year where it is not this one; a dash for null. */
export function dateTime(time) {
  if (!time) return '—';
  const isThisYear = new Date(time).getFullYear() === new Date().getFullYear();
  return shown(time, {
    day: 'numeric', month: 'short', year: isThisYear ? undefined : 'numeric', hour: '2-digit', minute: '2-digit', hour12: false,
  });
}

/** The same as an element that tells the exact time. */
export const moment = (time) => (time ? h('time', { datetime: time, title: time }, dateTime(time)) : '—');

/** `21 Nov`, of a day in UTC such as `2026-11-21`. */
export const shortDay = (day) => shown(`${day}T00:00:00Z`, { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** `November 2026`, the month of the quota. */
export const monthName = () => shown(Date.now(), { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** The first day of this month in UTC: `2026-11-01`. */
export const monthStart = () => `${new Date().toISOString().slice(0, 8)}01`;

/** A number of days ago, as a time that the API takes. */
export const daysAgo = (days) => new Date(Date.now() - days * 86_400_000).toISOString();

/** The days of a row of days that ends today, in UTC: `['2026-11-20', '2026-11-21']`. */
export const lastDays = (days) => Array.from({ length: days }, (_, index) => daysAgo(days - 1 - index).slice(0, 10));

/** For `<input type="datetime-local">`, in the reader's zone; nothing for what is no time. */
export function toInput(time) {
  if (!time || Number.isNaN(Date.parse(time))) return '';
  const date = new Date(time);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** What such an input says, as a time that the API takes; null when empty. */
export const fromInput = (typed) => (typed ? new Date(typed).toISOString() : null);
