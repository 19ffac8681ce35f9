// One bot: the address for the platform, whether the platform takes its credentials, and how its last messages ended.

import { api } from '../app/api.js';
import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { go } from '../app/router.js';
import { dateTime } from '../app/time.js';
import { keepFocus } from '../parts/focus.js';
import { button, facts, heading, section } from '../parts/page.js';
import { toast } from '../parts/toast.js';
import { webhookEvents } from './webhook-events.js';
import { callback, editWebhook, removeWebhook } from './webhook-form.js';
import { webhookTest } from './webhook-test.js';

export default async function room({ id, query, signal }) {
  let webhook = await api.get(`admin/bot/feishu/detail/${id}`, {}, { signal });
  const top = h('div');
  const summary = h('div', { class: 'stack' });
  const events = webhookEvents(webhook.id, query, signal);

  function draw() {
    keepFocus(top, () => top.replaceChildren(heading(webhook.name, {
      back: ['webhooks', t('Webhooks')], actions: [button(t('Edit'), edit), button(t('Delete'), remove, 'danger')],
    })));
    const { config } = webhook;
    summary.replaceChildren(
      facts([
        [t('Model'), config.modelId], ['App ID', h('span', { class: 'mono' }, config.appId)],
        [t('Address of the platform'), config.baseUrl || 'https://open.feishu.cn'], [t('Changed'), dateTime(webhook.updated_at)],
      ]),
      h('p', {}, t('Give this address to the platform, as the request URL of events:')), callback(webhook));
  }

  async function edit() {
    const saved = await editWebhook(webhook, signal);
    if (!saved) return;
    webhook = saved;
    draw();
    toast(t('Saved.'));
  }

  async function remove() {
    if (!await removeWebhook(webhook)) return;
    go('webhooks');
    toast(t('{name} was deleted.', { name: webhook.name }));
  }

  draw();
  return [top, h('div', { class: 'stack' },
    h('div', { class: 'columns' }, section(t('The bot'), summary), section(t('Test'), webhookTest(webhook))),
    section(t('Messages of the last 8 hours'), events.node, { actions: [button(t('Load again'), events.reload)] }))];
}
