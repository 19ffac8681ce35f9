// What a key may spend this month, and has spent.

import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { billionths } from '../app/decimal.js';
import { money, roughMoney, share } from '../app/numbers.js';
import { meter } from './chart.js';

/** How near its month's quota a key is: '' below 80 %, 'warn', 'bad' when nothing is left of it. */
export function quotaState(key) {
  if (key.month_quota === null || billionths(key.month_quota) <= 0n) return '';
  const fee = billionths(key.month_fee);
  const quota = billionths(key.month_quota);
  if (fee >= quota) return 'bad';
  return fee * 5n >= quota * 4n ? 'warn' : '';
}

/** `$1.20 of $25.00` over a bar; without a quota only what was spent. */
export function quotaBar(key) {
  const spent = h('span', { title: money(key.month_fee) }, roughMoney(key.month_fee));
  if (key.month_quota === null) return h('span', {}, spent, ' ', h('span', { class: 'faint' }, t('no limit')));
  return h('div', { class: 'quota' },
    h('span', {}, spent, ' ', h('span', { class: 'faint' }, t('of {quota}', { quota: money(key.month_quota) }))),
    meter(share(key.month_fee, key.month_quota), quotaState(key)));
}
