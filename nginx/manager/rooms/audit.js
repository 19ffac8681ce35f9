// Who changed what, and when.

import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { link } from '../app/router.js';
import { moment } from '../app/time.js';
import { heading } from '../parts/page.js';
import { listTable } from '../parts/table.js';

const ACTIONS = [
  'key.create', 'key.update', 'key.recharge', 'key.reset', 'key.delete', 'model.create', 'model.update', 'model.test',
  'model.delete', 'group.create', 'group.update', 'group.delete', 'right.grant', 'right.revoke', 'webhook.create',
  'webhook.update', 'webhook.test', 'webhook.delete',
];
const ROOM_OF = { key: 'keys', model: 'models', group: 'groups', webhook: 'webhooks' };

export default async function audit({ query, signal }) {
  const table = listTable({
    caption: t('Audit'), path: 'admin/audit/list', query, signal,
    filters: [
      { name: 'q', label: t('Search'), kind: 'search', placeholder: t('Part of any column') },
      { name: 'action', label: t('Action'), kind: 'select', options: [['', t('All')], ...ACTIONS.map((name) => [name, name])] },
      { name: 'from', label: t('From'), kind: 'time' }, { name: 'to', label: t('Until'), kind: 'time' },
    ],
    columns: [
      { label: t('Time'), order: 'created_at', cell: (row) => moment(row.created_at) },
      { label: t('By'), order: 'operator', cell: (row) => row.operator },
      { label: t('Action'), order: 'action', cell: (row) => h('span', { class: 'mono' }, row.action) },
      { label: t('What'), order: 'subject', cell: subject },
      { label: t('New values'), wide: true, cell: (row) => changes(row.changes) },
    ],
    empty: { text: t('Nothing was changed yet.') },
  });
  return [heading(t('Audit')), table.node];
}

function subject(row) {
  const [kind, id] = row.subject.split(':');
  const room = ROOM_OF[kind];
  const isGone = row.action.endsWith('.delete');
  return room && id && !isGone ? h('a', { href: link([room, id]) }, row.subject) : row.subject;
}

function changes(values) {
  if (!values || typeof values !== 'object') return '—';
  return h('span', { class: 'mono' }, Object.entries(values).map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ') || '—');
}
