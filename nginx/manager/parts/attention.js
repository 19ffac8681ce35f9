// What an administrator should look at: keys near their quota, at its end or about to expire, and models that fail.

import { api } from '../app/api.js';
import { billionths } from '../app/decimal.js';
import { h } from '../app/element.js';
import { counted, t } from '../app/i18n.js';
import { money, roughMoney } from '../app/numbers.js';
import { link } from '../app/router.js';
import { dateTime, daysAgo } from '../app/time.js';
import { badge } from './page.js';
import { quotaState } from './quota.js';

const PAGE = 200;
const MOST = 10_000;
const FAILING = 0.1;
const SOON = 7;

export async function attention(signal) {
  const [spenders, expiring, models] = await Promise.all([
    keysWhile((key) => billionths(key.month_fee) > 0n, '-month_fee', signal),
    // Those that never expire come last.
    keysWhile((key) => key.expires_at && new Date(key.expires_at) > Date.now(), '-expires_at', signal),
    api.get('admin/statistics/usage', { group_by: 'model', from: daysAgo(1), order_by: '-errors', limit: 20 }, { signal }),
  ]);
  const notes = [...spenders.filter((key) => !key.disabled).map(nearQuota), ...expiring.map(nearEnd),
    ...models.items.map(failing)].filter(Boolean);
  const isPart = [spenders, expiring].some((keys) => keys.length >= MOST);
  return [
    notes.length ? h('ul', { class: 'attention' }, notes.map(([kind, mark, ...text]) => h('li', {}, badge(mark, kind), h('span', {}, text))))
      : h('p', { class: 'faint' }, t('Nothing: no key is near its quota, and no model fails.')),
    isPart && h('p', { class: 'faint' }, t('Not all keys were looked at: there are too many.')),
  ];
}

/** The first keys in an order, as long as they are `wanted`: the small quotas and the near ends may come after many others. */
async function keysWhile(wanted, order, signal) {
  const keys = [];
  while (keys.length < MOST) {
    const { items } = await api.get('admin/api-key/list', { limit: PAGE, order_by: order, offset: keys.length || '' }, { signal });
    const end = items.findIndex((key) => !wanted(key));
    keys.push(...items.slice(0, end < 0 ? PAGE : end));
    if (end >= 0 || items.length < PAGE) break;
  }
  return keys;
}

const keyLink = (key) => h('a', { href: link(['keys', key.id]) }, key.name);

function nearQuota(key) {
  const state = quotaState(key);
  if (!state) return null;
  const text = t('{fee} of {quota}', { fee: roughMoney(key.month_fee), quota: money(key.month_quota) });
  return [state, state === 'bad' ? t('quota used up') : t('near quota'), keyLink(key), ' ', text];
}

function nearEnd(key) {
  const left = key.expires_at ? new Date(key.expires_at) - Date.now() : Infinity;
  if (key.disabled || left < 0 || left > SOON * 86_400_000) return null;
  return ['warn', t('expires'), keyLink(key), ' ', dateTime(key.expires_at)];
}

function failing(row) {
  if (row.calls === 0 || row.errors / row.calls < FAILING) return null;
  return ['bad', t('fails'), h('a', { href: link('threads', { model: row.model }) }, row.model), ' ',
    counted(row.calls, '{errors} of {count} call in 24 hours', '{errors} of {count} calls in 24 hours', { errors: row.errors })];
}
