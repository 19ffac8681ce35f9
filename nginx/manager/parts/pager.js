// Which rows of how many, and the way to the others.

import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { count } from '../app/numbers.js';

/** `turn` gets `{offset}`. `show(list)` tells where we are. */
export function pager(limit, turn) {
  const where = h('span', { role: 'status' });
  const before = h('button', { type: 'button' }, t('Previous'));
  const after = h('button', { type: 'button' }, t('Next'));
  const node = h('div', { class: 'pager', hidden: true }, where, before, after);
  let offset = 0;
  before.addEventListener('click', () => turn({ offset: String(Math.max(0, offset - limit) || '') }));
  after.addEventListener('click', () => turn({ offset: String(offset + limit) }));
  return {
    node,
    hide: () => { node.hidden = true; },
    show: (list) => {
      offset = list.offset;
      node.hidden = list.items.length === 0;
      where.textContent = t('{from}–{to} of {total}', {
        from: count(offset + 1), to: count(offset + list.items.length),
        total: count(list.total) + (list.total_capped ? '+' : ''),
      });
      before.disabled = offset === 0;
      const hadFocus = [before, after].find((button) => button === document.activeElement);
      after.disabled = list.items.length < limit || (!list.total_capped && offset + list.items.length >= list.total);
      // One page needs no way to another.
      for (const button of [before, after]) button.hidden = before.disabled && after.disabled;
      if (hadFocus?.disabled) (hadFocus === before ? after : before).focus();
    },
  };
}
