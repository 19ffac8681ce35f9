// Narrowing to one key, for administrators; others see their own rows only.

import { api } from '../app/api.js';
import { t } from '../app/i18n.js';
import { session } from '../app/session.js';

export async function keyFilter(signal) {
  if (!session.isAdmin) return [];
  const { items } = await api.get('admin/api-key/list', { limit: 1000, order_by: 'name' }, { signal });
  return [{ name: 'key_id', label: t('Key'), kind: 'select', options: [['', t('All')], ...items.map((key) => [key.id, key.name])] }];
}
