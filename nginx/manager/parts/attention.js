// What an administrator should look at: keys near their quota, at its end or about to expire, and models that fail.

import { api } from '../app/api.js';
import { h } from '../app/element.js';
import { counted, t } from '../app/i18n.js';
import { money, roughMoney } from '../app/numbers.js';
import { link } from '../app/router.js';
import { dateTime, daysAgo } from '../app/time.js';
import { badge } from './page.js';
import { quotaState } from './quota.js';

const LOOKED_AT = 200;
const FAILING = 0.1;
const SOON = 7;

export async function attention(signal) {
  const keys = (query) => api.get('admin/api-key/list', { limit: LOOKED_AT, ...query }, { signal });
  const [spenders, expiring, models] = await Promise.all([
    keys({ order_by: '-month_fee' }), keys({ order_by: '-expires_at' }),
    api.get('admin/statistics/usage', { group_by: 'model', from: daysAgo(1), order_by: '-errors', limit: 20 }, { signal }),
  ]);
  const notes = [...spenders.items.filter((key) => !key.disabled).map(nearQuota), ...expiring.items.map(nearEnd),
    ...models.items.map(failing)].filter(Boolean);
  if (!notes.length) return h('p', { class: 'faint' }, t('Nothing: no key is near its quota, and no model fails.'));
  return h('ul', { class: 'attention' }, notes.map(([kind, mark, ...text]) =>
    h('li', {}, badge(mark, kind), h('span', {}, text))));
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
