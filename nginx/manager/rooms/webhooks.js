// Bots of Feishu or Lark in front of a model.

import { api, ROOT } from '../app/api.js';
import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { moment } from '../app/time.js';
import { copyBlock } from '../parts/copy.js';
import { confirmLoss, formDialog, showDialog } from '../parts/dialog.js';
import { button, heading } from '../parts/page.js';
import { listTable } from '../parts/table.js';
import { toast } from '../parts/toast.js';

const SECRET = () => t('It is kept encrypted and shown masked; a mask that is saved keeps what is stored.');
const MEMBERS = ['appId', 'appSecret', 'apiKey', 'modelId', 'verificationToken', 'encryptKey', 'baseUrl'];

export default async function webhooks({ query, signal }) {
  const address = (row) => new URL(row.callback.replace(/^\//, ''), ROOT).href;

  async function edit(row) {
    const models = (await api.get('admin/model/list', { limit: 1000, order_by: 'name' }, { signal })).items;
    const saved = await formDialog({
      title: row ? t('Edit {name}', { name: row.name }) : t('Add a webhook'), submitLabel: t('Save'), wide: true,
      fields: fields(row, models), submit: (values) => api.post('admin/bot/feishu/save', body(row, values)),
    });
    if (!saved) return;
    table.reload();
    if (!row) await showCallback(saved);
    else toast(t('Saved.'));
  }

  const showCallback = (row) => showDialog(t('The callback of {name}', { name: row.name }), [
    h('p', {}, t('Give this address to the platform, as the request URL of events:')), copyBlock(address(row), t('Callback URL'))]);

  async function remove(row) {
    const gone = await confirmLoss({
      title: t('Delete {name}?', { name: row.name }), name: row.name, label: t('Delete'), text: t('The platform’s calls to it are refused from then on.'),
      act: () => api.post('admin/bot/feishu/delete', { id: row.id }),
    });
    if (gone) table.reload();
  }

  const table = listTable({
    caption: t('Webhooks'), path: 'admin/bot/feishu/list', query, signal,
    filters: [{ name: 'q', label: t('Search'), kind: 'search', placeholder: t('Name') }],
    columns: [
      { label: t('Name'), order: 'name', cell: (row) => row.name },
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

function body(row, values) {
  const config = { ...row?.config };
  for (const name of MEMBERS) {
    if (values[name]) config[name] = values[name];
    else delete config[name];
  }
  return { ...(row ? { id: row.id } : {}), name: values.name, config };
}
