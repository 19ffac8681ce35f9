// All recharges and adjustments.

import { t } from '../app/i18n.js';
import { keyFilter } from '../parts/key-filter.js';
import { heading } from '../parts/page.js';
import { paymentTable } from '../parts/payments.js';

export default async function payments({ query, signal }) {
  return [heading(t('Payments')), paymentTable({ query, signal, filters: await keyFilter(signal, query.key_id) }).node];
}
