// Narrowing to one key, for administrators; others see their own rows only.

import { api } from '../app/api.js';
import { t } from '../app/i18n.js';
import { session } from '../app/session.js';

/** The choices are the keys that there are, and the one `asked` for, which may be gone or beyond the list. */
export async function keyFilter(signal, asked) {
  if (!session.isAdmin) return [];
  const { items } = await api.get('admin/api-key/list', { limit: 1000, order_by: 'name' }, { signal });
  const options = [['', t('All')], ...items.map((key) => [key.id, key.name])];
  if (asked && !items.some((key) => String(key.id) === asked)) options.push([asked, t('Key {id}', { id: asked })]);
  return [{ name: 'key_id', label: t('Key'), kind: 'select', options }];
}
