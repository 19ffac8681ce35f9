// Bots of Feishu or Lark in front of a model.

import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { link } from '../app/router.js';
import { moment } from '../app/time.js';
import { button, heading } from '../parts/page.js';
import { listTable } from '../parts/table.js';
import { toast } from '../parts/toast.js';
import { editWebhook, removeWebhook, showCallback } from './webhook-form.js';

export default async function webhooks({ query, signal }) {
  async function edit(row) {
    const saved = await editWebhook(row, signal);
    if (!saved) return;
    table.reload();
    if (!row) await showCallback(saved);
    else toast(t('Saved.'));
  }

  async function remove(row) {
    if (await removeWebhook(row)) table.reload();
  }

  const table = listTable({
    caption: t('Webhooks'), path: 'admin/bot/feishu/list', query, signal,
    filters: [{ name: 'q', label: t('Search'), kind: 'search', placeholder: t('Name') }],
    columns: [
      { label: t('Name'), order: 'name', cell: (row) => h('a', { href: link(['webhooks', row.id]) }, row.name) },
      { label: 'App ID', cell: (row) => h('span', { class: 'mono' }, row.config.appId) },
      { label: t('Model'), cell: (row) => row.config.modelId },
      { label: t('Changed'), order: 'updated_at', cell: (row) => moment(row.updated_at) },
      { label: t('Actions'), cell: (row) => h('span', { class: 'badges' }, button(t('Callback'), () => showCallback(row), 'small'),
        button(t('Edit'), () => edit(row), 'small'), button(t('Delete'), () => remove(row), 'small danger')) },
    ],
    empty: { text: t('No webhook yet.'), action: button(t('Add a webhook'), () => edit(), 'primary') },
  });
  return [heading(t('Webhooks'), { actions: [button(t('Add a webhook'), () => edit(), 'primary')] }), table.node];
}
