// Models and their prices. An administrator makes and changes them; a user sees those that the key may use.

import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { money } from '../app/numbers.js';
import { go, link } from '../app/router.js';
import { session } from '../app/session.js';
import { moment } from '../app/time.js';
import { badge, button, heading } from '../parts/page.js';
import { listTable } from '../parts/table.js';

export default async function models({ query, signal }) {
  return session.isAdmin ? adminModels(query, signal) : userModels(query, signal);
}

const prices = (isSortable) => [
  { label: t('Input'), order: isSortable && 'price_in', number: true, cell: (model) => money(model.price_in) },
  { label: t('Output'), order: isSortable && 'price_out', number: true, cell: (model) => money(model.price_out) },
];
const kinds = (model) => model.multiple && badge(t('takes images'));

function adminModels(query, signal) {
  const create = () => go(['models', 'new']);
  const table = listTable({
    caption: t('Models'), path: 'admin/model/list', query, signal,
    filters: [{ name: 'q', label: t('Search'), kind: 'search', placeholder: t('Name') }],
    columns: [
      { label: t('Name'), order: 'name', cell: (model) => [h('a', { href: link(['models', model.id]) }, model.name), ' ', kinds(model)] },
      { label: t('Provider'), order: 'provider', cell: (model) => model.provider },
      ...prices(true),
      { label: t('Fallbacks'), minor: true, cell: (model) => (model.config.fallbacks ?? []).join(', ') || '—' },
      { label: t('Changed'), minor: true, order: 'updated_at', cell: (model) => moment(model.updated_at) },
    ],
    empty: { text: t('No model yet.'), action: button(t('Add a model'), create, 'primary') },
  });
  return [
    heading(t('Models'), {
      note: t('Prices are dollars per 1,000,000 tokens.'), actions: [button(t('Add a model'), create, 'primary')],
    }), table.node];
}

function userModels(query, signal) {
  const table = listTable({
    caption: t('Models'), path: 'user/model/list', query, signal,
    columns: [
      { label: t('Name'), cell: (model) => [model.name, ' ', kinds(model)] },
      { label: t('Provider'), cell: (model) => model.provider }, ...prices(false),
      { label: '', cell: (model) => h('a', { href: link('playground', { model: model.name }) }, t('Try it')) },
    ],
    empty: { text: t('Your key may use no model yet. Ask an administrator.') },
  });
  return [heading(t('Models'), { note: t('Prices are dollars per 1,000,000 tokens.') }), table.node];
}
