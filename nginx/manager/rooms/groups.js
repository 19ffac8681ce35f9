// Groups of keys, which share the models they may use.

import { api } from '../app/api.js';
import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { count } from '../app/numbers.js';
import { go, link } from '../app/router.js';
import { moment } from '../app/time.js';
import { formDialog } from '../parts/dialog.js';
import { button, heading } from '../parts/page.js';
import { listTable } from '../parts/table.js';

export const groupFields = (group) => [
  { name: 'name', label: t('Name'), required: true, maxlength: 200, value: group?.name },
  { name: 'key', label: t('Short name'), maxlength: 100, value: group?.key, help: t('Of your own, such as a cost centre. May be empty.') },
];

export default async function groups({ query, signal }) {
  const create = async () => {
    const made = await formDialog({
      title: t('Add a group'), submitLabel: t('Add'), fields: groupFields(), submit: (values) => api.post('admin/group/save', values),
    });
    if (made) go(['groups', made.id]);
  };
  const table = listTable({
    caption: t('Groups'), path: 'admin/group/list', query, signal,
    filters: [{ name: 'q', label: t('Search'), kind: 'search', placeholder: t('Name') }],
    columns: [
      { label: t('Name'), order: 'name', cell: (group) => h('a', { href: link(['groups', group.id]) }, group.name) },
      { label: t('Short name'), order: 'key', cell: (group) => group.key || '—' },
      { label: t('Keys'), order: 'key_count', number: true, cell: (group) => h('a', { href: link('keys', { group_id: group.id }) }, count(group.key_count)) },
      { label: t('Created'), order: 'created_at', cell: (group) => moment(group.created_at) },
    ],
    empty: { text: t('No group yet.'), action: button(t('Add a group'), create, 'primary') },
  });
  return [heading(t('Groups'), { actions: [button(t('Add a group'), create, 'primary')] }), table.node];
}
