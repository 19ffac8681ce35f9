// The fields of a key, for making and for changing one.

import { t } from '../app/i18n.js';

/** With `key` for changing it: then no balance, which only a recharge moves, and a switch to disable it. */
export function keyFields({ groups, key }) {
  const limit = { kind: 'integer', folded: !key };
  return [
    { name: 'name', label: t('Name'), required: true, maxlength: 200, value: key?.name },
    { name: 'email', label: t('E-mail'), kind: 'email', value: key?.email },
    {
      name: 'group_id', label: t('Group'), kind: 'select', value: key ? key.group_id ?? '' : oldest(groups),
      options: [['', t('None')], ...groups.map((group) => [group.id, group.name])],
    },
    {
      name: 'role', label: t('Role'), kind: 'select', value: key?.role ?? 'user',
      options: [['user', t('User')], ['admin', t('Administrator')]],
    },
    {
      name: 'month_quota', label: t('Quota a month, in dollars'), kind: 'money', value: key ? key.month_quota : '10',
      help: t('Empty: no limit. Beyond it the balance is used.'),
    },
    !key && {
      name: 'balance', label: t('Balance, in dollars'), kind: 'money', help: t('For what goes beyond the quota.'),
    },
    {
      name: 'expires_at', label: t('Expires'), kind: 'time', value: key?.expires_at, folded: !key,
      help: t('In your own time zone. Empty: never.'),
    },
    { name: 'rpm', label: t('Requests a minute'), value: key?.rpm ?? 0, help: t('0: no limit'), ...limit },
    { name: 'tpm', label: t('Tokens a minute'), value: key?.tpm ?? 0, help: t('0: no limit'), ...limit },
    { name: 'max_parallel', label: t('Calls at a time'), value: key?.max_parallel ?? 0, help: t('0: no limit'), ...limit },
    {
      name: 'strict', label: t('Strict'), kind: 'check', value: key?.strict, wide: true, folded: !key,
      help: t('Refuses a call that could cost more than what is left.'),
    },
    {
      name: 'record_text', label: t('Record texts'), kind: 'check', value: key?.record_text ?? true, wide: true, folded: !key,
      help: t('Keeps prompts and answers with the records of calls.'),
    },
    key && {
      name: 'disabled', label: t('Disabled'), kind: 'check', value: key.disabled, wide: true,
      help: t('Its calls are refused from the next one on.'),
    },
  ].filter(Boolean);
}

/** The group that was there first, which install.sh calls the default. */
const oldest = (groups) => groups.reduce((first, group) => (first === '' || group.id < first ? group.id : first), '');

/** What the API takes of the form's values: a group's number, or null for none; limits that are numbers. */
export function keyBody(values) {
  const body = { ...values };
  if ('group_id' in body) body.group_id = body.group_id === '' ? null : Number(body.group_id);
  for (const name of ['rpm', 'tpm', 'max_parallel']) if (body[name] === null) body[name] = 0;
  return body;
}
