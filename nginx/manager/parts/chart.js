// Small charts of our own: bars by day, ranks, and meters. Attributes of SVG only, since the policy allows no inline style.

import { h, svg } from '../app/element.js';
import { t } from '../app/i18n.js';
import { billionths } from '../app/decimal.js';
import { share } from '../app/numbers.js';
import { shortDay } from '../app/time.js';

/** Bars by day. `rows`: `{day, value}` oldest first; `show(value)` is how a value reads. */
export function dayChart({ rows, label, show }) {
  const most = rows.reduce((top, row) => (billionths(row.value) > billionths(top) ? row.value : top), 0);
  const width = 100 / rows.length;
  const bars = rows.map((row, index) => {
    const height = share(row.value, most) * 100;
    const name = `${shortDay(row.day)}: ${show(row.value)}`;
    const place = { x: index * width + width * 0.12, width: width * 0.76 };
    return svg('g', {}, svg('title', {}, name), svg('rect', { class: 'ground', ...place, y: 0, height: 100 }),
      svg('rect', { class: 'mark', ...place, y: 100 - height, height }));
  });
  const top = rows.find((row) => row.value === most);
  return h('figure', { class: 'chart' },
    h('figcaption', { class: 'chart-top' }, billionths(most) > 0n
      ? t('Most: {value} on {day}', { value: show(most), day: shortDay(top.day) }) : t('Nothing in these days.')),
    svg('svg', { viewBox: '0 0 100 100', preserveAspectRatio: 'none', role: 'img', 'aria-label': label }, bars),
    h('div', { class: 'chart-scale', 'aria-hidden': 'true' },
      [rows[0], rows[Math.floor(rows.length / 2)], rows.at(-1)].map((row) => h('span', {}, shortDay(row.day)))));
}

/** A bar that fills to `part` of 1. Decoration: the numbers stand beside it. */
export function meter(part, kind = '') {
  return svg('svg', { class: `meter ${kind}`, viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('rect', { class: 'ground', width: 100, height: 6 }), svg('rect', { class: 'mark', width: part * 100, height: 6 }));
}

/** The largest first, each with its share of the largest: `{name: node or text, value, text}`. */
export function ranks(rows) {
  const most = rows[0]?.value ?? 0;
  return h('ul', { class: 'ranks' }, rows.map((row) => h('li', { class: 'rank' },
    h('span', {}, row.name), h('span', {}, row.text), meter(share(row.value, most)))));
}
