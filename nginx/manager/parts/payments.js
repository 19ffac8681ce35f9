// Recharges and adjustments, of one key or of all.

import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { money } from '../app/numbers.js';
import { link } from '../app/router.js';
import { moment } from '../app/time.js';
import { listTable } from './table.js';

export function paymentTable({ fixed, query, signal, filters }) {
  const isOfOne = fixed?.key_id !== undefined;
  return listTable({
    caption: t('Payments'), path: 'admin/payment/list', fixed, query, signal, filters,
    columns: [
      { label: t('Time'), order: 'created_at', cell: (row) => moment(row.created_at) },
      !isOfOne && { label: t('Key'), order: 'key_name', cell: (row) => h('a', { href: link(['keys', row.key_id]) }, row.key_name) },
      { label: t('Amount'), order: 'amount', number: true, cell: (row) => money(row.amount) },
      { label: t('Balance after'), number: true, cell: (row) => money(row.balance_after) },
      { label: t('Note'), cell: (row) => row.note || '—' },
      { label: t('By'), cell: (row) => row.operator },
    ].filter(Boolean),
    empty: { text: t('No payment yet.') },
  });
}
