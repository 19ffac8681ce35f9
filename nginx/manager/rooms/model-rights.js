// Groups that may use a model, as switches. Single keys are allowed on the key's own page.

import { api } from '../app/api.js';
import { h, uniqueID } from '../app/element.js';
import { counted, t } from '../app/i18n.js';
import { link } from '../app/router.js';
import { emptiness, failure, loaded } from '../parts/states.js';
import { toast } from '../parts/toast.js';

export function modelRights(model, signal) {
  const problem = h('div');
  const keys = h('select', { id: uniqueID('key') });
  return h('div', { class: 'stack' }, loaded(draw, signal).node, problem);

  async function draw() {
    const groups = (await api.get('admin/group/list', { limit: 1000, order_by: 'name' }, { signal })).items;
    const allowed = await Promise.all(groups.map(async (group) => {
      const bound = await api.get('admin/group/list-model', { group_id: group.id, limit: 1000 }, { signal });
      return bound.items.some((row) => row.model_id === model.id);
    }));
    return [groups.length ? h('fieldset', { class: 'switch-list' }, h('legend', {}, t('Groups')), groups.map((group, index) => one(group, allowed[index])))
      : emptiness(t('No group yet.')), await keyForm()];
  }

  function one(group, isAllowed) {
    const id = uniqueID('group');
    const box = h('input', {
      id, type: 'checkbox', checked: isAllowed,
      onchange: async () => {
        const wanted = box.checked;
        const hadFocus = document.activeElement === box;
        box.disabled = true;
        const done = await change('group', { group_id: group.id }, wanted, group.name);
        box.disabled = false;
        if (!done) box.checked = !wanted;
        if (hadFocus && document.activeElement === document.body) box.focus();
      },
    });
    return h('div', { class: 'field-check field' }, box, h('label', { for: id }, group.name, ' ',
      h('span', { class: 'faint' }, counted(group.key_count, '{count} key', '{count} keys'))));
  }

  async function keyForm() {
    const { items } = await api.get('admin/api-key/list', { limit: 1000, order_by: 'name' }, { signal });
    keys.replaceChildren(...items.map((key) => h('option', { value: key.id }, key.name)));
    const act = (isAllowed) => change('api-key', { key_id: Number(keys.value) }, isAllowed, keys.selectedOptions[0].textContent);
    return h('form', { class: 'filters', onsubmit: (event) => { event.preventDefault(); act(true); } },
      h('div', { class: 'filter' }, h('label', { for: keys.id }, t('A single key')), keys),
      h('button', { type: 'submit', class: 'align-end' }, t('Allow')),
      h('button', { type: 'button', class: 'align-end', onclick: () => act(false) }, t('Take away')),
      h('p', { class: 'help field-wide' }, t('What a key may use besides stands on its own page, under '), h('a', { href: link('keys') }, t('Keys')), '.'));
  }

  async function change(owner, who, isAllowed, name) {
    try {
      await api.post(`admin/${owner}/${isAllowed ? 'bind' : 'unbind'}-model`, { ...who, model_id: model.id });
      problem.replaceChildren();
      toast(isAllowed ? t('{name} may use it now.', { name }) : t('{name} may not use it any more.', { name }));
      return true;
    } catch (error) {
      problem.replaceChildren(failure(error));
      return false;
    }
  }
}
