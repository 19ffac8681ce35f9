// All keys: who may call, and what each has spent.

import { api } from '../app/api.js';
import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { money, roughMoney } from '../app/numbers.js';
import { link } from '../app/router.js';
import { moment } from '../app/time.js';
import { formDialog } from '../parts/dialog.js';
import { badge, button, heading } from '../parts/page.js';
import { quotaBar } from '../parts/quota.js';
import { listTable } from '../parts/table.js';
import { importKeys } from './key-import.js';
import { keyBody, keyFields } from './key-fields.js';
import { showNewKey } from './key-shown.js';

export default async function keys({ query, signal }) {
  const groups = (await api.get('admin/group/list', { limit: 1000, order_by: 'name' }, { signal })).items;
  const create = () => createKey(groups, () => table.reload());
  const table = listTable({
    caption: t('Keys'), path: 'admin/api-key/list', query, signal,
    filters: [
      { name: 'q', label: t('Search'), kind: 'search', placeholder: t('Name or e-mail') },
      { name: 'group_id', label: t('Group'), kind: 'select', options: [['', t('All')], ...groups.map((group) => [group.id, group.name])] },
      { name: 'role', label: t('Role'), kind: 'select', options: [['', t('All')], ['user', t('User')], ['admin', t('Administrator')]] },
    ],
    columns: [
      { label: t('Name'), order: 'name', cell: name },
      { label: t('Group'), minor: true, order: 'group_name', cell: (key) => key.group_name ?? '—' },
      { label: t('This month'), order: 'month_fee', cell: quotaBar },
      { label: t('Balance'), order: 'balance', number: true, cell: (key) => money(key.balance) },
      { label: t('In all'), minor: true, order: 'total_fee', number: true, cell: (key) => h('span', { title: money(key.total_fee) }, roughMoney(key.total_fee)) },
      { label: t('Last used'), minor: true, order: 'last_used_at', cell: (key) => moment(key.last_used_at) },
      { label: t('State'), cell: keyState },
    ],
    empty: { text: t('No key yet.'), action: button(t('Create a key'), create, 'primary') },
  });
  return [
    heading(t('Keys'), {
      actions: [button(t('Import CSV'), () => importKeys(() => table.reload())), button(t('Create a key'), create, 'primary')],
    }),
    table.node,
  ];
}

const name = (key) => [
  h('a', { href: link(['keys', key.id]) }, key.name),
  h('div', { class: 'faint' }, h('span', { class: 'mono' }, key.api_key), key.email && ` · ${key.email}`),
];

/** Whether a key works, and who it belongs to. */
export function keyState(key) {
  const isOver = key.expires_at && new Date(key.expires_at) <= Date.now();
  return h('span', { class: 'badges' },
    key.disabled ? badge(t('disabled'), 'bad') : isOver ? badge(t('expired'), 'bad') : badge(t('in force'), 'good'),
    key.role === 'admin' && badge(t('Administrator'), 'warn'));
}

async function createKey(groups, done) {
  const made = await formDialog({
    title: t('Create a key'), submitLabel: t('Create'), wide: true,
    fields: keyFields({ groups }),
    submit: (values) => {
      const { balance, ...rest } = keyBody(values);
      return api.post('admin/api-key/apply', { ...rest, ...(balance === null ? {} : { balance }) });
    },
  });
  if (!made) return;
  done();
  await showNewKey(made, t('The key of {name}', { name: made.name }));
}
