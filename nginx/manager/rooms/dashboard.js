// What was spent, by whom and on what, how fast answers came, and what needs attention.

import { api } from '../app/api.js';
import { h } from '../app/element.js';
import { counted, t } from '../app/i18n.js';
import { count, duration, money, roughCount, roughMoney } from '../app/numbers.js';
import { link } from '../app/router.js';
import { session } from '../app/session.js';
import { lastDays, monthName, monthStart } from '../app/time.js';
import { attention } from '../parts/attention.js';
import { dayChart, ranks } from '../parts/chart.js';
import { heading, section } from '../parts/page.js';
import { quotaBar } from '../parts/quota.js';
import { emptiness, loaded } from '../parts/states.js';

const DAYS = 30;
const SHOWN = 6;

export default async function dashboard({ signal }) {
  const scope = session.scope;
  const usage = (query) => api.get(`${scope}/statistics/usage`, query, { signal });
  const top = loaded(() => figures(usage, signal), signal);
  const days = loaded(() => byDay(usage), signal);
  const models = loaded(() => byModel(usage), signal);
  const side = session.isAdmin
    ? [section(t('Needs attention'), loaded(() => attention(signal), signal).node),
      section(t('Keys this month'), loaded(() => byKey(usage), signal).node)]
    : [section(t('Your quota'), loaded(() => ownQuota(signal), signal).node)];
  return [
    heading(t('Dashboard'), { note: t('{month}, by UTC', { month: monthName() }) }),
    h('div', { class: 'stack' }, top.node,
      h('div', { class: 'wide-columns' }, h('div', { class: 'stack' }, days.node, section(t('Models this month'), models.node)),
        h('div', { class: 'stack' }, side))),
  ];
}

const sum = (rows, name) => rows.reduce((total, row) => total + row[name], 0);

async function figures(usage, signal) {
  const [month, latency, mine, site] = await Promise.all([
    usage({ group_by: 'day', from: monthStart(), limit: 31 }),
    api.get(`${session.scope}/statistics/latency`, {}, { signal }),
    api.get('user/api-key/mine', {}, { signal }),
    session.isAdmin ? api.get('admin/statistics/total', {}, { signal }) : null,
  ]);
  session.update(mine);
  const calls = sum(month.items, 'calls');
  const errors = sum(month.items, 'errors');
  const read = sum(month.items, 'tokens_in') + sum(month.items, 'tokens_cache_read') + sum(month.items, 'tokens_cache_write');
  const written = sum(month.items, 'tokens_out');
  const percent = calls ? t('{percent} % of calls', { percent: ((errors / calls) * 100).toFixed(1) }) : '';
  const first = latency.first_byte_latency;
  return h('dl', { class: 'figures' }, [
    site && figure(t('Spent this month'), roughMoney(site.month_fee), t('yours {fee}', { fee: roughMoney(mine.month_fee) }),
      money(site.month_fee)),
    !site && figure(t('Spent this month'), roughMoney(mine.month_fee), '', money(mine.month_fee)),
    figure(t('Calls'), roughCount(calls), '', count(calls)),
    figure(t('Errors'), roughCount(errors), percent, count(errors)),
    figure(t('Tokens'), roughCount(read + written),
      t('{read} in, {written} out', { read: roughCount(read), written: roughCount(written) }), count(read + written)),
    figure(t('First byte, median'), duration(first?.p50), t('99 % within {time}', { time: duration(first?.p99) })),
    site && figure(t('Keys in force'), count(site.keys_in_force), t('of {total}', { total: count(site.keys) })),
  ]);
}

const figure = (name, value, note, exact) => h('div', { class: 'figure' },
  h('dt', {}, name), h('dd', { title: exact }, value, note && h('small', {}, note)));

/** One chart with a choice of what it draws. */
async function byDay(usage) {
  const days = lastDays(DAYS);
  const { items } = await usage({ group_by: 'day', from: days[0], limit: DAYS + 1 });
  const found = new Map(items.map((row) => [row.day, row]));
  const kinds = {
    fee: [t('Fees'), roughMoney], calls: [t('Calls'), count], errors: [t('Errors'), count],
    tokens_in: [t('Tokens in'), roughCount], tokens_out: [t('Tokens out'), roughCount],
  };
  const place = h('div');
  const choice = h('select', { class: 'quiet', 'aria-label': t('What the chart shows'), onchange: draw },
    Object.entries(kinds).map(([name, [label]]) => h('option', { value: name }, label)));
  function draw() {
    const [label, show] = kinds[choice.value];
    const rows = days.map((day) => ({ day, value: found.get(day)?.[choice.value] ?? 0 }));
    place.replaceChildren(dayChart({ rows, show, label: t('{what} by day, the last {days} days', { what: label, days: DAYS }) }));
  }
  draw();
  return section(t('The last {days} days', { days: DAYS }), place, { actions: [choice] });
}

async function byModel(usage) {
  const { items } = await usage({ group_by: 'model', from: monthStart(), limit: SHOWN });
  return rankList(items, (row) => h('a', { href: link('threads', { model: row.model }) }, row.model));
}

async function byKey(usage) {
  const { items } = await usage({ group_by: 'key', from: monthStart(), limit: SHOWN });
  return rankList(items, (row) => h('a', { href: link(['keys', row.key_id]) }, row.key_name));
}

function rankList(items, name) {
  if (!items.length) return emptiness(t('No calls this month.'));
  return ranks(items.map((row) => ({
    name: name(row), value: row.fee,
    text: h('span', { title: money(row.fee) }, roughMoney(row.fee), ' ',
      h('span', { class: 'faint' }, counted(row.calls, '{count} call', '{count} calls', { count: roughCount(row.calls) }))),
  })));
}

async function ownQuota(signal) {
  const mine = await api.get('user/api-key/mine', {}, { signal });
  return [quotaBar(mine), h('p', { class: 'faint' }, t('Balance: {amount}', { amount: money(mine.balance) }))];
}
