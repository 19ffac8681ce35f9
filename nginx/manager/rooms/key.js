// One key: what it spends, what it may use, and everything that can be done to it.

import { api } from '../app/api.js';
import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { count, money } from '../app/numbers.js';
import { go, link } from '../app/router.js';
import { dateTime } from '../app/time.js';
import { confirmLoss, formDialog } from '../parts/dialog.js';
import { keepFocus } from '../parts/focus.js';
import { button, facts, heading, section } from '../parts/page.js';
import { paymentTable } from '../parts/payments.js';
import { quotaBar } from '../parts/quota.js';
import { rights } from '../parts/rights.js';
import { toast } from '../parts/toast.js';
import { keyBody, keyFields } from './key-fields.js';
import { showNewKey } from './key-shown.js';
import { keyState } from './keys.js';

export default async function room({ id, signal }) {
  let key = await api.get(`admin/api-key/detail/${id}`, {}, { signal });
  const top = h('div');
  const summary = h('div');
  const payments = paymentTable({ fixed: { key_id: key.id }, signal });

  function draw() {
    keepFocus(top, () => top.replaceChildren(heading(key.name, {
      back: ['keys', t('Keys')],
      note: [h('span', { class: 'mono' }, key.api_key), key.email && ` · ${key.email}`, ' ', keyState(key)].filter(Boolean),
      actions: [
        button(t('Recharge'), recharge, 'primary'), button(t('Edit'), edit), button(t('Replace the key'), rotate),
        button(key.disabled ? t('Enable') : t('Disable'), toggle), button(t('Delete'), remove, 'danger'),
      ],
    })));
    const limit = (value) => (value === 0 ? t('no limit') : count(value));
    summary.replaceChildren(facts([
      [t('This month'), quotaBar(key)], [t('Balance'), money(key.balance)], [t('In all'), money(key.total_fee)],
      [t('Group'), key.group_id ? h('a', { href: link(['groups', key.group_id]) }, key.group_name) : '—'],
      [t('Expires'), key.expires_at ? dateTime(key.expires_at) : t('never')],
      [t('Requests a minute'), limit(key.rpm)], [t('Tokens a minute'), limit(key.tpm)],
      [t('Calls at a time'), limit(key.max_parallel)], [t('Strict'), key.strict ? t('yes') : t('no')],
      [t('Texts recorded'), key.record_text ? t('yes') : t('no')], [t('Last used'), dateTime(key.last_used_at)],
      [t('Created'), dateTime(key.created_at)],
    ]));
  }

  /** Draws what an answer to a change says, which needs no second request that could fail. */
  function show(changed, note) {
    key = { ...key, ...changed };
    draw();
    if (note) toast(note);
  }

  async function edit() {
    const groups = (await api.get('admin/group/list', { limit: 1000, order_by: 'name' }, { signal })).items;
    const saved = await formDialog({
      title: t('Edit {name}', { name: key.name }), submitLabel: t('Save'), wide: true, fields: keyFields({ groups, key }),
      submit: async (_, changes) => {
        const row = await api.post('admin/api-key/update', { id: key.id, ...keyBody(changes) });
        // Only a detail says whether texts are recorded.
        return { ...row, record_text: changes.record_text ?? key.record_text };
      },
    });
    if (saved) show(saved, t('Saved.'));
  }

  async function toggle() {
    const disabled = !key.disabled;
    let saved;
    const act = async () => { saved = await api.post('admin/api-key/update', { id: key.id, disabled }); };
    if (disabled) {
      const text = t('Calls with this key are refused from the next one on.');
      if (!await confirmLoss({ title: t('Disable {name}?', { name: key.name }), text, label: t('Disable'), act })) return;
    } else await act();
    show(saved, disabled ? t('Disabled.') : t('Enabled.'));
  }

  async function recharge() {
    const paid = await formDialog({
      title: t('Recharge {name}', { name: key.name }), submitLabel: t('Recharge'),
      intro: t('Balance: {amount}', { amount: money(key.balance) }),
      fields: [
        { name: 'balance', label: t('Amount to add, in dollars'), kind: 'money', required: true, help: t('Negative to take money off.') },
        { name: 'note', label: t('Note'), maxlength: 500, help: t('Such as the number of an invoice.') },
      ],
      submit: ({ balance, note }) => api.post('admin/api-key/recharge', {
        id: key.id, balance, note, ...(balance.text.startsWith('-') ? { adjust: true } : {}),
      }),
    });
    if (!paid) return;
    show(paid, t('The balance is {amount}.', { amount: money(paid.balance) }));
    await payments.reload();
  }

  async function rotate() {
    const made = await formDialog({
      title: t('Replace the key of {name}', { name: key.name }), submitLabel: t('Make a new key'),
      intro: t('The new key has the same rights, quota and records. It is shown once.'),
      fields: [{
        name: 'overlap_s', label: t('The old key works for another'), kind: 'select', value: '3600',
        options: [['0', t('no time: it ends at once')], ['3600', t('hour')], ['86400', t('day')], ['604800', t('week')], ['2592000', t('30 days')]],
      }],
      submit: ({ overlap_s: overlap }) => api.post('admin/api-key/reset-key', { id: key.id, ...(overlap === '0' ? {} : { overlap_s: Number(overlap) }) }),
    });
    if (!made) return;
    await showNewKey(made, t('The new key of {name}', { name: made.name }),
      made.old_key_valid_until && t('The old key works until {time}.', { time: dateTime(made.old_key_valid_until) }));
    toast(t('The key was replaced.'));
    // Its answer has the whole key, which is not for the page; this one has the masked text of the new key.
    show(await api.get(`admin/api-key/detail/${id}`, {}, { signal }));
  }

  async function remove() {
    const gone = await confirmLoss({
      title: t('Delete {name}?', { name: key.name }), name: key.name, label: t('Delete'),
      text: t('The key stops working at once and for good. Its records and payments stay.'),
      act: () => api.post('admin/api-key/delete', { id: key.id }),
    });
    if (!gone) return;
    go('keys');
    toast(t('{name} was deleted.', { name: key.name }));
  }

  draw();
  return [top, h('div', { class: 'stack' },
    section(t('The key'), summary, {
      actions: [h('a', { href: link('threads', { key_id: key.id }) }, t('Its calls')), h('a', { href: link('sessions', { key_id: key.id }) }, t('Its sessions'))],
    }),
    h('div', { class: 'columns' },
      section(t('Models'), rights({ owner: 'api-key', id: key.id, signal, note: t('Besides those of its group.') }).node),
      section(t('Payments'), payments.node)))];
}
