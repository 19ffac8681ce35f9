// Conversations: the calls that came with the same Session-Id.

import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { count, money, roughMoney } from '../app/numbers.js';
import { link } from '../app/router.js';
import { session } from '../app/session.js';
import { moment } from '../app/time.js';
import { keyFilter } from '../parts/key-filter.js';
import { heading } from '../parts/page.js';
import { listTable } from '../parts/table.js';

export default async function sessions({ query, signal }) {
  const table = listTable({
    caption: t('Sessions'), path: `${session.scope}/session/list`, query, signal,
    filters: [{ name: 'q', label: t('Search'), kind: 'search', placeholder: t('Part of a title') }, ...await keyFilter(signal, query.key_id)],
    columns: [
      { label: t('Title'), order: 'title', wide: true, cell: (row) => h('a', { href: link(['sessions', row.id]) }, row.title || row.key) },
      session.isAdmin && { label: t('Key'), order: 'key_name', cell: (row) => row.key_name },
      { label: t('Calls'), order: 'thread_count', number: true, cell: (row) => count(row.thread_count) },
      { label: t('Tokens in'), minor: true, order: 'total_in_tokens', number: true, cell: (row) => count(row.total_in_tokens) },
      { label: t('Tokens out'), minor: true, order: 'total_out_tokens', number: true, cell: (row) => count(row.total_out_tokens) },
      { label: t('Fee'), order: 'total_fee', number: true, cell: (row) => h('span', { title: money(row.total_fee) }, roughMoney(row.total_fee)) },
      { label: t('Last call'), order: 'updated_at', cell: (row) => moment(row.updated_at) },
    ].filter(Boolean),
    empty: { text: t('No session yet. A call belongs to one when it has a Session-Id field.') },
  });
  return [heading(t('Sessions')), table.node];
}
