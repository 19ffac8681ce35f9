// One group: its name, its models, and the way to its keys.

import { api } from '../app/api.js';
import { h } from '../app/element.js';
import { counted, t } from '../app/i18n.js';
import { count } from '../app/numbers.js';
import { go, link } from '../app/router.js';
import { dateTime } from '../app/time.js';
import { confirmLoss, formDialog } from '../parts/dialog.js';
import { keepFocus } from '../parts/focus.js';
import { button, facts, heading, section } from '../parts/page.js';
import { rights } from '../parts/rights.js';
import { toast } from '../parts/toast.js';
import { groupFields } from './groups.js';

export default async function room({ id, signal }) {
  let group = await api.get(`admin/group/detail/${id}`, {}, { signal });
  const top = h('div');
  const summary = h('div');

  function draw() {
    keepFocus(top, () => top.replaceChildren(heading(group.name, {
      back: ['groups', t('Groups')], actions: [button(t('Edit'), edit), button(t('Delete'), remove, 'danger')],
    })));
    summary.replaceChildren(facts([
      [t('Short name'), group.key || '—'],
      [t('Keys'), h('a', { href: link('keys', { group_id: group.id }) }, count(group.key_count))],
      [t('Created'), dateTime(group.created_at)],
    ]));
  }

  async function edit() {
    const saved = await formDialog({
      title: t('Edit {name}', { name: group.name }), submitLabel: t('Save'), fields: groupFields(group),
      submit: (_, changes) => api.post('admin/group/save', { id: group.id, ...changes }),
    });
    if (!saved) return;
    group = saved;
    draw();
    toast(t('Saved.'));
  }

  async function remove() {
    const gone = await confirmLoss({
      title: t('Delete {name}?', { name: group.name }), name: group.name, label: t('Delete'),
      text: group.key_count
        ? counted(group.key_count, 'Its key will belong to no group, and lose the models that it had through it.',
          'Its {count} keys will belong to no group, and lose the models that they had through it.')
        : t('No key belongs to it.'),
      act: () => api.post('admin/group/delete', { id: group.id, ...(group.key_count ? { force: true } : {}) }),
    });
    if (!gone) return;
    go('groups');
    toast(t('{name} was deleted.', { name: group.name }));
  }

  draw();
  return [top, h('div', { class: 'columns' }, section(t('The group'), summary),
    section(t('Models'), rights({ owner: 'group', id: group.id, signal }).node))];
}
