// What can be done to a bot's webhook, from the list and from its own room.

import { api, ROOT } from '../app/api.js';
import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { copyBlock } from '../parts/copy.js';
import { confirmLoss, formDialog, showDialog } from '../parts/dialog.js';

const SECRET = () => t('It is kept encrypted and shown masked; a mask that is saved keeps what is stored.');

/** The address that the platform is to call, to copy. */
export const callback = (row) => copyBlock(new URL(row.callback.replace(/^\//, ''), ROOT).href, t('Callback URL'));

export const showCallback = (row) => showDialog(t('The callback of {name}', { name: row.name }), [
  h('p', {}, t('Give this address to the platform, as the request URL of events:')), callback(row)]);

/** Changes the webhook `known`, or makes one without it. Answers the row as it was saved; null when it was not. */
export async function editWebhook(known, signal) {
  const [{ items: models }, row] = await Promise.all([
    api.get('admin/model/list', { limit: 1000, order_by: 'name' }, { signal }),
    // A list may have been here for long.
    known ? api.get(`admin/bot/feishu/detail/${known.id}`, {}, { signal }) : null,
  ]);
  return formDialog({
    title: row ? t('Edit {name}', { name: row.name }) : t('Add a webhook'), submitLabel: t('Save'), wide: true,
    fields: fields(row, models),
    submit: (values, changes) => api.post('admin/bot/feishu/save', row ? { id: row.id, ...changed(changes) } : made(values)),
  });
}

export const removeWebhook = (row) => confirmLoss({
  title: t('Delete {name}?', { name: row.name }), name: row.name, label: t('Delete'), text: t('The platform’s calls to it are refused from then on.'),
  act: () => api.post('admin/bot/feishu/delete', { id: row.id }),
});

function fields(row, models) {
  const config = row?.config ?? {};
  const names = new Set([...models.map((model) => model.name), ...(config.modelId ? [config.modelId] : [])]);
  return [
    {
      name: 'name', label: t('Name'), required: true, maxlength: 64, value: row?.name, help: t('Letters, digits, _ and -; part of the callback URL.'),
      check: (value) => (/^[A-Za-z0-9_-]+$/.test(value) ? null : t('Only letters, digits, _ and -.')),
    },
    { name: 'modelId', label: t('Model'), kind: 'select', value: config.modelId, options: [...names].map((name) => [name, name]) },
    { name: 'appId', label: 'App ID', required: true, value: config.appId },
    { name: 'appSecret', label: 'App Secret', required: true, value: config.appSecret, help: SECRET() },
    { name: 'apiKey', label: t('Key'), required: true, value: config.apiKey, help: t('The key that its calls are made with.') },
    { name: 'verificationToken', label: 'Verification Token', value: config.verificationToken },
    { name: 'encryptKey', label: 'Encrypt Key', value: config.encryptKey },
    { name: 'baseUrl', label: t('Address of the platform'), value: config.baseUrl, placeholder: 'https://open.feishu.cn' },
  ];
}

function made({ name, ...values }) {
  return { name, config: Object.fromEntries(Object.entries(values).filter(([, value]) => value)) };
}

/** Members of `config` for themselves leave the others as they are; null takes one away. */
const changed = (changes) => Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, value || null]));
