// How amounts read.

import { billionths, fromBillionths } from './decimal.js';

const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ',');

/** Dollars to the last digit: `$1,234.50`, `$0.000084`. */
export function money(value) {
  if (value === null || value === undefined) return '—';
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(fromBillionths(billionths(value)));
  return `${sign ? '−' : ''}$${grouped(whole)}.${fraction.padEnd(2, '0')}`;
}

/** Dollars at a glance: cents from one dollar on, three digits below. The exact amount belongs in a `title`. */
export function roughMoney(value) {
  const amount = billionths(value);
  const size = amount < 0n ? -amount : amount;
  let unit = 10_000_000n;
  while (unit > 1n && size > 0n && size < unit * 100n) unit /= 10n;
  const rounded = ((size + unit / 2n) / unit) * unit;
  return money(fromBillionths(amount < 0n ? -rounded : rounded));
}

/** Whole numbers: `12,345`. */
export const count = (value) => (value === null || value === undefined ? '—' : grouped(String(value)));

/** Whole numbers at a glance: `950`, `12.3k`, `4.5M`. */
export function roughCount(value) {
  for (const [size, letter] of [[1e9, 'B'], [1e6, 'M'], [1e4, 'k']]) {
    if (value >= size) return `${(value / (letter === 'k' ? 1e3 : size)).toFixed(1).replace(/\.0$/, '')}${letter}`;
  }
  return count(value);
}

/** Milliseconds: `85 ms`, `1.4 s`. */
export function duration(value) {
  if (value === null || value === undefined) return '—';
  return value < 1000 ? `${value} ms` : `${(value / 1000).toFixed(value < 10_000 ? 2 : 1)} s`;
}

/** One amount as a part of another, between 0 and 1; for drawing only. */
export function share(part, whole) {
  const all = billionths(whole);
  if (all <= 0n) return 0;
  return Math.min(1, Math.max(0, Number((billionths(part) * 10_000n) / all) / 10_000));
}
