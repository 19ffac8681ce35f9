// The models that a group or key may use.

import { api } from '../app/api.js';
import { h, uniqueID } from '../app/element.js';
import { t } from '../app/i18n.js';
import { link } from '../app/router.js';
import { emptiness, failure, loaded } from './states.js';
import { toast } from './toast.js';

/** `owner`: 'group' or 'api-key', as the API's folders are called. */
export function rights({ owner, id, signal, note }) {
  const field = owner === 'group' ? 'group_id' : 'key_id';
  const problem = h('div');
  const list = loaded(draw, signal);

  async function draw() {
    const [bound, models] = await Promise.all([
      api.get(`admin/${owner}/list-model`, { [field]: id, limit: 1000 }, { signal }),
      api.get('admin/model/list', { limit: 1000, order_by: 'name' }, { signal }),
    ]);
    const taken = new Set(bound.items.map((row) => row.model_id));
    const free = models.items.filter((model) => !taken.has(model.id));
    return [note && h('p', { class: 'faint' }, note),
      bound.items.length ? h('ul', { class: 'attention' }, bound.items.map(one)) : emptiness(t('No model yet.')),
      free.length > 0 && adder(free)];
  }

  const one = (row) => h('li', {},
    h('a', { href: link(['models', row.model_id]) }, row.model_name), h('span', { class: 'faint' }, row.provider),
    h('button', {
      type: 'button', class: 'small', 'aria-label': t('Take {name} away', { name: row.model_name }),
      onclick: () => change('unbind-model', row.model_id, t('{name} was taken away.', { name: row.model_name })),
    }, t('Take away')));

  function adder(free) {
    const select = h('select', { id: uniqueID('model') }, free.map((model) => h('option', { value: model.id }, model.name)));
    return h('form', {
      class: 'filters',
      onsubmit: (event) => {
        event.preventDefault();
        change('bind-model', Number(select.value), t('{name} may be used now.', { name: select.selectedOptions[0].textContent }));
      },
    }, h('div', { class: 'filter' }, h('label', { for: select.id }, t('Another model')), select),
    h('button', { type: 'submit', class: 'align-end' }, t('Allow')));
  }

  async function change(verb, model, said) {
    try {
      await api.post(`admin/${owner}/${verb}`, { [field]: id, model_id: model });
      problem.replaceChildren();
      await list.reload();
      toast(said);
    } catch (error) {
      problem.replaceChildren(failure(error));
    }
  }

  return { node: h('div', {}, list.node, problem) };
}
